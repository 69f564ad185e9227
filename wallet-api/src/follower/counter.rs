//! What the ledger has done for the counter: a new phone becomes a device in the very transaction that says so, and the
//! case is closed.

use dure_db::{DbConnection, DbError, counter_cases, devices, new_phones};
use dure_score::{Bid, CertId, Effect, Receipt};

use crate::enrolment::HOLDER;

/// The account was moved to a new phone. One that did not wait here was moved by other means: its PIN is not with us.
pub fn rebound(c: &mut DbConnection, member: &Bid, certificate: &CertId, now: i64) -> Result<(), DbError> {
    let certificate = certificate.to_string();
    let Some(phone) = new_phones::by_certificate(c, &certificate)? else { return Ok(()) };
    // Proposed by other means, for somebody else, or without the phone's own word: not this phone's PIN.
    let theirs = phone.bid.as_deref() == Some(member.to_string().as_str()) && phone.possession.is_some();
    if theirs && devices::find(c, &certificate)?.is_none() && !phone.pin_share.is_empty() {
        let device = devices::Device {
            certificate: certificate.clone(),
            owner: member.to_string(),
            role: HOLDER.to_owned(),
            public_key: phone.public_key,
            name: phone.device_name,
            pin_verifier: phone.pin_verifier,
            pin_share: Some(phone.pin_share),
            wrong_pins: 0,
            created_at: now,
            last_used_at: now,
            revoked_at: None,
            owner_class: devices::OwnerClass::Person,
            tried_at: 0,
        };
        devices::insert(c, &device)?;
    }
    new_phones::end(c, &certificate)
}

/// A proposal was executed: by its last approval, or at once where one officer may act alone.
pub fn executed(c: &mut DbConnection, receipt: &Receipt, now: i64) -> Result<(), DbError> {
    counter_cases::close(c, &receipt.tx.to_string(), counter_cases::DONE, now)?;
    for effect in &receipt.effects {
        if let Effect::Approved { proposal, executed: true, .. } = effect {
            counter_cases::close(c, &proposal.to_string(), counter_cases::DONE, now)?;
        }
    }
    Ok(())
}
