//! The registrar's officer: every transaction is made and stored before it is sent, one per purpose, so that a crash or
//! a lost answer never does a thing twice.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use dure_db::{Db, DbConnection, DbError, now_ms, outgoing};
use dure_ledger_client::{ClientError, LedgerClient, Signer, sign_transaction};
use dure_score::{CertId, ChainId, Receipt, Refusal, SignedTx, Transaction, call::Call};

use crate::fault::Fault;

/// Life of a transaction of ours; the ledger allows ten minutes.
const LIFE_MS: i64 = 5 * 60 * 1000;
/// Longest wait for finality within one request; usual is well under a second.
const WAIT: Duration = Duration::from_secs(10);
/// New transactions for one purpose within one request: the first may be found void, no more than that.
const ATTEMPTS: usize = 3;

/// Signs and sends as an officer of the registrar.
pub struct Officer {
    signer: Arc<dyn Signer>,
    certificate: CertId,
    chain: ChainId,
    client: LedgerClient,
    /// Highest nonce that the ledger had seen when we started: a fresh database must not begin again at 1.
    floor: AtomicU64,
}

/// What came of sending one stored transaction.
enum Sent {
    Receipt(Receipt),
    /// It can never apply.
    Void(Refusal),
}

impl Officer {
    /// An officer with this key. Call [`Officer::synchronise`] before use.
    pub fn new(signer: Arc<dyn Signer>, chain: ChainId, client: LedgerClient) -> Self {
        let certificate = signer.public_key().certificate_id(&chain);
        Self { signer, certificate, chain, client, floor: AtomicU64::new(0) }
    }

    /// The officer's certificate.
    pub const fn certificate(&self) -> CertId {
        self.certificate
    }

    /// Learns the highest nonce used; false if the ledger does not know the certificate.
    pub async fn synchronise(&self) -> Result<bool, ClientError> {
        let Some(info) = self.client.certificate(&self.certificate).await? else { return Ok(false) };
        self.floor.fetch_max(info.highest_nonce, Ordering::Relaxed);
        Ok(true)
    }

    /// Stores the transaction of `purpose`, or finds the one that is stored. Run it in a transaction.
    pub fn prepare(
        &self,
        connection: &mut DbConnection,
        purpose: &str,
        call: Call,
    ) -> Result<outgoing::Outgoing, DbError> {
        let valid_until = now_ms().saturating_add(LIFE_MS);
        let floor = self.floor.load(Ordering::Relaxed);
        let mut unsignable = false;
        let stored = outgoing::prepare(
            connection,
            purpose,
            &self.certificate.to_string(),
            floor,
            valid_until,
            |nonce| {
                let valid_until = u64::try_from(valid_until).unwrap_or_default();
                let signer = self.certificate;
                let transaction = Transaction { chain: self.chain.clone(), signer, nonce, valid_until, call };
                match sign_transaction(&*self.signer, &transaction) {
                    Ok(tx) => outgoing::Built { tx: tx.id().to_string(), wire: tx.wire().to_vec() },
                    Err(_) => {
                        unsignable = true;
                        outgoing::Built { tx: String::new(), wire: Vec::new() }
                    }
                }
            },
        )?;
        if unsignable { Err(DbError::Corrupt("transaction of ours")) } else { Ok(stored) }
    }

    /// Does `call` once for `purpose` and answers the ledger's receipt, which may be a refusal.
    pub async fn execute(self: &Arc<Self>, db: &Db, purpose: String, call: Call) -> Result<Receipt, Fault> {
        let mut last = Fault::Internal("no transaction was sent");
        for _ in 0..ATTEMPTS {
            let (officer, name, call) = (self.clone(), purpose.clone(), call.clone());
            let stored = db.transaction::<_, DbError, _>(move |c| officer.prepare(c, &name, call)).await?;
            match self.deliver(db, stored).await {
                // It was void and is marked so: the next turn makes a new one, above every nonce used meanwhile.
                Err(Fault::Refused(refusal)) if is_about_time(&refusal) => {
                    self.synchronise().await?;
                    last = Fault::Refused(refusal);
                }
                other => return other,
            }
        }
        Err(last)
    }

    /// Sends a stored transaction until the ledger has answered, and remembers the answer. A refusal frees the purpose
    /// for another try.
    pub async fn deliver(&self, db: &Db, stored: outgoing::Outgoing) -> Result<Receipt, Fault> {
        let damaged = Fault::Internal("a stored transaction is damaged");
        if let Some(json) = stored.receipt.as_deref().filter(|_| stored.state == outgoing::State::Final) {
            return serde_json::from_str(json).map_err(|_| damaged);
        }
        let Ok(tx) = SignedTx::from_wire(&stored.wire) else { return Err(damaged) };
        let sent = self.send(&tx).await?;
        let (purpose, id) = (stored.purpose, stored.tx);
        match sent {
            Sent::Receipt(receipt) if receipt.is_applied() => {
                let json = serde_json::to_string(&receipt).map_err(|_| Fault::Internal("receipt"))?;
                db.run::<_, DbError, _>(move |c| outgoing::mark_final(c, &purpose, &id, &json)).await?;
                Ok(receipt)
            }
            Sent::Receipt(receipt) => {
                db.run::<_, DbError, _>(move |c| outgoing::mark_void(c, &purpose, &id)).await?;
                match receipt.refusal() {
                    Some(refusal) if is_about_time(refusal) => Err(Fault::Refused(refusal.clone())),
                    _ => Ok(receipt),
                }
            }
            Sent::Void(refusal) => {
                db.run::<_, DbError, _>(move |c| outgoing::mark_void(c, &purpose, &id)).await?;
                Err(Fault::Refused(refusal))
            }
        }
    }

    async fn send(&self, tx: &SignedTx) -> Result<Sent, Fault> {
        match self.client.submit_and_wait(tx, WAIT).await {
            Ok(receipt) => Ok(Sent::Receipt(receipt)),
            // It may have applied long ago, and only its second arrival be refused. If a node that lags behind says
            // otherwise, no harm is done: registering, certifying and revoking twice is refused by the contract.
            Err(ClientError::Refused(refusal)) => Ok(match self.client.receipt(&tx.id()).await? {
                Some(receipt) => Sent::Receipt(receipt),
                None => Sent::Void(refusal),
            }),
            Err(ClientError::Timeout) => Err(Fault::StillOpen(tx.id())),
            Err(error) => Err(error.into()),
        }
    }
}

/// Refusals that say nothing about the call itself: made anew it may apply.
const fn is_about_time(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Expired { .. }
            | Refusal::Replay
            | Refusal::NonceTooOld { .. }
            | Refusal::NonceOutOfRange { .. }
    )
}
