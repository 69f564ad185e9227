//! The remainder of a charge, back to the bank account that it came from.

use dure_score::{
    Amount, Bid, CampaignId, Effect, PayoutId,
    ids::{Code, DepositRef},
};

use super::{Answer, Ask, Heap, Model, Purse, no};

/// A remainder on its way.
#[derive(Clone, Debug)]
pub struct Remainder {
    pub owner: Bid,
    pub slip: String,
    pub won: u64,
    pub subsidy: u64,
    pub taken: Vec<(Heap, u64)>,
    pub open: bool,
    pub paid: bool,
}

impl Model {
    /// Numbers that begin with `C-` are the citizens'; the others are the bank's.
    pub fn payout_used(&self, payout: &str) -> bool {
        payout.starts_with("C-") || self.wires.contains_key(payout)
    }

    pub fn cash_out(&mut self, ask: &Ask, deposit: &DepositRef, payout: &PayoutId) -> Answer {
        let owner = self.own_device(ask)?;
        let Some(slip) = self.slips.get(deposit.as_str()).cloned() else { return no("UNKNOWN_DEPOSIT", &[]) };
        if slip.to != owner {
            return no("NOT_ALLOWED", &[]);
        }
        if slip.cashed_out.is_some() {
            return no("DEPOSIT_CASHED_OUT", &[]);
        }
        if !payout.as_str().starts_with("C-") || self.remainders.contains_key(payout.as_str()) {
            return no("PAYOUT_EXISTS", &[]);
        }
        let mut purse = self.purse(owner);
        let coin = rest(&purse, 0, slip.at, slip.amount, ask.now);
        let bonus = rest(&purse, slip.campaign, slip.at, slip.bonus, ask.now);
        let of = |part: &Option<(Heap, u64)>| part.as_ref().map_or(0, |(_, amount)| *amount);
        let left = of(&coin) + of(&bonus);
        if left == 0 {
            return no("NOTHING_TO_CASH_OUT", &[]);
        }
        let whole = slip.amount + slip.bonus;
        let used = whole - left;
        let mut won = slip.amount;
        if used > 0 {
            let bps = u64::from(self.campaigns[&0].terms.cash_out_bps);
            if bps > 10_000 {
                return no("CASH_OUT_NOT_ALLOWED", &[]);
            }
            let needed = (whole * bps).div_ceil(10_000);
            if used < needed {
                return no("CASH_OUT_TOO_EARLY", &[used, needed, needed - used]);
            }
            let fair = u128::from(left) * u128::from(slip.amount) / u128::from(whole);
            won = of(&coin).min(fair as u64);
        }
        if won == 0 {
            return no("NOTHING_TO_CASH_OUT", &[]);
        }
        let taken: Vec<(Heap, u64)> = [coin, bonus].into_iter().flatten().collect();
        taken.iter().for_each(|(heap, part)| assert_eq!(purse.take(heap.number, *part), *part));
        self.purses.insert(owner, purse);
        self.slips.get_mut(deposit.as_str()).unwrap().cashed_out = Some(payout.as_str().to_owned());
        let (slip, subsidy) = (deposit.as_str().to_owned(), left - won);
        self.told.push(Effect::CashOutOpened {
            payout: payout.clone(),
            owner,
            deposit: deposit.clone(),
            won: Amount::new(won),
            subsidy: Amount::new(subsidy),
        });
        let remainder = Remainder { owner, slip, won, subsidy, taken, open: true, paid: false };
        self.remainders.insert(payout.as_str().to_owned(), remainder);
        Ok(())
    }

    pub fn decide_remainder(&mut self, payout: &PayoutId, refused: Option<&Code>) -> Answer {
        let mut remainder = self.remainders[payout.as_str()].clone();
        if !remainder.open {
            return no("PAYOUT_DECIDED", &[]);
        }
        (remainder.open, remainder.paid) = (false, refused.is_none());
        let (payout_id, owner, won) = (payout.clone(), remainder.owner, Amount::new(remainder.won));
        if let Some(reason) = refused {
            let reason = reason.clone();
            self.told.push(Effect::CashOutRejected { payout: payout_id, owner, won, reason });
            let mut purse = self.purse(remainder.owner);
            remainder.taken.iter().for_each(|(heap, part)| purse.put_back(heap, *part));
            self.purses.insert(remainder.owner, purse);
            self.slips.get_mut(&remainder.slip).unwrap().cashed_out = None;
        } else {
            self.told.push(Effect::CashOutConfirmed { payout: payout_id, owner, won });
            self.pay_remainder(&remainder);
        }
        self.remainders.insert(payout.as_str().to_owned(), remainder);
        Ok(())
    }

    fn pay_remainder(&mut self, remainder: &Remainder) {
        let campaign = self.slips[&remainder.slip].campaign;
        self.books.get_mut(&0).unwrap().burned += remainder.won;
        let mut coin = 0;
        for (heap, part) in &remainder.taken {
            match heap.campaign {
                0 => coin += part,
                id => self.back_to_budget(id, id, *part),
            }
        }
        if coin > remainder.won {
            self.back_to_budget(0, campaign, coin - remainder.won);
        }
        if remainder.subsidy > 0 {
            let (amount, minted) =
                (Amount::new(remainder.subsidy), Amount::new(coin.max(remainder.won) - remainder.won));
            self.told.push(Effect::SubsidyReturned { campaign: CampaignId(campaign), amount, minted });
        }
        self.shrink_share(remainder.owner, campaign, remainder.subsidy, None);
    }
}

/// What is left, unexpired, of coin acquired in one act: the first heap that fits, and at most its face.
fn rest(purse: &Purse, campaign: u32, at: u64, face: u64, now: u64) -> Option<(Heap, u64)> {
    let fits = |heap: &&Heap| {
        heap.campaign == campaign
            && heap.acquired == at
            && heap.face == face
            && heap.expires > now
            && face > 0
    };
    let heap = purse.heaps.iter().filter(fits).min_by_key(|heap| heap.number)?;
    Some((heap.clone(), heap.amount.min(face)))
}
