//! The lots of one account, and the only ways to change them: add, draw, restore.

use minicbor::{Decode, Encode};

use crate::{amount::Amount, ids::CampaignId, limits::MAX_LOTS, lot::Lot, record::Draw, refusal::Refusal};

/// All lots of one account, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Holdings {
    /// The number that the next new lot gets.
    #[n(0)]
    pub next_lot: u64,
    /// Lots with something left, in order of number.
    #[n(1)]
    pub lots: Vec<Lot>,
}

impl Holdings {
    /// Sum of all lots, expired ones included. Bounded by the supply, so it cannot overflow.
    #[inline]
    pub fn total(&self) -> Amount {
        Amount::total(self.lots.iter().map(|lot| lot.amount)).unwrap_or(Amount::ZERO)
    }

    /// Adds coin: into a lot with equal attributes if there is one, else as a new lot. Returns the lot after.
    #[inline]
    pub fn add(&mut self, lot: Lot) -> Result<Lot, Refusal> {
        if let Some(same) = self.lots.iter_mut().find(|old| old.same_attributes(&lot)) {
            same.amount = same.amount.plus(lot.amount).ok_or(Refusal::AmountOutOfRange)?;
            return Ok(*same);
        }
        if self.lots.len() >= MAX_LOTS {
            return Err(Refusal::TooManyLots);
        }
        let new = Lot { id: self.next_lot, ..lot };
        self.next_lot = self.next_lot.saturating_add(1);
        self.lots.push(new);
        Ok(new)
    }

    /// Takes `amount` from the lots that `eligible` admits, in the order of `rank`. `None` if [`MAX_LOTS`] of them do
    /// not suffice (then nothing is changed).
    pub fn draw<K: Ord>(
        &mut self,
        amount: Amount,
        eligible: impl Fn(&Lot) -> bool,
        rank: impl Fn(&Lot) -> K,
    ) -> Option<Vec<Draw>> {
        let (draws, left) = self.plan(amount, eligible, rank);
        if !left.is_zero() {
            return None;
        }
        for draw in &draws {
            self.take(draw.lot.id, draw.amount)?;
        }
        Some(draws)
    }

    /// As [`Self::draw`], but takes what there is when it does not suffice. The draws say how much that was.
    pub fn draw_up_to<K: Ord>(
        &mut self,
        amount: Amount,
        eligible: impl Fn(&Lot) -> bool,
        rank: impl Fn(&Lot) -> K,
    ) -> Vec<Draw> {
        let (mut draws, _) = self.plan(amount, eligible, rank);
        draws.retain(|draw| self.take(draw.lot.id, draw.amount).is_some());
        draws
    }

    /// What a draw would take, lot by lot, and how much it would still lack.
    fn plan<K: Ord>(
        &self,
        amount: Amount,
        eligible: impl Fn(&Lot) -> bool,
        rank: impl Fn(&Lot) -> K,
    ) -> (Vec<Draw>, Amount) {
        let one = |lot: Lot, amount| Draw { lot, amount, refunded: Amount::ZERO };
        // Mostly the first lot suffices.
        if let Some(first) = self.lots.iter().filter(|lot| eligible(lot)).min_by_key(|lot| rank(lot))
            && first.amount >= amount
            && !amount.is_zero()
        {
            return (vec![one(*first, amount)], Amount::ZERO);
        }
        let mut candidates: Vec<Lot> = self.lots.iter().copied().filter(|lot| eligible(lot)).collect();
        candidates.sort_by_key(rank);
        let mut left = amount;
        let mut draws = Vec::new();
        for lot in candidates.into_iter().take(MAX_LOTS) {
            if left.is_zero() {
                break;
            }
            let taken = lot.amount.min(left);
            left = left.minus(taken).unwrap_or_default();
            draws.push(one(lot, taken));
        }
        (draws, left)
    }

    /// Puts coin back into the very lot that it came from, even if that lot had been used up.
    pub fn restore(&mut self, original: &Lot, amount: Amount) -> Result<Lot, Refusal> {
        let overflow = Refusal::AmountOutOfRange;
        match self.lots.binary_search_by_key(&original.id, |lot| lot.id) {
            Ok(index) => {
                let lot = self.lots.get_mut(index).ok_or(overflow.clone())?;
                lot.amount = lot.amount.plus(amount).ok_or(overflow)?;
                Ok(*lot)
            }
            Err(index) => {
                let lot = Lot { amount, ..*original };
                self.lots.insert(index, lot);
                Ok(lot)
            }
        }
    }

    /// Removes and returns the lots of a campaign that `gone` admits.
    pub fn remove(&mut self, gone: impl Fn(&Lot) -> bool) -> Vec<Lot> {
        let (out, kept) = self.lots.iter().copied().partition(|lot| gone(lot));
        self.lots = kept;
        out
    }

    /// Coin of one series.
    pub fn of_campaign(&self, campaign: CampaignId) -> Amount {
        let lots = self.lots.iter().filter(|lot| lot.campaign == campaign);
        Amount::total(lots.map(|lot| lot.amount)).unwrap_or(Amount::ZERO)
    }

    /// The lot of that number as it is now; a used-up lot reads as amount 0.
    #[inline]
    pub fn lot_now(&self, was: &Lot) -> Lot {
        let found = self.lots.binary_search_by_key(&was.id, |lot| lot.id).ok();
        found.and_then(|index| self.lots.get(index)).copied().unwrap_or(Lot { amount: Amount::ZERO, ..*was })
    }

    /// Takes from the lot of that number; `None`, and nothing changed, if it does not hold as much.
    #[inline]
    pub fn take(&mut self, id: u64, amount: Amount) -> Option<()> {
        let index = self.lots.binary_search_by_key(&id, |lot| lot.id).ok()?;
        let lot = self.lots.get_mut(index)?;
        lot.amount = lot.amount.minus(amount)?;
        if lot.amount.is_zero() {
            self.lots.remove(index);
        }
        Some(())
    }
}
