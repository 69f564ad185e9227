//! What this service asks of the ledger in its own name: the registrar's officer, and the texts of its calls.

mod officer;
mod resend;
mod revoke;

use dure_score::{
    Bid, CertId,
    call::{Call, CertificateRevoke},
};

pub use officer::Officer;
pub use resend::resend;
#[cfg(test)]
pub use resend::round;

use crate::fault::Fault;

/// Revocations must arrive, however late: the worker makes them anew when their time has passed.
const REVOKE: &str = "certificate.revoke:";

/// So must freezes.
const FREEZE: &str = "account.freeze:";

/// The purpose under which the freeze of an account by the code `id` is stored.
pub fn freeze_purpose(member: &Bid, id: &str) -> String {
    format!("{FREEZE}{member}:{id}")
}

/// The purpose under which a certificate's revocation is stored.
pub fn revoke_purpose(certificate: &str) -> String {
    format!("{REVOKE}{certificate}")
}

/// The call that revokes a certificate.
pub fn revoke_call(certificate: &str) -> Result<Call, Fault> {
    let certificate: CertId =
        certificate.parse().map_err(|_| Fault::BadField { field: "certificate", reason: "32 hex digits" })?;
    Ok(Call::CertificateRevoke(CertificateRevoke { certificate }))
}

fn is_renewable(purpose: &str) -> bool {
    purpose.starts_with(REVOKE) || purpose.starts_with(FREEZE)
}
