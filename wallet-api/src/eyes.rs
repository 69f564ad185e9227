//! What a person may see of a receipt: their own part. A payment's receipt also states the shop's balance and lots, an
//! expiry run's those of many people.

use dure_score::{Bid, CertId, Effect, Receipt};

/// The receipt for the eyes of `bid`: other people's balances, lots, charges and grants are left out, and so is what
/// passes between others. The signer stays only if it is a device of theirs.
pub fn for_eyes(mut receipt: Receipt, bid: &Bid, signer_is_own: bool) -> Receipt {
    receipt.effects.retain(|effect| is_for(effect, bid));
    if !signer_is_own {
        receipt.signer = CertId::new(Default::default());
    }
    receipt
}

fn is_for(effect: &Effect, bid: &Bid) -> bool {
    match effect {
        Effect::LotChanged { owner, .. } | Effect::Balance { owner, .. } | Effect::Expired { owner, .. } => {
            owner == bid
        }
        Effect::Charged { to, .. } | Effect::Granted { to, .. } => to == bid,
        Effect::Transferred { from, to, .. } => from == bid || to == bid,
        Effect::Paid { payer, merchant, .. } | Effect::Refunded { payer, merchant, .. } => {
            payer == bid || merchant == bid
        }
        // The offices' business: nothing that a wallet shows.
        _ => false,
    }
}
