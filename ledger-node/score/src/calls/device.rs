//! What the calls of identity share: a new key is checked, entered, ended in one way only.

use super::Work;
use crate::{
    effect::Effect,
    halt::Halt,
    ids::{Bid, CertId},
    key::Key,
    record::{Certificate, Devices, Role},
    refusal::Refusal,
    signature::{PublicKey, Signature},
    state::StateRead,
    tx::possession_message,
    window::NonceWindow,
};

/// A key that asks for a certificate.
pub struct NewDevice<'a> {
    pub owner: Bid,
    pub role: Role,
    pub public_key: &'a PublicKey,
    pub possession: &'a Signature,
}

/// Checks a new key: not weak → possession proven → key new. Answers its certificate's id.
pub fn check<S: StateRead>(work: &Work<'_, S>, device: &NewDevice<'_>) -> Result<CertId, Halt> {
    let NewDevice { owner, role, public_key, possession } = device;
    if !public_key.is_acceptable() {
        return Err(Refusal::WeakKey.into());
    }
    let chain = work.chain()?;
    if !public_key.verify(&possession_message(&chain, owner, *role, public_key), possession) {
        return Err(Refusal::BadPossession.into());
    }
    let id = public_key.certificate_id(&chain);
    if work.state.load::<Certificate>(&Key::Certificate(&id))?.is_some() {
        return Err(Refusal::CertificateExists.into());
    }
    Ok(id)
}

/// Enters a checked key beside the owner's `devices`, of which there may be `limit` with it.
pub fn enter<S: StateRead>(
    work: &mut Work<'_, S>,
    device: &NewDevice<'_>,
    id: CertId,
    expires_at: u64,
    (mut devices, limit): (Devices, usize),
) -> Result<(), Halt> {
    if devices.certificates.len() >= limit {
        return Err(Refusal::TooManyDevices { limit: u64::try_from(limit).unwrap_or(u64::MAX) }.into());
    }
    devices.certificates.push(id);
    let certificate = Certificate {
        owner: device.owner,
        public_key: *device.public_key,
        role: device.role,
        issued_at: work.now(),
        expires_at,
        revoked: false,
        window: NonceWindow::default(),
    };
    work.state.write(&Key::Devices(&device.owner), &devices);
    work.state.write(&Key::Certificate(&id), &certificate);
    let (owner, role) = (device.owner, device.role);
    work.effect(Effect::CertificateIssued { certificate: id, owner, role, expires_at });
    Ok(())
}

/// A certificate that is known.
pub fn known<S: StateRead>(work: &Work<'_, S>, id: &CertId) -> Result<Certificate, Halt> {
    Ok(work.state.load(&Key::Certificate(id))?.ok_or(Refusal::UnknownCertificate)?)
}

/// All certificates of an owner that are not revoked, those whose time has run out among them.
pub fn of<S: StateRead>(work: &Work<'_, S>, owner: &Bid) -> Result<Devices, Halt> {
    Ok(work.state.read(&Key::Devices(owner))?.unwrap_or_default())
}

/// The owner's devices without those whose time has run out.
pub fn living<S: StateRead>(work: &Work<'_, S>, owner: &Bid) -> Result<Devices, Halt> {
    let mut living = Devices::default();
    for id in of(work, owner)?.certificates {
        if known(work, &id)?.expires_at > work.now() {
            living.certificates.push(id);
        }
    }
    Ok(living)
}

/// Marks a certificate as ended and says so. The caller keeps the owner's list of devices.
pub fn end<S: StateRead>(work: &mut Work<'_, S>, id: CertId, mut certificate: Certificate) {
    certificate.revoked = true;
    work.state.write(&Key::Certificate(&id), &certificate);
    work.effect(Effect::CertificateRevoked { certificate: id, owner: certificate.owner });
}

/// Ends one certificate and takes it off its owner's list.
pub fn end_one<S: StateRead>(
    work: &mut Work<'_, S>,
    id: CertId,
    certificate: Certificate,
) -> Result<(), Halt> {
    let owner = certificate.owner;
    let mut devices = of(work, &owner)?;
    devices.certificates.retain(|known| *known != id);
    work.state.write(&Key::Devices(&owner), &devices);
    end(work, id, certificate);
    Ok(())
}
