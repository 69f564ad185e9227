//! Revokes on the ledger what wrong PINs have locked here. The lock itself is done by then: the share is gone, so the key cannot be
//! opened. This makes sure that the ledger learns of it, also when an earlier revocation was refused, lost, or never made.

use std::{collections::HashSet, sync::Arc};

use dure_db::{Db, DbError, devices, devices::OwnerClass};
use dure_score::{
    CertId, Refusal,
    call::{Call, CertificateRevoke},
};

use crate::{
    error::ServiceError,
    ledger::{Ledger, Officer},
};

/// Revocations must arrive, however late.
const REVOKE: &str = "certificate.revoke:";
/// Locked devices looked at in one pass, latest first. Earlier ones were dealt with in earlier passes.
const LOOK_BACK: i64 = 500;

/// The purpose under which a certificate's revocation is stored.
pub fn revoke_purpose(certificate: &str) -> String {
    format!("{REVOKE}{certificate}")
}

/// The call that revokes a certificate given in hex.
pub fn revoke_call(certificate: &str) -> Result<Call, ServiceError> {
    let bad = ServiceError::BadField { field: "certificate", reason: "32 hex digits" };
    let certificate: CertId = certificate.parse().map_err(|_| bad)?;
    Ok(Call::CertificateRevoke(CertificateRevoke { certificate }))
}

/// The locked devices of one class, and which of them the ledger is known to have revoked.
pub struct Revocations {
    db: Db,
    ledger: Arc<dyn Ledger>,
    officer: Arc<Officer>,
    class: OwnerClass,
    /// No more than the devices ever locked while this process runs.
    done: HashSet<String>,
}

impl Revocations {
    /// Nothing is known yet.
    pub fn new(db: Db, ledger: Arc<dyn Ledger>, officer: Arc<Officer>, class: OwnerClass) -> Self {
        Self { db, ledger, officer, class, done: HashSet::new() }
    }

    /// True of a purpose that this module sends: made anew when its transaction is void.
    pub fn is_one(purpose: &str) -> bool {
        purpose.starts_with(REVOKE)
    }

    /// Devices that the ledger is known to have revoked.
    pub fn done(&self) -> usize {
        self.done.len()
    }

    /// Goes through the locked devices once. What fails is told and left for the next pass; the others do not wait for it.
    pub async fn pass(&mut self) -> Result<(), ServiceError> {
        let class = self.class;
        let locked = self.db.run::<_, DbError, _>(move |c| devices::locked(c, class, LOOK_BACK)).await?;
        for device in locked {
            let certificate = device.certificate;
            if self.done.contains(&certificate) {
                continue;
            }
            match self.revoke(&certificate).await {
                Ok(true) => {
                    self.done.insert(certificate);
                }
                Ok(false) => tracing::warn!(%certificate, "a locked device is not revoked yet"),
                Err(error) => {
                    tracing::warn!(code = error.code(), %certificate, "a locked device is not revoked yet: {error}");
                }
            }
        }
        Ok(())
    }

    /// True once the ledger has revoked it.
    async fn revoke(&self, certificate: &str) -> Result<bool, ServiceError> {
        let id: CertId = certificate.parse().map_err(|_| DbError::Corrupt("device's certificate"))?;
        match self.ledger.certificate(id).await? {
            Some(info) if info.certificate.revoked => return Ok(true),
            Some(_) => {}
            // A device is stored after its certificate is: this node lags behind.
            None => return Ok(false),
        }
        let receipt = self.officer.ensure(&revoke_purpose(certificate), &revoke_call(certificate)?).await?;
        Ok(receipt.is_applied() || matches!(receipt.refusal(), Some(Refusal::RevokedCertificate)))
    }
}
