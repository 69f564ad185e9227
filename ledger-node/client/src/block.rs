//! A finalized block as a node serves it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_score::{Hash32, PublicKey, Receipt, SignedTx};
use serde::Deserialize;

use crate::error::ClientError;

/// A finalized block with what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Distance from genesis.
    pub height: u64,
    /// Digest of the header: what the validators signed.
    pub digest: Hash32,
    /// Digest of the block before.
    pub parent: Hash32,
    /// Agreed time, ms since 1970 UTC.
    pub time_ms: u64,
    /// Validator that proposed it.
    pub proposer: PublicKey,
    /// Root over the transactions' wire bytes.
    pub items_root: Hash32,
    /// State root **after** this block.
    pub state_root: Hash32,
    /// Root over the receipts of this block.
    pub receipts_root: Hash32,
    /// Transactions in order.
    pub transactions: Vec<SignedTx>,
    /// One receipt for each transaction, in the same order.
    pub receipts: Vec<Receipt>,
}

#[derive(Deserialize)]
struct Wire {
    height: u64,
    digest: Hash32,
    parent: Hash32,
    time_ms: u64,
    proposer: PublicKey,
    items_root: Hash32,
    state_root: Hash32,
    receipts_root: Hash32,
    transactions: Vec<String>,
    receipts: Vec<Receipt>,
}

impl Block {
    /// Reads a node's JSON. Refuses a block whose receipts are not those of its transactions, or do not hash to
    /// its receipts root.
    pub fn from_json(json: &[u8]) -> Result<Self, ClientError> {
        let wire: Wire = serde_json::from_slice(json).map_err(|error| protocol(&error.to_string()))?;
        Self::from_wire(wire)
    }

    /// Reads a JSON array of blocks.
    pub(crate) fn many_from_json(json: &[u8]) -> Result<Vec<Self>, ClientError> {
        let wires: Vec<Wire> = serde_json::from_slice(json).map_err(|error| protocol(&error.to_string()))?;
        wires.into_iter().map(Self::from_wire).collect()
    }

    /// Transactions with their receipts, in order.
    pub fn entries(&self) -> impl Iterator<Item = (&SignedTx, &Receipt)> {
        self.transactions.iter().zip(&self.receipts)
    }

    fn from_wire(wire: Wire) -> Result<Self, ClientError> {
        let transactions: Vec<SignedTx> =
            wire.transactions.iter().map(|text| transaction(text)).collect::<Result<_, _>>()?;
        let ids = transactions.iter().map(SignedTx::id);
        if transactions.len() != wire.receipts.len() || !ids.eq(wire.receipts.iter().map(|r| r.tx)) {
            return Err(protocol("a block's receipts are not those of its transactions"));
        }
        let root =
            dure_proof::receipts_root(&wire.receipts.iter().map(Receipt::to_bytes).collect::<Vec<_>>());
        if root != wire.receipts_root {
            return Err(protocol("a block's receipts do not hash to its receipts root"));
        }
        Ok(Self {
            height: wire.height,
            digest: wire.digest,
            parent: wire.parent,
            time_ms: wire.time_ms,
            proposer: wire.proposer,
            items_root: wire.items_root,
            state_root: wire.state_root,
            receipts_root: wire.receipts_root,
            transactions,
            receipts: wire.receipts,
        })
    }
}

fn transaction(text: &str) -> Result<SignedTx, ClientError> {
    let wire = STANDARD.decode(text).map_err(|_| protocol("a block's transaction is not base64"))?;
    SignedTx::from_wire(&wire).map_err(|error| protocol(&format!("a block's transaction: {error}")))
}

fn protocol(what: &str) -> ClientError {
    ClientError::Protocol(what.to_owned())
}
