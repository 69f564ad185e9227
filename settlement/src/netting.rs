//! Netting: what every merchant is owed at the cut-off. Pure.
//!
//! The rule: a merchant is owed **all takings on the ledger at the cut-off height**, less what is held back by
//! agreement. Takings are what earlier batches left (`brought forward`) + payments − refunds within the batch's
//! heights. A payout that the bank refused gives its coin back to the takings and so is paid again with the next
//! batch, without a rule of its own; the same holds for what was held back or could not be redeemed. As takings cannot
//! be negative, neither can a payout.
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
    /// Takings at the cut-off, never negative.
    pub takings: i64,
}

/// Adds up receipts, in the order of the chain.
#[derive(Clone, Debug, Default)]
pub struct Netting {
    merchants: BTreeMap<Bid, Movement>,
}

impl Netting {
    /// Adds one receipt.
    pub fn add(&mut self, receipt: &Receipt) -> Result<(), SettlementError> {
        for effect in &receipt.effects {
            match effect {
                Effect::Paid { merchant, amount, .. } => {
                    let movement = self.merchants.entry(*merchant).or_default();
                    movement.payments = plus(movement.payments, *amount)?;
                }
                Effect::Refunded { merchant, amount, .. } => {
                    let movement = self.merchants.entry(*merchant).or_default();
                    movement.refunds = plus(movement.refunds, *amount)?;
                }
                Effect::Redeemed { merchant, .. } | Effect::PayoutRejected { merchant, .. } => {
                    self.merchants.entry(*merchant).or_default();
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

    /// Every merchant that is owed something or that something happened to, with its figures.
    pub fn close(
        mut self,
        brought_forward: &BTreeMap<Bid, i64>,
    ) -> Result<BTreeMap<Bid, Net>, SettlementError> {
        for (merchant, open) in brought_forward {
            if *open != 0 {
                self.merchants.entry(*merchant).or_default();
            }
        }
        let mut nets = BTreeMap::new();
        for (merchant, movement) in self.merchants {
            let open = brought_forward.get(&merchant).copied().unwrap_or(0);
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
    Some(Net { payments, refunds, takings: open.checked_add(payments)?.checked_sub(refunds)? })
}

fn plus(sum: u64, amount: Amount) -> Result<u64, SettlementError> {
    sum.checked_add(amount.get())
        .ok_or_else(|| SettlementError::Stored("a merchant's sum does not fit 64 bits".to_owned()))
}

/// What is paid out of takings: less what is held, and no more than the account holds now (a refund may have come
/// after the cut-off).
pub fn payable(takings: i64, held: i64, now: i64) -> i64 {
    takings.saturating_sub(held.max(0)).min(now).max(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
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
        let mut netting = Netting::default();
        receipts.iter().try_for_each(|receipt| netting.add(receipt))?;
        netting.close(&BTreeMap::from([(SHOP, open)]))
    }

    #[test]
    fn payments_less_refunds_on_top_of_what_was_brought_forward() {
        let day = [
            receipt(vec![paid(9_000), balance(PERSON, 1_000), balance(SHOP, 9_500)]),
            receipt(vec![refunded(2_000), balance(SHOP, 7_500), balance(PERSON, 3_000)]),
        ];
        let nets = netted(&day, 500).unwrap();
        let expected = Net { payments: 9_000, refunds: 2_000, takings: 7_500 };
        assert_eq!(nets, BTreeMap::from([(SHOP, expected)]));
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
