//! `certificate.issue`, `certificate.revoke`, `certificate.renew`: devices of citizens and merchants. Officers' keys
//! come and go by governance ([`super::officer`]).
//!
//! Issue checks: owner active → signer may (registrar's officer; or the merchant's own holder, for staff and
//! terminals of that merchant) → role fits the owner → key not weak → possession proven → key new → room for
//! one more device. Revoke checks: known → signer is registrar's officer or the owner with an own device (an officer's
//! key: an officer of the same institution, if one officer may act for it) → not revoked → for an officer's
//! key: the others still reach the quorum. Renew checks: the signing device is not an officer's → owner active →
//! near enough to its end.

use super::{
    Work,
    device::{self, NewDevice},
    officer,
};
use crate::{
    call::{CertificateIssue, CertificateRenew, CertificateRevoke},
    effect::Effect,
    halt::Halt,
    key::Key,
    limits::{CERTIFICATE_LIFE_MS, MAX_CITIZEN_DEVICES, MAX_ORGANISATION_DEVICES, RENEWAL_WINDOW_MS},
    record::{MemberClass, Role},
    refusal::Refusal,
    state::StateRead,
};

pub fn issue<S: StateRead>(work: &mut Work<'_, S>, call: &CertificateIssue) -> Result<(), Halt> {
    let class = work.active_member(&call.owner)?.class;
    may_issue(work, call)?;
    let fits = matches!(
        (&class, call.role),
        (_, Role::Holder) | (MemberClass::Merchant(_), Role::Staff | Role::Terminal)
    );
    if !fits {
        return Err(Refusal::RoleMismatch.into());
    }
    let new = NewDevice {
        owner: call.owner,
        role: call.role,
        public_key: &call.public_key,
        possession: &call.possession,
    };
    let id = device::check(work, &new)?;
    let devices = device::living(work, &call.owner)?;
    let expires_at = work.now().saturating_add(CERTIFICATE_LIFE_MS);
    device::enter(work, &new, id, expires_at, (devices, most_devices(&class)))
}

pub fn revoke<S: StateRead>(work: &mut Work<'_, S>, call: &CertificateRevoke) -> Result<(), Halt> {
    let id = call.certificate;
    let certificate = device::known(work, &id)?;
    if certificate.role == Role::Officer {
        return officer::revoke_alone(work, id, certificate);
    }
    let own = work.certificate.role == Role::Holder && work.certificate.owner == certificate.owner;
    if !own {
        work.officer_of(|duties| duties.registrar)?;
    }
    if certificate.revoked {
        return Err(Refusal::RevokedCertificate.into());
    }
    device::end_one(work, id, certificate)
}

pub fn renew<S: StateRead>(work: &mut Work<'_, S>, _: &CertificateRenew) -> Result<(), Halt> {
    let mut certificate = work.certificate.clone();
    if certificate.role == Role::Officer {
        return Err(Refusal::NotAllowed.into());
    }
    let owner = certificate.owner;
    work.active_member(&owner)?;
    let from = certificate.expires_at.saturating_sub(RENEWAL_WINDOW_MS);
    if work.now() < from {
        return Err(Refusal::RenewalTooEarly { from }.into());
    }
    let expires_at = work.now().saturating_add(CERTIFICATE_LIFE_MS);
    certificate.expires_at = expires_at;
    let id = work.signer;
    work.state.write(&Key::Certificate(&id), &certificate);
    work.effect(Effect::CertificateRenewed { certificate: id, owner, expires_at });
    Ok(())
}

/// How many devices a member may have.
pub const fn most_devices(class: &MemberClass) -> usize {
    match class {
        MemberClass::Citizen => MAX_CITIZEN_DEVICES,
        MemberClass::Merchant(_) => MAX_ORGANISATION_DEVICES,
    }
}

fn may_issue<S: StateRead>(work: &Work<'_, S>, call: &CertificateIssue) -> Result<(), Halt> {
    let own_shop = work.certificate.role == Role::Holder
        && work.certificate.owner == call.owner
        && matches!(call.role, Role::Staff | Role::Terminal);
    if own_shop { Ok(()) } else { work.officer_of(|duties| duties.registrar).map(|_| ()) }
}
