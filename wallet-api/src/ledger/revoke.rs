//! Revokes on the ledger what wrong PINs have locked here. The lock itself is done by then; this makes sure that the
//! ledger learns of it, also when an earlier revocation was refused or lost.

use std::collections::HashSet;

use dure_db::{DbError, devices};
use dure_score::{CertId, Refusal};

use super::{revoke_call, revoke_purpose};
use crate::{app::App, fault::Fault, pin};

/// Locked devices looked at in one pass, latest first. Earlier ones were dealt with in earlier passes.
const LOOK_BACK: i64 = 500;

/// Goes through the locked devices once; `done` are those that the ledger is known to have revoked. It holds no more
/// than the devices ever locked while this process runs.
pub async fn revoke_locked(app: &App, done: &mut HashSet<String>) -> Result<(), Fault> {
    let locked = app.db.run::<_, DbError, _>(|c| devices::locked(c, LOOK_BACK)).await?;
    for device in locked.into_iter().filter(|device| device.role == pin::ROLE) {
        let certificate = device.certificate;
        if done.contains(&certificate) {
            continue;
        }
        match revoke(app, &certificate).await {
            Ok(true) => {
                done.insert(certificate);
            }
            Ok(false) => tracing::warn!(%certificate, "a locked device is not revoked yet"),
            // The others shall not wait for this one.
            Err(error) => {
                tracing::warn!(code = error.code(), %certificate, "a locked device is not revoked yet: {error}");
            }
        }
    }
    Ok(())
}

/// True once the ledger has revoked it.
async fn revoke(app: &App, certificate: &str) -> Result<bool, Fault> {
    let id: CertId = certificate.parse().map_err(|_| Fault::Internal("a stored certificate is damaged"))?;
    match app.client.certificate(&id).await? {
        Some(info) if info.certificate.revoked => return Ok(true),
        Some(_) => {}
        // A device is stored after its certificate is: this node lags behind.
        None => return Ok(false),
    }
    let receipt =
        app.officer.execute(&app.db, revoke_purpose(certificate), revoke_call(certificate)?).await?;
    Ok(receipt.is_applied() || matches!(receipt.refusal(), Some(Refusal::RevokedCertificate)))
}
