//! Revokes on the ledger what wrong PINs have locked here. The lock itself is done by then: the share is gone, so the key
//! cannot be opened; the ledger is told as soon as it answers, also after a restart.

use std::{collections::HashSet, sync::Arc, time::Duration};

use dure_db::{DbConnection, DbError, devices, merchants};
use dure_score::{Call, CertId, Refusal, call::CertificateRevoke};

use crate::{error::PosError, till::Till};

/// Pause between passes when nothing wakes us: retries what the ledger could not take.
const PAUSE: Duration = Duration::from_secs(30);
/// Locked devices looked at in one pass, latest first. Earlier ones were dealt with in earlier passes.
const LOOK_BACK: i64 = 200;

/// Works for ever.
pub async fn keep_revoking(till: Arc<Till>) {
    // Bounded by the devices that were ever locked while this process runs.
    let mut done: HashSet<CertId> = HashSet::new();
    loop {
        if let Err(error) = pass(&till, &mut done).await {
            tracing::warn!(code = error.code(), "locked devices could not be looked up: {error}");
        }
        tokio::select! {
            () = till.revocations.notified() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

async fn pass(till: &Till, done: &mut HashSet<CertId>) -> Result<(), PosError> {
    for certificate in till.db.run(locked_tills).await? {
        if done.contains(&certificate) {
            continue;
        }
        match revoke(till, certificate).await {
            Ok(()) => {
                done.insert(certificate);
            }
            // The next pass tries again; the others shall not wait for this one.
            Err(error) => {
                tracing::warn!(code = error.code(), %certificate, "a locked device is not revoked yet: {error}")
            }
        }
    }
    Ok(())
}

async fn revoke(till: &Till, certificate: CertId) -> Result<(), PosError> {
    let living = till.ledger.certificate(certificate).await?.is_some_and(|info| !info.certificate.revoked);
    if !living {
        return Ok(());
    }
    let purpose = format!("certificate.revoke:{certificate}");
    let call = Call::CertificateRevoke(CertificateRevoke { certificate });
    match till.officer.ensure(&till.db, till.ledger.as_ref(), &purpose, call).await {
        Err(PosError::Refused(Refusal::RevokedCertificate | Refusal::UnknownCertificate)) => Ok(()),
        other => other,
    }
}

fn locked_tills(connection: &mut DbConnection) -> Result<Vec<CertId>, PosError> {
    let mut tills = Vec::new();
    for device in devices::locked(connection, LOOK_BACK)? {
        // The wallet looks after citizens' devices.
        if merchants::by_bid(connection, &device.owner)?.is_some() {
            tills.push(device.certificate.parse().map_err(|_| DbError::Corrupt("device's certificate"))?);
        }
    }
    Ok(tills)
}
