//! `certificate.issue`, `certificate.revoke`.
//!
//! Issue checks: owner active → signer may (registrar's officer; or the merchant's own holder, for staff and
//! terminals of that merchant) → role fits the owner → key not weak → possession proven → key new → room for
//! one more device. Revoke checks: known → not revoked → signer is registrar's officer or the owner.

use super::Work;
use crate::{
    apply::Halt,
    call::{CertificateIssue, CertificateRevoke},
    effect::Effect,
    ids::Bid,
    key::Key,
    limits::{CERTIFICATE_LIFE_MS, MAX_CITIZEN_DEVICES, MAX_ORGANISATION_DEVICES},
    record::{Certificate, Devices, MemberClass, Role},
    refusal::Refusal,
    state::StateRead,
    tx::possession_message,
};

pub fn issue<S: StateRead>(work: &mut Work<'_, S>, call: &CertificateIssue) -> Result<(), Halt> {
    let class = work.active_member(&call.owner)?.class;
    may_issue(work, call)?;
    let (fits, limit) = match (&class, call.role) {
        (MemberClass::Citizen, Role::Holder) => (true, MAX_CITIZEN_DEVICES),
        (MemberClass::Merchant(_), Role::Holder | Role::Staff | Role::Terminal) => {
            (true, MAX_ORGANISATION_DEVICES)
        }
        _ => (false, 0),
    };
    if !fits {
        return Err(Refusal::RoleMismatch.into());
    }
    if !call.public_key.is_acceptable() {
        return Err(Refusal::WeakKey.into());
    }
    let chain = work.chain()?;
    let message = possession_message(&chain, &call.owner, call.role, &call.public_key);
    if !call.public_key.verify(&message, &call.possession) {
        return Err(Refusal::BadPossession.into());
    }
    let id = call.public_key.certificate_id(&chain);
    if work.state.read::<Certificate>(&Key::Certificate(&id))?.is_some() {
        return Err(Refusal::CertificateExists.into());
    }
    let mut devices = living_devices(work, &call.owner)?;
    if devices.certificates.len() >= limit {
        return Err(Refusal::TooManyDevices { limit: u64::try_from(limit).unwrap_or(u64::MAX) }.into());
    }
    devices.certificates.push(id);
    let expires_at = work.now().saturating_add(CERTIFICATE_LIFE_MS);
    let certificate = Certificate {
        owner: call.owner,
        public_key: call.public_key,
        role: call.role,
        issued_at: work.now(),
        expires_at,
        revoked: false,
    };
    work.state.write(&Key::Devices(&call.owner), &devices);
    work.state.write(&Key::Certificate(&id), &certificate);
    work.effect(Effect::CertificateIssued {
        certificate: id,
        owner: call.owner,
        role: call.role,
        expires_at,
    });
    Ok(())
}

pub fn revoke<S: StateRead>(work: &mut Work<'_, S>, call: &CertificateRevoke) -> Result<(), Halt> {
    let id = call.certificate;
    let mut certificate: Certificate =
        work.state.read(&Key::Certificate(&id))?.ok_or(Refusal::UnknownCertificate)?;
    let owner = certificate.owner;
    let own = work.certificate.role == Role::Holder && work.certificate.owner == owner;
    if !own {
        work.officer_of(|duties| duties.registrar)?;
        // Officers of institutions come and go by governance, not by a registrar's word.
        if certificate.role == Role::Officer {
            return Err(Refusal::NotAllowed.into());
        }
    }
    if certificate.revoked {
        return Err(Refusal::RevokedCertificate.into());
    }
    certificate.revoked = true;
    let mut devices: Devices = work.state.read(&Key::Devices(&owner))?.unwrap_or_default();
    devices.certificates.retain(|known| *known != id);
    work.state.write(&Key::Devices(&owner), &devices);
    work.state.write(&Key::Certificate(&id), &certificate);
    work.effect(Effect::CertificateRevoked { certificate: id, owner });
    Ok(())
}

fn may_issue<S: StateRead>(work: &Work<'_, S>, call: &CertificateIssue) -> Result<(), Halt> {
    let own_shop = work.certificate.role == Role::Holder
        && work.certificate.owner == call.owner
        && matches!(call.role, Role::Staff | Role::Terminal);
    if own_shop { Ok(()) } else { work.officer_of(|duties| duties.registrar).map(|_| ()) }
}

/// The owner's devices without those whose time has run out.
fn living_devices<S: StateRead>(work: &Work<'_, S>, owner: &Bid) -> Result<Devices, Halt> {
    let mut devices: Devices = work.state.read(&Key::Devices(owner))?.unwrap_or_default();
    let mut living = Vec::with_capacity(devices.certificates.len());
    for id in devices.certificates {
        let certificate: Option<Certificate> = work.state.read(&Key::Certificate(&id))?;
        if certificate.is_some_and(|certificate| certificate.expires_at > work.now()) {
            living.push(id);
        }
    }
    devices.certificates = living;
    Ok(devices)
}
