//! What a verifier trusts: one genesis.

use dure_score::{ChainId, Genesis, Hash32, PublicKey};
use serde::{Deserialize, Serialize};

/// What is trusted of a genesis, from wherever it was obtained: a file, a printed page, the operator.
/// Everything else follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pinned {
    /// The channel.
    pub chain: ChainId,
    /// Hash of the genesis.
    pub genesis_hash: Hash32,
    /// The first validators.
    pub validators: Vec<PublicKey>,
}

impl Pinned {
    /// Trusts `genesis`.
    pub fn new(genesis: &Genesis) -> Self {
        Self {
            chain: genesis.chain.clone(),
            genesis_hash: genesis.hash(),
            validators: genesis.validators.clone(),
        }
    }

    /// The network's name, as [`Genesis::network`] says it.
    pub fn network(&self) -> String {
        format!("{}/{}", self.chain, self.genesis_hash)
    }
}
