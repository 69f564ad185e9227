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
        | Effect::Balance { owner: whose, .. } => whose == shop,
        Effect::Transferred { from: one, to: other, .. }
        | Effect::Paid { payer: one, merchant: other, .. }
        | Effect::Refunded { payer: one, merchant: other, .. } => one == shop || other == shop,
        // Of the city, not of a person.
        Effect::CampaignOpened { .. }
        | Effect::Issued { .. }
        | Effect::BatchOpened { .. }
        | Effect::BatchClosed { .. }
        | Effect::Proposed { .. }
        | Effect::Approved { .. } => true,
    };
    own.then_some(effect)
}
