//! The registrar's officer: signs what makes tills members of the ledger. Each transaction is stored under its purpose
//! before it is sent, so that a repeated request or a crash never sends a second one.

use std::{sync::Arc, time::Duration};

use dure_db::{
    Db, DbError,
    outgoing::{self, Built, Outgoing},
};
use dure_ledger_client::{ClientError, Signer, sign_transaction};
use dure_score::{Call, CertId, ChainId, Outcome, Receipt, Refusal, SignedTx, Transaction};

use crate::{clock::now_ms, error::PosError, ledger::Ledger};

/// How long our transactions may wait for a block: long for the ledger, short for a person who would try again.
const VALIDITY_MS: i64 = 3 * 60_000;
/// How long a request waits for finality before it says that the ledger is slow.
const WAIT: Duration = Duration::from_secs(10);
/// Transactions made for one purpose in one request: the stored one may be void, and its successor raced by the clock.
const TRIES: usize = 3;

/// An officer of the registrar on one channel.
pub struct Officer {
    signer: Arc<dyn Signer>,
    chain: ChainId,
    certificate: CertId,
}

impl Officer {
    /// The officer with that key.
    pub fn new(signer: Arc<dyn Signer>, chain: ChainId) -> Self {
        let certificate = signer.public_key().certificate_id(&chain);
        Self { signer, chain, certificate }
    }

    /// The officer's certificate.
    pub const fn certificate(&self) -> CertId {
        self.certificate
    }

    /// The channel.
    pub const fn chain(&self) -> &ChainId {
        &self.chain
    }

    /// Makes `call` happen once under the name `purpose`. After `LedgerUnavailable` the outcome is open, and asking
    /// again sends the same bytes again. After `Refused` nothing has happened, and asking again makes a new transaction.
    pub async fn ensure(
        &self,
        db: &Db,
        ledger: &dyn Ledger,
        purpose: &str,
        call: Call,
    ) -> Result<(), PosError> {
        for _ in 0..TRIES {
            let stored = self.stored(db, ledger, purpose, &call).await?;
            if let Some(receipt) = &stored.receipt {
                let receipt: Receipt =
                    serde_json::from_str(receipt).map_err(|_| DbError::Corrupt("stored receipt"))?;
                if receipt.is_applied() {
                    return Ok(());
                }
                void(db, stored).await?;
                continue;
            }
            let tx = SignedTx::from_wire(&stored.wire).map_err(|_| DbError::Corrupt("outgoing wire"))?;
            match ledger.submit(tx, WAIT).await {
                Ok(receipt) => return settle(db, stored, receipt).await,
                Err(ClientError::Refused(refusal)) => {
                    void(db, stored).await?;
                    if !is_its_own_fault(&refusal) {
                        return Err(PosError::Refused(refusal));
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(PosError::LedgerUnavailable)
    }

    /// The transaction stored under `purpose`, or a new one, stored before it is sent.
    async fn stored(
        &self,
        db: &Db,
        ledger: &dyn Ledger,
        purpose: &str,
        call: &Call,
    ) -> Result<Outgoing, PosError> {
        let info = ledger.certificate(self.certificate).await?;
        let floor = info.ok_or(PosError::Refused(Refusal::UnknownCertificate))?.highest_nonce;
        let valid_until = now_ms().saturating_add(VALIDITY_MS);
        let (signer, purpose, call) = (Arc::clone(&self.signer), purpose.to_owned(), call.clone());
        let (chain, certificate) = (self.chain.clone(), self.certificate);
        db.transaction(move |connection| {
            let mut signed = Ok(());
            let build = |nonce| {
                let valid_until = u64::try_from(valid_until).unwrap_or(0);
                let transaction = Transaction { chain, signer: certificate, nonce, valid_until, call };
                let made = sign_transaction(signer.as_ref(), &transaction);
                let built = made.map(|tx| Built { tx: tx.id().to_string(), wire: tx.wire().to_vec() });
                built.unwrap_or_else(|_| {
                    signed = Err(PosError::Internal("a transaction that cannot be written down"));
                    Built { tx: String::new(), wire: Vec::new() }
                })
            };
            let signer = certificate.to_string();
            let stored = outgoing::prepare(connection, &purpose, &signer, floor, valid_until, build)?;
            // On an error the whole piece of work is rolled back, the nonce included.
            signed.map(|()| stored)
        })
        .await
    }
}

/// The ledger has answered: keeps the receipt; a refusal is the answer to whoever asked.
async fn settle(db: &Db, stored: Outgoing, receipt: Receipt) -> Result<(), PosError> {
    let json =
        serde_json::to_string(&receipt).map_err(|_| PosError::Internal("a receipt that is not JSON"))?;
    db.run(move |connection| outgoing::mark_final(connection, &stored.purpose, &stored.tx, &json)).await?;
    match receipt.outcome {
        Outcome::Applied => Ok(()),
        Outcome::Refused { refusal } => Err(PosError::Refused(refusal)),
    }
}

async fn void(db: &Db, stored: Outgoing) -> Result<(), DbError> {
    db.run(move |connection| outgoing::mark_void(connection, &stored.purpose, &stored.tx)).await
}

/// True if the transaction's own number or time was at fault, so that a new one may do.
const fn is_its_own_fault(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Expired { .. }
            | Refusal::Replay
            | Refusal::NonceTooOld { .. }
            | Refusal::NonceOutOfRange { .. }
    )
}
