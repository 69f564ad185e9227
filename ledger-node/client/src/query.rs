//! Reading the ledger. Reads see the last applied block of the node that answers; another node may be a block
//! ahead. `None` means that the ledger holds no such thing.

use std::time::Duration;

use dure_proof::{AccountProof, RecordProof, TransactionProof};
use dure_score::{
    Bid, CampaignId, CertId, Genesis, Hash32, OrderId, PayoutId, Receipt, Transaction, TxId,
    ids::{BatchId, DepositRef},
    record::{Batch, Deposit, Payout},
};
use reqwest::StatusCode;
use serde::de::DeserializeOwned;

use crate::{
    block::Block,
    client::{LedgerClient, REQUEST_TIMEOUT},
    error::ClientError,
    model::{Account, CampaignInfo, CertificateInfo, PaymentInfo, Status, SupplyLine, TxState},
    transport::{Answer, Ask},
};

impl LedgerClient {
    /// The node's view of itself and its ledger.
    pub async fn status(&self) -> Result<Status, ClientError> {
        self.required("/v1/status").await
    }

    /// The agreement before the first block.
    pub async fn genesis(&self) -> Result<Genesis, ClientError> {
        self.required("/v1/genesis").await
    }

    /// The final receipt of a transaction; `None` while it is pending or not known.
    pub async fn receipt(&self, id: &TxId) -> Result<Option<Receipt>, ClientError> {
        match self.transaction(id).await? {
            TxState::Final { receipt } => Ok(Some(*receipt)),
            TxState::Pending { .. } | TxState::Unknown { .. } => Ok(None),
        }
    }

    /// Where a transaction stands.
    pub async fn transaction(&self, id: &TxId) -> Result<TxState, ClientError> {
        self.required(&format!("/v1/transactions/{id}")).await
    }

    /// Where a transaction stands once it is final or `wait` is over (a node waits at most 30 s).
    pub async fn wait_transaction(&self, id: &TxId, wait: Duration) -> Result<TxState, ClientError> {
        let path = format!("/v1/transactions/{id}?wait=final&timeout_ms={}", wait.as_millis());
        let limit = REQUEST_TIMEOUT.saturating_add(wait);
        parse(&success(self.transport.ask(&path, Ask::Get, limit).await?)?)
    }

    /// The receipt that the transaction would get now, without effect and without a signature.
    pub async fn dry_run(&self, transaction: &Transaction) -> Result<Receipt, ClientError> {
        self.dry_run_bytes(&dure_score::codec::encode(transaction)).await
    }

    /// [`LedgerClient::dry_run`] for a transaction's canonical bytes.
    pub async fn dry_run_bytes(&self, body: &[u8]) -> Result<Receipt, ClientError> {
        let answer = self.transport.ask("/v1/dry-run", Ask::PostCbor(body), REQUEST_TIMEOUT).await?;
        parse(&success(answer)?)
    }

    /// The block at `height`.
    pub async fn block(&self, height: u64) -> Result<Option<Block>, ClientError> {
        self.block_at(&height.to_string()).await
    }

    /// The block with that digest.
    pub async fn block_by_hash(&self, digest: &Hash32) -> Result<Option<Block>, ClientError> {
        self.block_at(&format!("by-hash/{digest}")).await
    }

    /// The last applied block; `None` before the first.
    pub async fn latest_block(&self) -> Result<Option<Block>, ClientError> {
        self.block_at("latest").await
    }

    /// The blocks from `from` to `to`, both included, at most 100, as far as there are any.
    pub async fn blocks(&self, from: u64, to: u64) -> Result<Vec<Block>, ClientError> {
        let path = format!("/v1/blocks?from={from}&to={to}");
        let answer = self.transport.ask(&path, Ask::Get, REQUEST_TIMEOUT).await?;
        Block::many_from_json(&success(answer)?.body)
    }

    /// An account.
    pub async fn account(&self, bid: &Bid) -> Result<Option<Account>, ClientError> {
        self.optional(&format!("/v1/accounts/{bid}")).await
    }

    /// A certificate with its highest nonce.
    pub async fn certificate(&self, id: &CertId) -> Result<Option<CertificateInfo>, ClientError> {
        self.optional(&format!("/v1/certificates/{id}")).await
    }

    /// All campaigns, charged coin (0) first.
    pub async fn campaigns(&self) -> Result<Vec<CampaignInfo>, ClientError> {
        self.required("/v1/campaigns").await
    }

    /// One campaign.
    pub async fn campaign(&self, id: CampaignId) -> Result<Option<CampaignInfo>, ClientError> {
        self.optional(&format!("/v1/campaigns/{}", id.0)).await
    }

    /// A payment, by the transaction that paid.
    pub async fn payment(&self, id: &TxId) -> Result<Option<PaymentInfo>, ClientError> {
        self.optional(&format!("/v1/payments/{id}")).await
    }

    /// The payment of a merchant's order.
    pub async fn order(&self, merchant: &Bid, order: &OrderId) -> Result<Option<PaymentInfo>, ClientError> {
        self.optional(&format!("/v1/orders/{merchant}/{}", escape(order.as_str()))).await
    }

    /// A deposit that has become coin.
    pub async fn deposit(&self, reference: &DepositRef) -> Result<Option<Deposit>, ClientError> {
        self.optional(&format!("/v1/deposits/{}", escape(reference.as_str()))).await
    }

    /// A settlement batch.
    pub async fn batch(&self, id: &BatchId) -> Result<Option<Batch>, ClientError> {
        self.optional(&format!("/v1/batches/{}", escape(id.as_str()))).await
    }

    /// A payout.
    pub async fn payout(&self, id: &PayoutId) -> Result<Option<Payout>, ClientError> {
        self.optional(&format!("/v1/payouts/{}", escape(id.as_str()))).await
    }

    /// The proof of a transaction's receipt, to be checked with [`dure_proof::verify_transaction`]; `None` while it is in no block.
    /// For a block or two after its own it cannot be proven: the error is then transient.
    pub async fn transaction_proof(&self, id: &TxId) -> Result<Option<TransactionProof>, ClientError> {
        self.optional(&format!("/v1/proofs/transaction/{id}")).await
    }

    /// The proof of an account, to be checked with [`dure_proof::verify_account`]; of its absence if there is none.
    pub async fn account_proof(&self, bid: &Bid) -> Result<AccountProof, ClientError> {
        self.required(&format!("/v1/proofs/account/{bid}")).await
    }

    /// The proof of a payment's record, to be checked with [`dure_proof::verify_payment`]; `None` if there is no such payment.
    pub async fn payment_proof(&self, id: &TxId) -> Result<Option<RecordProof>, ClientError> {
        self.optional(&format!("/v1/proofs/payment/{id}")).await
    }

    /// The proof of a deposit's record, to be checked with [`dure_proof::verify_deposit`]; `None` if there is no such deposit.
    pub async fn deposit_proof(&self, reference: &DepositRef) -> Result<Option<RecordProof>, ClientError> {
        self.optional(&format!("/v1/proofs/deposit/{}", escape(reference.as_str()))).await
    }

    /// Totals of every campaign.
    pub async fn supply(&self) -> Result<Vec<SupplyLine>, ClientError> {
        self.required("/v1/supply").await
    }

    async fn block_at(&self, place: &str) -> Result<Option<Block>, ClientError> {
        let answer = self.transport.ask(&format!("/v1/blocks/{place}"), Ask::Get, REQUEST_TIMEOUT).await?;
        match found(answer)? {
            Some(answer) => Block::from_json(&answer.body).map(Some),
            None => Ok(None),
        }
    }

    async fn required<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        parse(&success(self.transport.ask(path, Ask::Get, REQUEST_TIMEOUT).await?)?)
    }

    async fn optional<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, ClientError> {
        match found(self.transport.ask(path, Ask::Get, REQUEST_TIMEOUT).await?)? {
            Some(answer) => parse(&answer).map(Some),
            None => Ok(None),
        }
    }
}

/// The answer if it is a success, else its error.
pub(crate) fn success(answer: Answer) -> Result<Answer, ClientError> {
    if answer.status.is_success() { Ok(answer) } else { Err(answer.into_error()) }
}

/// The answer if it is a success, `None` if the node says that there is no such thing.
fn found(answer: Answer) -> Result<Option<Answer>, ClientError> {
    let missing = answer.status == StatusCode::NOT_FOUND;
    match success(answer) {
        Ok(answer) => Ok(Some(answer)),
        // A path that the node does not know at all is our mistake, not an absent thing.
        Err(ClientError::Http { code, .. }) if missing && code == "NOT_FOUND" => Ok(None),
        Err(error) => Err(error),
    }
}

pub(crate) fn parse<T: DeserializeOwned>(answer: &Answer) -> Result<T, ClientError> {
    serde_json::from_slice(&answer.body).map_err(|error| ClientError::Protocol(error.to_string()))
}

/// Percent-encodes a path segment: all but letters, digits and `-._~`.
fn escape(segment: &str) -> String {
    let mut out = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn path_segments_are_escaped() {
        assert_eq!(super::escape("260101-7F3K9Q2M"), "260101-7F3K9Q2M");
        assert_eq!(super::escape("a/b?c#d%"), "a%2Fb%3Fc%23d%25");
    }
}
