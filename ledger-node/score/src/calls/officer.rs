//! Officers' keys: each institution certifies and ends its own, by its quorum (`certificate.issue` and
//! `certificate.revoke` as proposals). They do not run out; an institution can never lose its quorum by them.
//!
//! Issue checks: role officer and owner the institution itself → key not weak → possession proven → key new → room
//! for one more. Revoke checks: known → an officer of the institution itself → not revoked → the others still reach
//! the quorum.

use super::{
    Work,
    device::{self, NewDevice},
};
use crate::{
    call::{CertificateIssue, CertificateRevoke},
    halt::Halt,
    ids::{Bid, CertId},
    limits::{MAX_ORGANISATION_DEVICES, NEVER},
    record::{Certificate, Institution, Role},
    refusal::Refusal,
    state::StateRead,
};

/// Certifies an officer of `institution`.
pub fn issue<S: StateRead>(
    work: &mut Work<'_, S>,
    institution: Bid,
    call: &CertificateIssue,
) -> Result<(), Halt> {
    if call.role != Role::Officer || call.owner != institution {
        return Err(Refusal::NotAllowed.into());
    }
    let new = NewDevice {
        owner: institution,
        role: Role::Officer,
        public_key: &call.public_key,
        possession: &call.possession,
    };
    let id = device::check(work, &new)?;
    let officers = device::of(work, &institution)?;
    device::enter(work, &new, id, NEVER, (officers, MAX_ORGANISATION_DEVICES))
}

/// Ends the key of an officer of `institution`.
pub fn revoke<S: StateRead>(
    work: &mut Work<'_, S>,
    institution: Bid,
    call: &CertificateRevoke,
) -> Result<(), Halt> {
    let id = call.certificate;
    let certificate = device::known(work, &id)?;
    if certificate.role != Role::Officer || certificate.owner != institution {
        return Err(Refusal::NotAllowed.into());
    }
    let record = work.institution(&institution)?;
    end(work, &record, id, certificate)
}

/// Ends an officer's key on the word of one officer, where one may act alone.
pub fn revoke_alone<S: StateRead>(
    work: &mut Work<'_, S>,
    id: CertId,
    certificate: Certificate,
) -> Result<(), Halt> {
    let (bid, institution) = work.officer_of(|_| true)?;
    if certificate.owner != bid || institution.quorum > 1 {
        return Err(Refusal::NotAllowed.into());
    }
    end(work, &institution, id, certificate)
}

fn end<S: StateRead>(
    work: &mut Work<'_, S>,
    institution: &Institution,
    id: CertId,
    certificate: Certificate,
) -> Result<(), Halt> {
    if certificate.revoked {
        return Err(Refusal::RevokedCertificate.into());
    }
    let remain = device::of(work, &certificate.owner)?.certificates.len().saturating_sub(1);
    if u32::try_from(remain).unwrap_or(u32::MAX) < institution.quorum {
        return Err(Refusal::QuorumUnreachable.into());
    }
    device::end_one(work, id, certificate)
}
