//! An institution's officer: turns a business fact into exactly one transaction.
//!
//! A transaction is made and stored under its purpose (the fact's name, `member.register:<bid>`) before it is sent. A process
//! that is killed, or whose answer is lost, sends the stored bytes again. Only one that certainly can never apply is replaced,
//! and only after the ledger was asked for its receipt.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use dure_db::{
    Db, DbConnection, DbError, now_ms,
    outgoing::{self, Built, Outgoing, State},
};
use dure_ledger_client::{ClientError, Signer, sign_transaction};
use dure_score::{CertId, ChainId, Receipt, Refusal, SignedTx, Transaction, call::Call};

use super::Ledger;
use crate::error::ServiceError;

/// Life of a transaction of ours, ms. Half of what the ledger allows, so that clocks may differ.
const LIFE_MS: i64 = 5 * 60 * 1000;
/// Transactions made for one purpose in one call. One is enough after a long stop; the bound keeps a wrong clock from looping.
const ATTEMPTS: usize = 3;
/// What the floor is before the ledger was asked: no certificate has used that many nonces.
const UNASKED: u64 = u64::MAX;

/// Signs and sends with one key on one channel.
pub struct Officer {
    db: Db,
    ledger: Arc<dyn Ledger>,
    signer: Arc<dyn Signer>,
    chain: ChainId,
    certificate: CertId,
    patience: Duration,
    /// Highest nonce that the ledger had seen when it was asked: a fresh database must not begin again at 1.
    floor: AtomicU64,
}

/// What is known of a stored transaction once it has been sent.
enum Fate {
    /// It is in a block, applied or refused.
    Receipt(Receipt),
    /// It was not admitted and is in no block.
    NotAdmitted(Refusal),
}

/// What becomes of a transaction that was not admitted for what its call says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NotAdmitted {
    /// It is sent again, until its time is over.
    Keep,
    /// It makes room for another call.
    Void,
}

impl Officer {
    /// The officer with this key. A call waits for finality at most `patience`.
    pub fn new(
        db: Db,
        ledger: Arc<dyn Ledger>,
        signer: Arc<dyn Signer>,
        chain: ChainId,
        patience: Duration,
    ) -> Self {
        let certificate = signer.public_key().certificate_id(&chain);
        Self { db, ledger, signer, chain, certificate, patience, floor: AtomicU64::new(UNASKED) }
    }

    /// The officer's certificate.
    pub const fn certificate(&self) -> CertId {
        self.certificate
    }

    /// The channel.
    pub const fn chain(&self) -> &ChainId {
        &self.chain
    }

    /// Learns the highest nonce used; false if the ledger does not know the certificate.
    pub async fn synchronise(&self) -> Result<bool, ClientError> {
        let Some(info) = self.ledger.certificate(self.certificate).await? else { return Ok(false) };
        let (seen, order) = (info.highest_nonce, Ordering::Relaxed);
        let higher = |known| Some(if known == UNASKED { seen } else { seen.max(known) });
        // The closure always answers, so the update cannot fail.
        let _former = self.floor.fetch_update(order, order, higher);
        Ok(true)
    }

    /// True once the ledger was asked for the nonces: before, [`Officer::prepare`] fails.
    pub fn is_synchronised(&self) -> bool {
        self.floor.load(Ordering::Relaxed) != UNASKED
    }

    /// Stores the transaction of `purpose`, or finds the one that is stored: pending or final. For callers that store
    /// something else with it; run it in a transaction, commit, then [`Officer::deliver`]. Fails before the ledger was asked.
    pub fn prepare(
        &self,
        connection: &mut DbConnection,
        purpose: &str,
        call: Call,
    ) -> Result<Outgoing, DbError> {
        let floor = self.floor.load(Ordering::Relaxed);
        if floor == UNASKED {
            return Err(DbError::Interrupted);
        }
        let valid_until = now_ms().saturating_add(LIFE_MS);
        let mut signed = true;
        let build = |nonce| {
            let valid_until = u64::try_from(valid_until).unwrap_or_default();
            let (chain, signer) = (self.chain.clone(), self.certificate);
            let made =
                sign_transaction(&*self.signer, &Transaction { chain, signer, nonce, valid_until, call });
            let built = made.map(|tx| Built { tx: tx.id().to_string(), wire: tx.wire().to_vec() });
            built.unwrap_or_else(|_| {
                signed = false;
                Built { tx: String::new(), wire: Vec::new() }
            })
        };
        let signer = self.certificate.to_string();
        let stored = outgoing::prepare(connection, purpose, &signer, floor, valid_until, build)?;
        // An error rolls the transaction back, nonce and empty row with it.
        if signed { Ok(stored) } else { Err(DbError::Corrupt("transaction of ours")) }
    }

    /// Makes `call` happen once for `purpose`, ever, and answers its receipt: applied, or refused by the call itself; asking
    /// again answers the same. An error means that the outcome is open or that the ledger will not hear the officer; calling
    /// again is safe. [`release`] frees a refused purpose for other figures.
    pub async fn once(self: &Arc<Self>, purpose: &str, call: &Call) -> Result<Receipt, ServiceError> {
        self.act(purpose, call, NotAdmitted::Keep).await
    }

    async fn act(
        self: &Arc<Self>,
        purpose: &str,
        call: &Call,
        not_admitted: NotAdmitted,
    ) -> Result<Receipt, ServiceError> {
        let mut last = Refusal::Expired { valid_until: 0 };
        for _ in 0..ATTEMPTS {
            let stored = self.store(purpose, call).await?;
            let tx = stored.tx.clone();
            last = match self.fate(stored).await? {
                Fate::Receipt(receipt) => match receipt.refusal() {
                    Some(refusal) if is_its_own(refusal) => refusal.clone(),
                    _ => return Ok(receipt),
                },
                Fate::NotAdmitted(refusal) if is_its_own(&refusal) => refusal,
                Fate::NotAdmitted(refusal) => {
                    // These bytes and no others: whoever else acts for this purpose may have made new ones meanwhile.
                    if not_admitted == NotAdmitted::Void {
                        self.void(purpose, tx).await?;
                    }
                    return Err(ServiceError::Refused(refusal));
                }
            };
            tracing::warn!(
                purpose,
                code = last.code(),
                "a stored transaction can never apply; a new one is made"
            );
            self.void(purpose, tx).await?;
            self.synchronise().await?;
        }
        Err(ServiceError::Refused(last))
    }

    /// As [`Officer::once`], but a refusal is no last word: asking again makes a new transaction.
    pub async fn ensure(self: &Arc<Self>, purpose: &str, call: &Call) -> Result<Receipt, ServiceError> {
        let name = purpose.to_owned();
        let known = self.db.run::<_, DbError, _>(move |c| outgoing::find(c, &name)).await?;
        if let Some(known) = known
            && known.state == State::Final
            && !read_receipt(&known)?.is_applied()
        {
            self.void(purpose, known.tx).await?;
        }
        // Whoever asks again, perhaps with a better call, shall not meet bytes that were not admitted.
        self.act(purpose, call, NotAdmitted::Void).await
    }

    /// Sends a stored transaction and keeps the answer. [`ServiceError::Refused`]: it was not admitted, and is now void.
    pub async fn deliver(&self, stored: Outgoing) -> Result<Receipt, ServiceError> {
        let (purpose, tx) = (stored.purpose.clone(), stored.tx.clone());
        match self.fate(stored).await? {
            Fate::Receipt(receipt) => Ok(receipt),
            Fate::NotAdmitted(refusal) => {
                self.void(&purpose, tx).await?;
                Err(ServiceError::Refused(refusal))
            }
        }
    }

    /// Sends again what is stored and not answered, `limit` transactions at most, oldest first. One that is void is made anew if
    /// `must_happen` says so of its purpose. What fails is told and left for the next round.
    pub async fn resend(
        self: &Arc<Self>,
        limit: i64,
        must_happen: impl Fn(&str) -> bool,
    ) -> Result<(), ServiceError> {
        let signer = self.certificate.to_string();
        let pending = self.db.run::<_, DbError, _>(move |c| outgoing::pending(c, &signer, limit)).await?;
        for stored in pending {
            let (purpose, wire) = (stored.purpose.clone(), stored.wire.clone());
            let answer = match self.deliver(stored).await {
                Err(ServiceError::Refused(_)) if must_happen(&purpose) => self.anew(&purpose, &wire).await,
                Ok(receipt) if receipt.refusal().is_some_and(is_its_own) && must_happen(&purpose) => {
                    self.anew(&purpose, &wire).await
                }
                other => other,
            };
            match answer {
                Ok(receipt) => {
                    tracing::info!(%purpose, applied = receipt.is_applied(), "stored transaction answered");
                }
                Err(error) => {
                    tracing::warn!(%purpose, code = error.code(), "a stored transaction waits: {error}");
                }
            }
        }
        Ok(())
    }

    async fn anew(self: &Arc<Self>, purpose: &str, wire: &[u8]) -> Result<Receipt, ServiceError> {
        let tx = SignedTx::from_wire(wire).map_err(|_| DbError::Corrupt("outgoing wire"))?;
        self.ensure(purpose, &tx.transaction().call).await
    }

    /// The transaction stored under `purpose`, or a new one.
    async fn store(self: &Arc<Self>, purpose: &str, call: &Call) -> Result<Outgoing, ServiceError> {
        let known = purpose.to_owned();
        if let Some(known) = self.db.run::<_, DbError, _>(move |c| outgoing::find(c, &known)).await?
            && known.state != State::Void
        {
            return Ok(known);
        }
        if !self.is_synchronised() && !self.synchronise().await? {
            return Err(ServiceError::Refused(Refusal::UnknownCertificate));
        }
        let (officer, purpose, call) = (Arc::clone(self), purpose.to_owned(), call.clone());
        Ok(self.db.transaction::<_, DbError, _>(move |c| officer.prepare(c, &purpose, call)).await?)
    }

    /// Sends a stored transaction until its fate is known; a receipt is kept.
    async fn fate(&self, stored: Outgoing) -> Result<Fate, ServiceError> {
        if stored.state == State::Final {
            return Ok(Fate::Receipt(read_receipt(&stored)?));
        }
        let tx = SignedTx::from_wire(&stored.wire).map_err(|_| DbError::Corrupt("outgoing wire"))?;
        let id = tx.id();
        let receipt = match self.ledger.submit(tx, self.patience).await {
            Ok(receipt) => receipt,
            // It may have applied long ago, and only its second arrival be refused.
            Err(ClientError::Refused(refusal)) => match self.ledger.receipt(id).await? {
                Some(receipt) => receipt,
                None => return Ok(Fate::NotAdmitted(refusal)),
            },
            Err(ClientError::Timeout) => return Err(ServiceError::StillOpen(id)),
            Err(error) => return Err(error.into()),
        };
        let json =
            serde_json::to_string(&receipt).map_err(|_| ServiceError::Internal("a receipt is no JSON"))?;
        let keep = move |c: &mut _| outgoing::mark_final(c, &stored.purpose, &stored.tx, &json);
        self.db.run::<_, DbError, _>(keep).await?;
        Ok(Fate::Receipt(receipt))
    }

    async fn void(&self, purpose: &str, tx: String) -> Result<(), DbError> {
        let purpose = purpose.to_owned();
        self.db.run(move |c| outgoing::mark_void(c, &purpose, &tx)).await
    }
}

fn read_receipt(stored: &Outgoing) -> Result<Receipt, DbError> {
    let json = stored.receipt.as_deref().unwrap_or_default();
    serde_json::from_str(json).map_err(|_| DbError::Corrupt("stored receipt"))
}

/// The receipt of a purpose that is final.
pub fn final_receipt(connection: &mut DbConnection, purpose: &str) -> Result<Option<Receipt>, DbError> {
    let known = outgoing::find(connection, purpose)?.filter(|known| known.receipt.is_some());
    known.map(|known| read_receipt(&known)).transpose()
}

/// Gives a refused purpose free, so that it can be tried with other figures.
pub fn release(connection: &mut DbConnection, purpose: &str, receipt: &Receipt) -> Result<(), DbError> {
    outgoing::mark_void(connection, purpose, &receipt.tx.to_string())
}

/// Refusals that say nothing about the call: the transaction's own time or number was wrong, it has left no trace and never will.
const fn is_its_own(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Expired { .. }
            | Refusal::ValidTooLong { .. }
            | Refusal::Replay
            | Refusal::NonceTooOld { .. }
            | Refusal::NonceOutOfRange { .. }
    )
}
