//! The bank's officer, as batch and gateway use it: ledger, database, and each business fact sent once.

use std::sync::Arc;
use std::time::Duration;

use super::Ledger;
use crate::error::SettlementError;
use dure_db::Db;
use dure_ledger_client::{ClientError, Signer};
use dure_score::{Call, Receipt, Refusal};
use dure_service::{ServiceError, ledger};

/// How long a transaction may take to be final; a healthy ledger needs a fraction of a second.
const FINALITY: Duration = Duration::from_secs(30);

/// An officer at a ledger.
pub struct Officer<L> {
    /// The ledger.
    pub ledger: Arc<L>,
    /// The database of the deployment.
    pub db: Db,
    sender: Arc<ledger::Officer>,
}

impl<L: Ledger> Officer<L> {
    /// An officer who signs with `signer`. Asks the ledger for its name.
    pub async fn new(ledger: L, db: Db, signer: Arc<dyn Signer>) -> Result<Self, SettlementError> {
        let ledger = Arc::new(ledger);
        let chain = ledger.head().await?.chain;
        let known: Arc<dyn ledger::Ledger> = ledger.clone();
        let sender = ledger::Officer::new(db.clone(), known, signer, chain, FINALITY);
        Ok(Self { ledger, db, sender: Arc::new(sender) })
    }

    /// Makes `call` happen once for `purpose`, ever, and answers its receipt: applied, or refused by the call itself. An
    /// error means that the outcome is open or that the ledger will not hear the officer; calling again is safe.
    pub async fn act(&self, purpose: &str, call: &Call) -> Result<Receipt, SettlementError> {
        self.sender.once(purpose, call).await.map_err(|error| match error {
            ServiceError::Refused(Refusal::UnknownCertificate) => {
                SettlementError::Ledger(ClientError::Refused(Refusal::UnknownCertificate))
            }
            ServiceError::Refused(refusal) => {
                SettlementError::Refused { purpose: purpose.to_owned(), refusal }
            }
            ServiceError::Ledger(error) => error.into(),
            ServiceError::StillOpen(_) => ClientError::Timeout.into(),
            ServiceError::Db(error) => error.into(),
            other => SettlementError::Stored(format!("{purpose}: {other}")),
        })
    }
}
