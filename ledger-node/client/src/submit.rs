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
    /// Hands a transaction to a node. `Refused` if no node has taken it in this call; `Timeout` if one may have and
    /// another one refuses. Safe to repeat.
    pub async fn submit(&self, tx: &SignedTx) -> Result<Admission, ClientError> {
        let mut maybe_taken = false;
        self.submit_within(tx, None, REQUEST_TIMEOUT, &mut maybe_taken).await
    }

    /// Hands a transaction in and waits for its final receipt, applied **or refused by its call**, for at most
    /// `limit`; goes on with another node when one is lost. `Refused` only if no node can have taken it,
    /// `Timeout` if the outcome is still open: then the very same transaction may be submitted again.
    pub async fn submit_and_wait(&self, tx: &SignedTx, limit: Duration) -> Result<Receipt, ClientError> {
        let deadline = Instant::now().checked_add(limit).ok_or(ClientError::Timeout)?;
        // Once true, a node's refusal is no longer certain: another one may know the transaction.
        let mut maybe_taken = false;
        // Bounded by the deadline: every turn waits at a node or pauses.
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ClientError::Timeout);
            }
            match self.turn(tx, left, &mut maybe_taken).await {
                Ok(Some(receipt)) => return Ok(receipt),
                Ok(None) => {}
                Err(error) if error.is_transient() => {
                    tracing::debug!(%error, id = %tx.id(), "transaction handed in again");
                    maybe_taken |= matches!(error, ClientError::Timeout | ClientError::Unavailable);
                    tokio::time::sleep(RETRY_PAUSE.min(left)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn turn(
        &self,
        tx: &SignedTx,
        left: Duration,
        maybe_taken: &mut bool,
    ) -> Result<Option<Receipt>, ClientError> {
        let (step, began) = (left.min(WAIT_STEP), Instant::now());
        match self.submit_within(tx, Some(step), left.min(REQUEST_TIMEOUT), maybe_taken).await? {
            Admission::Final(receipt) => return Ok(Some(*receipt)),
            Admission::Pending(_) => *maybe_taken = true,
        }
        // A node that knows of no waiting here, or on which too many wait, has answered at once: then it is asked.
        let rest = step.saturating_sub(began.elapsed());
        if rest.is_zero() {
            self.transport.turn_away();
            return Ok(None);
        }
        match self.wait_transaction(&tx.id(), rest).await? {
            TxState::Final { receipt } => Ok(Some(*receipt)),
            TxState::Pending { .. } => {
                // That node may be cut off from the others: give the transaction to another one as well.
                self.transport.turn_away();
                Ok(None)
            }
            TxState::Unknown { .. } => {
                tokio::time::sleep(RETRY_PAUSE.min(left)).await;
                Ok(None)
            }
        }
    }

    /// With `wait` the node answers when it is final, or after that time.
    async fn submit_within(
        &self,
        tx: &SignedTx,
        wait: Option<Duration>,
        limit: Duration,
        maybe_taken: &mut bool,
    ) -> Result<Admission, ClientError> {
        let path = match wait {
            Some(wait) => format!("/v1/transactions?wait=final&timeout_ms={}", wait.as_millis()),
            None => "/v1/transactions".to_owned(),
        };
        let limit = limit.saturating_add(wait.unwrap_or_default());
        let answer = self.transport.ask(&path, Ask::PostCbor(tx.wire()), limit).await?;
        *maybe_taken |= answer.doubt;
        let answer = match success(answer) {
            Err(ClientError::Refused(_)) if *maybe_taken => return self.final_anywhere(&tx.id()).await,
            other => other?,
        };
        let admitted: Admitted = parse(&answer)?;
        if admitted.id != tx.id() {
            return Err(ClientError::Protocol("the node answered about another transaction".to_owned()));
        }
        Ok(match admitted.receipt {
            Some(receipt) => Admission::Final(Box::new(receipt)),
            None => Admission::Pending(admitted.id),
        })
    }

    /// The receipt that any of the nodes has, or `Timeout`: nobody can say yet.
    async fn final_anywhere(&self, id: &TxId) -> Result<Admission, ClientError> {
        // Each node once.
        for _ in self.urls() {
            if let Ok(Some(receipt)) = self.receipt(id).await {
                return Ok(Admission::Final(Box::new(receipt)));
            }
            self.transport.turn_away();
        }
        Err(ClientError::Timeout)
    }
}
