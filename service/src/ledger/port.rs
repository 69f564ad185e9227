//! The part of a node's interface that sending exactly once needs.

use std::time::Duration;

use dure_ledger_client::{CertificateInfo, ClientError, LedgerClient};
use dure_score::{CertId, Receipt, SignedTx, TxId};
use futures::{FutureExt, future::BoxFuture};

/// An answer that is on its way.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, ClientError>>;

/// A ledger. Reads see the last applied block of the node that answers.
pub trait Ledger: Send + Sync {
    /// A certificate with its highest nonce.
    fn certificate(&self, id: CertId) -> Answer<'_, Option<CertificateInfo>>;
    /// Hands a transaction in and waits for its final receipt, at most `limit`. [`ClientError::Refused`]: it was not admitted.
    fn submit(&self, tx: SignedTx, limit: Duration) -> Answer<'_, Receipt>;
    /// The final receipt of a transaction.
    fn receipt(&self, id: TxId) -> Answer<'_, Option<Receipt>>;
}

impl Ledger for LedgerClient {
    fn certificate(&self, id: CertId) -> Answer<'_, Option<CertificateInfo>> {
        async move { Self::certificate(self, &id).await }.boxed()
    }
    fn submit(&self, tx: SignedTx, limit: Duration) -> Answer<'_, Receipt> {
        async move { self.submit_and_wait(&tx, limit).await }.boxed()
    }
    fn receipt(&self, id: TxId) -> Answer<'_, Option<Receipt>> {
        async move { Self::receipt(self, &id).await }.boxed()
    }
}
