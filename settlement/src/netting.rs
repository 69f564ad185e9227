//! Netting: what every merchant is owed at the cut-off. Pure.
//!
//! The rule: a merchant is owed **all takings on the ledger at the cut-off height**, less what is held back by agreement.
//! Takings are what earlier batches left (`brought forward`) + payments − refunds − what was spent again at other merchants
//! within the batch's heights. A payout that the bank refused gives its coin back to the takings and so is paid again with the
//! next batch, without a rule of its own; the same holds for what was held back or could not be redeemed. As takings cannot be
//! negative, neither can a payout.
//!
//! Both sides are computed: ours from the rows of earlier batches and the effects within the heights, the ledger's
//! from the last balance that it stated within them. They must be equal, or nothing is paid.

use crate::error::SettlementError;
use dure_score::{Amount, Bid, Effect, Receipt};
use std::collections::BTreeMap;

/// What happened to one merchant within a batch's heights, in won.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Movement {
    /// Payments received.
    pub payments: u64,
    /// Payments given back.
    pub refunds: u64,
    /// Spent at other merchants, and cashback taken back.
    pub spent: u64,
    /// What came back of that, and cashback earned by it.
    pub regained: u64,
    /// The last balance that the ledger stated.
    pub balance: Option<u64>,
}

/// One merchant's figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Net {
    /// Payments within the heights.
    pub payments: i64,
    /// Refunds within the heights.
    pub refunds: i64,
    /// Spent at other merchants within the heights, less what came back of it and cashback; below zero if more came
    /// back.
    pub reused: i64,
    /// Takings at the cut-off, never negative.
    pub takings: i64,
}

/// Adds up receipts, in the order of the chain.
#[derive(Clone, Debug, Default)]
pub struct Netting {
    brought_forward: BTreeMap<Bid, i64>,
    merchants: BTreeMap<Bid, Movement>,
}

impl Netting {
    /// Begins with what earlier batches left, of every merchant that was ever in one.
    pub const fn new(brought_forward: BTreeMap<Bid, i64>) -> Self {
        Self { brought_forward, merchants: BTreeMap::new() }
    }

    /// Adds one receipt.
    pub fn add(&mut self, receipt: &Receipt) -> Result<(), SettlementError> {
        for effect in &receipt.effects {
            match effect {
                Effect::Paid { payer, merchant, amount, .. } => {
                    add_to(&mut self.merchant(merchant).payments, *amount)?;
                    self.as_payer(payer, |own| &mut own.spent, *amount)?;
                }
                Effect::Refunded { payer, merchant, amount, .. } => {
                    add_to(&mut self.merchant(merchant).refunds, *amount)?;
                    self.as_payer(payer, |own| &mut own.regained, *amount)?;
                }
                Effect::CashbackPaid { to, amount, .. } => {
                    self.as_payer(to, |own| &mut own.regained, *amount)?;
                }
                Effect::CashbackTakenBack { from, amount, .. } => {
                    self.as_payer(from, |own| &mut own.spent, *amount)?;
                }
                Effect::Redeemed { merchant, .. } | Effect::PayoutRejected { merchant, .. } => {
                    self.merchant(merchant);
                }
                _ => {}
            }
        }
        // Balances in a second pass: in a receipt, what makes an account a merchant's may come after its balance.
        for effect in &receipt.effects {
            if let Effect::Balance { owner, total } = effect
                && let Some(movement) = self.merchants.get_mut(owner)
            {
                movement.balance = Some(total.get());
            }
        }
        Ok(())
    }

    fn merchant(&mut self, bid: &Bid) -> &mut Movement {
        self.merchants.entry(*bid).or_default()
    }

    /// Adds to a payer's figures, if the payer is a merchant: who spends takings has been paid before, in these heights
    /// or in an earlier batch. Everybody else is a citizen.
    fn as_payer(
        &mut self,
        bid: &Bid,
        figure: impl FnOnce(&mut Movement) -> &mut u64,
        amount: Amount,
    ) -> Result<(), SettlementError> {
        if !self.merchants.contains_key(bid) && !self.brought_forward.contains_key(bid) {
            return Ok(());
        }
        add_to(figure(self.merchant(bid)), amount)
    }

    /// Every merchant that is owed something or that something happened to, with its figures.
    pub fn close(mut self) -> Result<BTreeMap<Bid, Net>, SettlementError> {
        for (merchant, open) in &self.brought_forward {
            if *open != 0 {
                self.merchants.entry(*merchant).or_default();
            }
        }
        let mut nets = BTreeMap::new();
        for (merchant, movement) in self.merchants {
            let open = self.brought_forward.get(&merchant).copied().unwrap_or(0);
            let net = net(open, &movement).ok_or_else(|| {
                SettlementError::Stored(format!("the sums of merchant {merchant} do not fit 64 bits"))
            })?;
            let ledger = movement.balance.or_else(|| u64::try_from(net.takings).ok()).unwrap_or(0);
            if u64::try_from(net.takings) != Ok(ledger) {
                let expected = net.takings;
                return Err(SettlementError::NettingMismatch {
                    merchant: merchant.to_string(),
                    expected,
                    ledger,
                });
            }
            nets.insert(merchant, net);
        }
        Ok(nets)
    }
}

fn net(open: i64, movement: &Movement) -> Option<Net> {
    let payments = i64::try_from(movement.payments).ok()?;
    let refunds = i64::try_from(movement.refunds).ok()?;
    let (spent, regained) = (i64::try_from(movement.spent).ok()?, i64::try_from(movement.regained).ok()?);
    let reused = spent.checked_sub(regained)?;
    let takings = open.checked_add(payments)?.checked_sub(refunds)?.checked_sub(reused)?;
    Some(Net { payments, refunds, reused, takings })
}

fn add_to(sum: &mut u64, amount: Amount) -> Result<(), SettlementError> {
    *sum = sum
        .checked_add(amount.get())
        .ok_or_else(|| SettlementError::Stored("a merchant's sum does not fit 64 bits".to_owned()))?;
    Ok(())
}

/// What is paid out of takings: less what is held, and no more than the account holds now (a refund may have come
/// after the cut-off).
pub fn payable(takings: i64, held: i64, now: i64) -> i64 {
    takings.saturating_sub(held.max(0)).min(now).max(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use dure_score::ids::OrderId;
    use dure_score::{CertId, Outcome, PayoutId, TxId};

    const SHOP: Bid = Bid::new([1; 16]);
    const PERSON: Bid = Bid::new([2; 16]);

    fn receipt(effects: Vec<Effect>) -> Receipt {
        let (tx, signer) = (TxId::default(), CertId::default());
        Receipt { tx, signer, height: 1, index: 0, time_ms: 0, outcome: Outcome::Applied, effects }
    }

    fn paid(won: u64) -> Effect {
        let (payment, order) = (TxId::default(), OrderId::new("1").unwrap());
        Effect::Paid { payment, payer: PERSON, merchant: SHOP, order, amount: Amount::new(won) }
    }

    fn refunded(won: u64) -> Effect {
        let (payment, order) = (TxId::default(), OrderId::new("1").unwrap());
        let (amount, total) = (Amount::new(won), Amount::new(won));
        Effect::Refunded { payment, payer: PERSON, merchant: SHOP, order, amount, total }
    }

    fn balance(owner: Bid, won: u64) -> Effect {
        Effect::Balance { owner, total: Amount::new(won) }
    }

    fn netted(receipts: &[Receipt], open: i64) -> Result<BTreeMap<Bid, Net>, SettlementError> {
        let mut netting = Netting::new(BTreeMap::from([(SHOP, open)]));
        receipts.iter().try_for_each(|receipt| netting.add(receipt))?;
        netting.close()
    }

    #[test]
    fn payments_less_refunds_on_top_of_what_was_brought_forward() {
        let day = [
            receipt(vec![paid(9_000), balance(PERSON, 1_000), balance(SHOP, 9_500)]),
            receipt(vec![refunded(2_000), balance(SHOP, 7_500), balance(PERSON, 3_000)]),
        ];
        let nets = netted(&day, 500).unwrap();
        let expected = Net { payments: 9_000, refunds: 2_000, reused: 0, takings: 7_500 };
        assert_eq!(nets, BTreeMap::from([(SHOP, expected)]));
    }

    #[test]
    fn a_merchant_who_spends_takings_is_owed_less_and_gets_back_what_returns() {
        let other = Bid::new([3; 16]);
        let (payment, campaign) = (TxId::default(), dure_score::CampaignId(1));
        let order = OrderId::new("1").unwrap();
        let between = |won| Effect::Paid {
            payment,
            payer: SHOP,
            merchant: other,
            order: order.clone(),
            amount: Amount::new(won),
        };
        let back = |won| Effect::Refunded {
            payment,
            payer: SHOP,
            merchant: other,
            order: order.clone(),
            amount: Amount::new(won),
            total: Amount::new(won),
        };
        let cashback = |to, won| Effect::CashbackPaid { payment, campaign, to, amount: Amount::new(won) };
        let taken = |from, won| Effect::CashbackTakenBack {
            payment,
            campaign,
            from,
            amount: Amount::new(won),
            withheld: Amount::ZERO,
        };
        let day = [
            // A customer's cashback is none of the shop's takings.
            receipt(vec![paid(9_000), cashback(PERSON, 90), balance(PERSON, 90), balance(SHOP, 9_000)]),
            receipt(vec![between(4_000), cashback(SHOP, 40), balance(SHOP, 5_040), balance(other, 4_000)]),
            receipt(vec![back(1_000), taken(SHOP, 10), balance(other, 3_000), balance(SHOP, 6_030)]),
        ];
        let nets = netted(&day, 0).unwrap();
        let shop = Net { payments: 9_000, refunds: 0, reused: 2_970, takings: 6_030 };
        let payee = Net { payments: 4_000, refunds: 1_000, reused: 0, takings: 3_000 };
        assert_eq!(nets, BTreeMap::from([(SHOP, shop), (other, payee)]));
        // Spent in an earlier batch, back in this one.
        let later = [receipt(vec![back(1_000), balance(other, 500), balance(SHOP, 1_000)])];
        let mut netting = Netting::new(BTreeMap::from([(SHOP, 0), (other, 1_500)]));
        later.iter().try_for_each(|receipt| netting.add(receipt)).unwrap();
        let nets = netting.close().unwrap();
        assert_eq!((nets[&SHOP].takings, nets[&SHOP].reused, nets[&other].takings), (1_000, -1_000, 500));
    }

    #[test]
    fn a_returned_payout_is_owed_again_without_any_payment() {
        let payout = PayoutId::new("P").unwrap();
        let batch = dure_score::BatchId::new("B").unwrap();
        let reason = dure_score::ids::Code::new("AC04").unwrap();
        let amount = Amount::new(700);
        let day = [
            receipt(vec![
                Effect::Redeemed { batch: batch.clone(), payout: payout.clone(), merchant: SHOP, amount },
                balance(SHOP, 0),
            ]),
            receipt(vec![
                Effect::PayoutRejected { batch, payout, merchant: SHOP, amount, reason },
                balance(SHOP, 700),
            ]),
        ];
        assert_eq!(netted(&day, 700).unwrap().get(&SHOP).unwrap().takings, 700);
        assert_eq!(netted(&[], 700).unwrap().get(&SHOP).unwrap().takings, 700);
        assert!(netted(&[], 0).unwrap().is_empty());
    }

    #[test]
    fn a_difference_from_the_ledger_stops_everything() {
        let day = [receipt(vec![paid(9_000), balance(SHOP, 8_999)])];
        let error = netted(&day, 0).unwrap_err();
        assert_eq!(error.code(), "NETTING_MISMATCH");
        assert_eq!(netted(&[], -5).unwrap_err().code(), "NETTING_MISMATCH");
    }

    #[test]
    fn payable_keeps_the_held_part_and_never_exceeds_the_account() {
        for (takings, held, now, expected) in
            [(100, 0, 100, 100), (100, 30, 100, 70), (100, 0, 40, 40), (20, 30, 20, 0), (0, 0, 50, 0)]
        {
            assert_eq!(payable(takings, held, now), expected);
        }
    }
}
