//! What a shop may see of a receipt: its own coin, and who paid or was paid back by it. The rest of a receipt tells of other
//! people's purses and stays on the ledger.

use dure_score::{Amount, Bid, CertId, Effect, Lot, Receipt};

/// The receipt as `shop` may see it on the device `certificate`. What returns to a payer keeps campaign and amount, so that a
/// refund can be explained; nothing of the payer's lots.
pub fn for_eyes(receipt: Receipt, shop: &Bid, certificate: &CertId) -> Receipt {
    let payer = receipt.effects.iter().find_map(|effect| match effect {
        Effect::Refunded { payer, merchant, .. } if merchant == shop => Some(*payer),
        _ => None,
    });
    let effects = receipt.effects.into_iter().filter_map(|effect| seen(effect, shop, payer)).collect();
    let signer = if receipt.signer == *certificate { receipt.signer } else { CertId::default() };
    Receipt { signer, effects, ..receipt }
}

/// True if the receipt pays `shop` or pays one of its customers back.
pub fn is_sale_of(receipt: &Receipt, shop: &Bid) -> bool {
    receipt.effects.iter().any(|effect| match effect {
        Effect::Paid { merchant, .. } | Effect::Refunded { merchant, .. } => merchant == shop,
        _ => false,
    })
}

fn seen(effect: Effect, shop: &Bid, refunded: Option<Bid>) -> Option<Effect> {
    let own = match &effect {
        Effect::LotChanged { owner, lot, amount, added: true } if Some(*owner) == refunded => {
            let lot = Lot { expires_at: 0, ..Lot::takings(lot.campaign, Amount::ZERO) };
            return Some(Effect::LotChanged { owner: *owner, lot, amount: *amount, added: true });
        }
        Effect::MemberRegistered { bid: whose, .. }
        | Effect::CertificateIssued { owner: whose, .. }
        | Effect::CertificateRevoked { owner: whose, .. }
        | Effect::Charged { to: whose, .. }
        | Effect::Granted { to: whose, .. }
        | Effect::Expired { owner: whose, .. }
        | Effect::Redeemed { merchant: whose, .. }
        | Effect::PayoutConfirmed { merchant: whose, .. }
        | Effect::PayoutRejected { merchant: whose, .. }
        | Effect::LotChanged { owner: whose, .. }
        | Effect::Balance { owner: whose, .. }
        | Effect::CertificateRenewed { owner: whose, .. }
        | Effect::AccountFrozen { member: whose, .. }
        | Effect::AccountUnfrozen { member: whose }
        | Effect::AccountRebound { member: whose, .. }
        | Effect::CashbackPaid { to: whose, .. }
        | Effect::CashbackTakenBack { from: whose, .. }
        | Effect::CashOutOpened { owner: whose, .. }
        | Effect::CashOutConfirmed { owner: whose, .. }
        | Effect::CashOutRejected { owner: whose, .. } => whose == shop,
        Effect::Transferred { from: one, to: other, .. }
        | Effect::Paid { payer: one, merchant: other, .. }
        | Effect::Refunded { payer: one, merchant: other, .. } => one == shop || other == shop,
        // Tells of cashback that a customer had spent.
        Effect::SubsidyReturned { .. } => false,
        // Of the city, not of a person. A mandate's name says nothing to who has not seen it.
        Effect::CampaignOpened { .. }
        | Effect::CampaignAmended { .. }
        | Effect::CampaignClosed { .. }
        | Effect::MandateUsed { .. }
        | Effect::ScoreRegistered { .. }
        | Effect::ScoreScheduled { .. }
        | Effect::ValidatorsChanged { .. }
        | Effect::Issued { .. }
        | Effect::BatchOpened { .. }
        | Effect::BatchClosed { .. }
        | Effect::Proposed { .. }
        | Effect::Approved { .. } => true,
    };
    own.then_some(effect)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use dure_score::{CampaignId, OrderId, Outcome, TxId};

    const SHOP: Bid = Bid::new([1; 16]);
    const PERSON: Bid = Bid::new([2; 16]);

    #[test]
    fn a_customers_cashback_stays_the_customers() {
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
        let mut effects =
            vec![Effect::Refunded { payment, payer: PERSON, merchant: SHOP, order, amount, total: amount }];
        let own = effects.clone();
        effects.extend(theirs);
        let (tx, signer) = (TxId::default(), CertId::default());
        let receipt =
            Receipt { tx, signer, height: 1, index: 0, time_ms: 0, outcome: Outcome::Applied, effects };
        assert_eq!(for_eyes(receipt, &SHOP, &signer).effects, own);
    }
}
