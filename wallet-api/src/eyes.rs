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

/// Every effect is named, so that a new one is shown to nobody before somebody has decided to whom.
fn is_for(effect: &Effect, bid: &Bid) -> bool {
    match effect {
        Effect::LotChanged { owner, .. }
        | Effect::Balance { owner, .. }
        | Effect::Expired { owner, .. }
        | Effect::CertificateRenewed { owner, .. }
        | Effect::CashOutOpened { owner, .. }
        | Effect::CashOutConfirmed { owner, .. }
        | Effect::CashOutRejected { owner, .. } => owner == bid,
        Effect::Charged { to, .. } | Effect::Granted { to, .. } | Effect::CashbackPaid { to, .. } => {
            to == bid
        }
        Effect::CashbackTakenBack { from, .. } => from == bid,
        Effect::AccountFrozen { member, .. }
        | Effect::AccountUnfrozen { member }
        | Effect::AccountRebound { member, .. } => member == bid,
        Effect::Transferred { from, to, .. } => from == bid || to == bid,
        // Only who has signed it knows which one it was: a phone recognises its own code by it.
        Effect::MandateUsed { .. } => true,
        Effect::Paid { payer, merchant, .. } | Effect::Refunded { payer, merchant, .. } => {
            payer == bid || merchant == bid
        }
        // The offices' business: nothing that a wallet shows.
        Effect::MemberRegistered { .. }
        | Effect::CertificateIssued { .. }
        | Effect::CertificateRevoked { .. }
        | Effect::CampaignOpened { .. }
        | Effect::CampaignAmended { .. }
        | Effect::CampaignClosed { .. }
        | Effect::Issued { .. }
        | Effect::SubsidyReturned { .. }
        | Effect::BatchOpened { .. }
        | Effect::BatchClosed { .. }
        | Effect::Redeemed { .. }
        | Effect::PayoutConfirmed { .. }
        | Effect::PayoutRejected { .. }
        | Effect::Proposed { .. }
        | Effect::Approved { .. }
        | Effect::ScoreRegistered { .. }
        | Effect::ScoreScheduled { .. }
        | Effect::ValidatorsChanged { .. } => false,
    }
}
