//! Sending a transaction, once or until its outcome is known.

use std::time::{Duration, Instant};

use dure_score::{Receipt, SignedTx, TxId};
use serde::Deserialize;

use crate::{
    client::{LedgerClient, REQUEST_TIMEOUT},
    error::ClientError,
    model::{Admission, TxState},
    query::{parse, success},
    transport::Ask,
};

/// Longest single wait at a node; then the transaction is handed in again, in case that node has lost it.
const WAIT_STEP: Duration = Duration::from_secs(3);

/// Pause before the next try while no node answers.
const RETRY_PAUSE: Duration = Duration::from_millis(200);

#[derive(Deserialize)]
struct Admitted {
    id: TxId,
    receipt: Option<Receipt>,
}

impl LedgerClient {
    /// Hands a transaction to a node. `Refused` if the ledger will certainly not apply it. Safe to repeat.
    pub async fn submit(&self, tx: &SignedTx) -> Result<Admission, ClientError> {
        self.submit_within(tx, REQUEST_TIMEOUT).await
    }

    /// Hands a transaction in and waits for its final receipt, applied **or refused by its call**, for at most
    /// `limit`; goes on with another node when one is lost. `Refused` only if it was not admitted, `Timeout` if the outcome
    /// is still open: then the very same transaction may be submitted again.
    pub async fn submit_and_wait(&self, tx: &SignedTx, limit: Duration) -> Result<Receipt, ClientError> {
        let deadline = Instant::now().checked_add(limit).ok_or(ClientError::Timeout)?;
        // Bounded by the deadline: every turn waits at a node or pauses.
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ClientError::Timeout);
            }
            match self.turn(tx, left).await {
                Ok(Some(receipt)) => return Ok(receipt),
                Ok(None) => {}
                Err(error) if error.is_transient() => {
                    tracing::debug!(%error, id = %tx.id(), "transaction handed in again");
                    tokio::time::sleep(RETRY_PAUSE.min(left)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn turn(&self, tx: &SignedTx, left: Duration) -> Result<Option<Receipt>, ClientError> {
        match self.submit_within(tx, left.min(REQUEST_TIMEOUT)).await? {
            Admission::Final(receipt) => return Ok(Some(*receipt)),
            Admission::Pending(_) => {}
        }
        match self.wait_transaction(&tx.id(), left.min(WAIT_STEP)).await? {
            TxState::Final { receipt } => Ok(Some(*receipt)),
            TxState::Pending => {
                // That node may be cut off from the others: give the transaction to another one as well.
                self.transport.turn_away();
                Ok(None)
            }
            TxState::Unknown => {
                tokio::time::sleep(RETRY_PAUSE.min(left)).await;
                Ok(None)
            }
        }
    }

    async fn submit_within(&self, tx: &SignedTx, limit: Duration) -> Result<Admission, ClientError> {
        let answer = self.transport.ask("/v1/transactions", Ask::PostCbor(tx.wire()), limit).await?;
        let admitted: Admitted = parse(&success(answer)?)?;
        if admitted.id != tx.id() {
            return Err(ClientError::Protocol("the node answered about another transaction".to_owned()));
        }
        Ok(match admitted.receipt {
            Some(receipt) => Admission::Final(Box::new(receipt)),
            None => Admission::Pending(admitted.id),
        })
    }
}
