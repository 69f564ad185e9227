//! What a reader may see of a receipt: their own part, and with whom it was shared. A payment's receipt also states the other
//! side's balance and lots, an expiry run's those of many people; these stay on the ledger.

use dure_score::{Amount, Bid, CertId, Effect, Lot, Receipt};

/// The receipt as `reader` may see it. The signer stays only where it is a device of theirs. What a refund gives back to the payer
/// keeps campaign and amount for the shop that refunds, so that it can be explained; nothing else of the payer's lots.
pub fn visible_to(reader: &Bid, receipt: Receipt, signer_is_own: bool) -> Receipt {
    let refunded = receipt.effects.iter().find_map(|effect| match effect {
        Effect::Refunded { payer, merchant, .. } if merchant == reader => Some(*payer),
        _ => None,
    });
    let effects =
        receipt.effects.into_iter().filter_map(|effect| part_of(effect, reader, refunded)).collect();
    let signer = if signer_is_own { receipt.signer } else { CertId::default() };
    Receipt { signer, effects, ..receipt }
}

/// True if the receipt pays `shop` or pays one of its customers back.
pub fn is_sale_of(receipt: &Receipt, shop: &Bid) -> bool {
    receipt.effects.iter().any(|effect| match effect {
        Effect::Paid { merchant, .. } | Effect::Refunded { merchant, .. } => merchant == shop,
        _ => false,
    })
}

fn part_of(effect: Effect, reader: &Bid, refunded: Option<Bid>) -> Option<Effect> {
    if let Effect::LotChanged { owner, lot, amount, added: true } = &effect
        && Some(*owner) == refunded
    {
        let lot = Lot { expires_at: 0, ..Lot::takings(lot.campaign, Amount::ZERO) };
        return Some(Effect::LotChanged { owner: *owner, lot, amount: *amount, added: true });
    }
    concerns(&effect, reader).then_some(effect)
}

/// Every effect is named, so that a new one is shown to nobody before somebody has decided to whom.
fn concerns(effect: &Effect, reader: &Bid) -> bool {
    match effect {
        Effect::MemberRegistered { bid: whose, .. }
        | Effect::CertificateIssued { owner: whose, .. }
        | Effect::CertificateRevoked { owner: whose, .. }
        | Effect::CertificateRenewed { owner: whose, .. }
        | Effect::AccountFrozen { member: whose, .. }
        | Effect::AccountUnfrozen { member: whose }
        | Effect::AccountRebound { member: whose, .. }
        | Effect::Charged { to: whose, .. }
        | Effect::Granted { to: whose, .. }
        | Effect::Expired { owner: whose, .. }
        | Effect::LotChanged { owner: whose, .. }
        | Effect::Balance { owner: whose, .. }
        | Effect::CashbackPaid { to: whose, .. }
        | Effect::CashbackTakenBack { from: whose, .. }
        | Effect::CashOutOpened { owner: whose, .. }
        | Effect::CashOutConfirmed { owner: whose, .. }
        | Effect::CashOutRejected { owner: whose, .. }
        | Effect::Redeemed { merchant: whose, .. }
        | Effect::PayoutConfirmed { merchant: whose, .. }
        | Effect::PayoutRejected { merchant: whose, .. } => whose == reader,
        Effect::Transferred { from: one, to: other, .. }
        | Effect::Paid { payer: one, merchant: other, .. }
        | Effect::Refunded { payer: one, merchant: other, .. } => one == reader || other == reader,
        // Only who has signed it, or was handed it, knows which one it was: a phone recognises its own code by it.
        Effect::MandateUsed { .. } => true,
        // Tells of cashback that a customer had spent.
        Effect::SubsidyReturned { .. }
        // The institutions' business: nothing that a wallet or a till shows.
        | Effect::CampaignOpened { .. }
        | Effect::CampaignAmended { .. }
        | Effect::CampaignClosed { .. }
        | Effect::Issued { .. }
        | Effect::BatchOpened { .. }
        | Effect::BatchClosed { .. }
        | Effect::Proposed { .. }
        | Effect::Approved { .. }
        | Effect::ScoreRegistered { .. }
        | Effect::ScoreScheduled { .. }
        | Effect::ValidatorsChanged { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use dure_score::{CampaignId, OrderId, Outcome, TxId};

    const SHOP: Bid = Bid::new([1; 16]);
    const PERSON: Bid = Bid::new([2; 16]);

    fn receipt(effects: Vec<Effect>) -> Receipt {
        let (tx, signer) = (TxId::default(), CertId::new([7; 16]));
        Receipt { tx, signer, height: 1, index: 0, time_ms: 0, outcome: Outcome::Applied, effects }
    }

    fn refund() -> (Effect, Vec<Effect>) {
        let (payment, campaign, amount) = (TxId::default(), CampaignId(1), Amount::new(300));
        let lot = Lot::takings(campaign, Amount::ZERO);
        let theirs = vec![
            Effect::CashbackPaid { payment, campaign, to: PERSON, amount },
            Effect::CashbackTakenBack { payment, campaign, from: PERSON, amount, withheld: amount },
            Effect::LotChanged { owner: PERSON, lot, amount, added: false },
            Effect::SubsidyReturned { campaign, amount, minted: amount },
            Effect::Balance { owner: PERSON, total: amount },
        ];
        let order = OrderId::new("1").unwrap();
        (Effect::Refunded { payment, payer: PERSON, merchant: SHOP, order, amount, total: amount }, theirs)
    }

    #[test]
    fn a_customers_cashback_stays_the_customers() {
        let (shared, theirs) = refund();
        let effects: Vec<Effect> = std::iter::once(shared.clone()).chain(theirs).collect();
        assert_eq!(visible_to(&SHOP, receipt(effects.clone()), true).effects, [shared]);
        let own = visible_to(&PERSON, receipt(effects), false);
        assert_eq!((own.effects.len(), own.signer), (5, CertId::default()));
    }

    #[test]
    fn a_shop_sees_what_its_refund_was_made_of_and_no_more_of_the_lot() {
        let (shared, _) = refund();
        let lot = Lot { expires_at: 99, ..Lot::takings(CampaignId(1), Amount::new(5_000)) };
        let back = Effect::LotChanged { owner: PERSON, lot, amount: Amount::new(300), added: true };
        let seen = visible_to(&SHOP, receipt(vec![shared, back]), true).effects;
        let plain = Lot { expires_at: 0, ..Lot::takings(CampaignId(1), Amount::ZERO) };
        let explained =
            Effect::LotChanged { owner: PERSON, lot: plain, amount: Amount::new(300), added: true };
        assert_eq!(seen.last(), Some(&explained));
    }
}
