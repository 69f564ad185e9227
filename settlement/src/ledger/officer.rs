//! The bank's officer: turns a business fact into exactly one transaction.
//!
//! The transaction is made and stored under its purpose before it is sent. A process that is killed sends the stored
//! bytes again, so the fact happens once; only a transaction that certainly can never apply is replaced.

use super::Ledger;
use crate::error::SettlementError;
use dure_db::outgoing::{self, Built, Outgoing, State};
use dure_db::{Db, DbConnection};
use dure_ledger_client::{ClientError, Signer, sign_transaction};
use dure_score::{Call, CertId, ChainId, Receipt, Refusal, SignedTx, Transaction};
use std::sync::Arc;

/// How long a transaction may wait for a block, ms. Half of what the ledger allows, so that clocks may differ.
const VALIDITY_MS: i64 = 5 * 60_000;

/// Replacements of a transaction that can never apply, in one call. One is enough after a long stop; the bound only
/// keeps a wrong clock from looping.
const ATTEMPTS: usize = 3;

/// An officer at a ledger.
pub struct Officer<L> {
    /// The ledger.
    pub ledger: L,
    /// The database of the deployment.
    pub db: Db,
    chain: ChainId,
    certificate: CertId,
    signer: Arc<dyn Signer>,
}

impl<L: Ledger> Officer<L> {
    /// An officer who signs with `signer`. Asks the ledger for its name.
    pub async fn new(ledger: L, db: Db, signer: Arc<dyn Signer>) -> Result<Self, SettlementError> {
        let chain = ledger.head().await?.chain;
        let certificate = signer.public_key().certificate_id(&chain);
        Ok(Self { ledger, db, chain, certificate, signer })
    }

    /// Makes `call` happen once for `purpose`, ever, and answers its receipt: applied, or refused by the call itself. An
    /// error means that the outcome is open or that the ledger will not hear the officer; calling again is safe.
    pub async fn act(&self, purpose: &str, call: &Call) -> Result<Receipt, SettlementError> {
        let mut last = Refusal::Expired { valid_until: 0 };
        for _ in 0..ATTEMPTS {
            let stored = self.stored(purpose, call).await?;
            let refusal = match self.settle(purpose, &stored).await? {
                Ok(receipt) => match receipt.refusal() {
                    Some(refusal) if can_be_replaced(refusal) => refusal.clone(),
                    Some(_) | None => return Ok(receipt),
                },
                Err(refusal) if can_be_replaced(&refusal) => refusal,
                Err(refusal) => {
                    return Err(SettlementError::Refused { purpose: purpose.to_owned(), refusal });
                }
            };
            tracing::warn!(
                purpose,
                code = refusal.code(),
                "a stored transaction can never apply; a new one is made"
            );
            self.void(purpose, stored.tx).await?;
            last = refusal;
        }
        Err(SettlementError::Refused { purpose: purpose.to_owned(), refusal: last })
    }

    /// Sends a stored transaction until its fate is known: its receipt, or why it was not admitted and never will be.
    async fn settle(
        &self,
        purpose: &str,
        stored: &Outgoing,
    ) -> Result<Result<Receipt, Refusal>, SettlementError> {
        let bad = |what: &str, error: &dyn std::fmt::Display| {
            SettlementError::Stored(format!("{what} of {purpose}: {error}"))
        };
        if let (State::Final, Some(receipt)) = (stored.state, &stored.receipt) {
            return serde_json::from_str(receipt).map(Ok).map_err(|error| bad("receipt", &error));
        }
        let tx = SignedTx::from_wire(&stored.wire).map_err(|error| bad("transaction", &error))?;
        let refusal = match self.ledger.submit(&tx).await {
            Ok(receipt) => return self.keep(purpose, stored.tx.clone(), receipt).await.map(Ok),
            Err(ClientError::Refused(refusal)) => refusal,
            Err(error) => return Err(error.into()),
        };
        // Not admitted. It may be in a block already; if not, it never will be.
        match self.ledger.receipt(&tx.id()).await? {
            Some(receipt) => self.keep(purpose, stored.tx.clone(), receipt).await.map(Ok),
            None => Ok(Err(refusal)),
        }
    }

    async fn stored(&self, purpose: &str, call: &Call) -> Result<Outgoing, SettlementError> {
        let known = purpose.to_owned();
        if let Some(known) = self.db.run(move |c| outgoing::find(c, &known)).await?
            && known.state != State::Void
        {
            return Ok(known);
        }
        let floor = self.ledger.highest_nonce(&self.certificate).await?;
        let (purpose, call) = (purpose.to_owned(), call.clone());
        let (chain, signer, key) = (self.chain.clone(), self.certificate, Arc::clone(&self.signer));
        let valid_until = dure_db::now_ms().saturating_add(VALIDITY_MS);
        self.db
            .transaction(move |c| {
                let mut fault = None;
                let stored =
                    outgoing::prepare(c, &purpose, &signer.to_string(), floor, valid_until, |nonce| {
                        let valid_until = u64::try_from(valid_until).unwrap_or_default();
                        match sign_transaction(
                            key.as_ref(),
                            &Transaction { chain, signer, nonce, valid_until, call },
                        ) {
                            Ok(signed) => Built { tx: signed.id().to_string(), wire: signed.wire().to_vec() },
                            Err(error) => {
                                fault = Some(error);
                                Built { tx: String::new(), wire: Vec::new() }
                            }
                        }
                    })?;
                // An error rolls the transaction back: the empty row is never seen.
                match fault {
                    Some(error) => Err(SettlementError::Stored(format!("{purpose}: {error}"))),
                    None => Ok(stored),
                }
            })
            .await
    }

    async fn keep(&self, purpose: &str, tx: String, receipt: Receipt) -> Result<Receipt, SettlementError> {
        let json = serde_json::to_string(&receipt)
            .map_err(|error| SettlementError::Stored(format!("receipt of {purpose}: {error}")))?;
        let purpose = purpose.to_owned();
        self.db.run(move |c| outgoing::mark_final(c, &purpose, &tx, &json)).await?;
        Ok(receipt)
    }

    async fn void(&self, purpose: &str, tx: String) -> Result<(), SettlementError> {
        let purpose = purpose.to_owned();
        Ok(self.db.run(move |c| outgoing::mark_void(c, &purpose, &tx)).await?)
    }
}

/// The receipt of a purpose that is final.
pub fn final_receipt(
    connection: &mut DbConnection,
    purpose: &str,
) -> Result<Option<Receipt>, SettlementError> {
    let json = outgoing::find(connection, purpose)?.and_then(|known| known.receipt);
    json.map(|json| serde_json::from_str(&json))
        .transpose()
        .map_err(|error| SettlementError::Stored(format!("receipt of {purpose}: {error}")))
}

/// Gives a refused purpose free, so that it can be tried with other figures.
pub fn release(
    connection: &mut DbConnection,
    purpose: &str,
    receipt: &Receipt,
) -> Result<(), SettlementError> {
    Ok(outgoing::mark_void(connection, purpose, &receipt.tx.to_string())?)
}

/// Refusals of a transaction that has left no trace and never will: its time or its number was wrong.
const fn can_be_replaced(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Expired { .. }
            | Refusal::ValidTooLong { .. }
            | Refusal::Replay
            | Refusal::NonceTooOld { .. }
            | Refusal::NonceOutOfRange { .. }
    )
}
