//! Why a proof proves nothing.

use dure_score::PublicKey;

/// What is wrong with a proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The bytes are not a proof in its one canonical form.
    #[error("these bytes are not a proof; fetch it again, from another node if need be")]
    Malformed,
    /// The proof is of another channel.
    #[error("the proof is of another channel than the one you trust")]
    OtherChain,
    /// The proof is of another genesis under the same name.
    #[error("the proof is of a ledger with another genesis than the one you trust")]
    OtherGenesis,
    /// The proof is of another transaction or account.
    #[error("the proof is of something else than what was asked for")]
    OtherSubject,
    /// A header's bytes are not of their form.
    #[error("a block header in the proof is not of its form")]
    Header,
    /// A certificate's bytes are not of their form.
    #[error("a certificate in the proof is not of its form")]
    Certificate,
    /// A certificate is good for another header.
    #[error("a certificate in the proof signs another header")]
    OtherHeader,
    /// Fewer validators signed than finality needs.
    #[error("{have} validators have signed, {need} are needed")]
    TooFewSignatures {
        /// Who signed.
        have: usize,
        /// How many must.
        need: usize,
    },
    /// A signature is not that of the validator.
    #[error("a signature is not that of validator {0}")]
    BadSignature(PublicKey),
    /// A change of validators is out of order, or proven by an epoch in which the new set is in force already.
    #[error("a change of validators is not proven by the validators before it")]
    Handover,
    /// A validator set is not a set.
    #[error("a validator set in the proof is not of its form")]
    ValidatorSet,
    /// The receipt, or the holdings, are not of their form.
    #[error("the {0} in the proof is not of its form")]
    Leaf(&'static str),
    /// The header's state is older than the block of the receipt.
    #[error("the signed state is older than the block it should prove")]
    TooEarly,
    /// A path has more steps than its tree has levels.
    #[error("a path in the proof is longer than its tree is deep")]
    LongPath,
    /// The neighbour does not stand where the absent account would be.
    #[error("the leaf beside does not show that the account is absent")]
    Neighbour,
    /// The path does not lead to the state root.
    #[error("the path does not lead to the state root that the validators have signed")]
    StateRoot,
}

impl ProofError {
    /// Stable machine-readable name; the browser's verifier uses the same.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "PROOF_MALFORMED",
            Self::OtherChain => "PROOF_OTHER_CHAIN",
            Self::OtherGenesis => "PROOF_OTHER_GENESIS",
            Self::OtherSubject => "PROOF_OTHER_SUBJECT",
            Self::Header => "PROOF_HEADER",
            Self::Certificate => "PROOF_CERTIFICATE",
            Self::OtherHeader => "PROOF_OTHER_HEADER",
            Self::TooFewSignatures { .. } => "PROOF_TOO_FEW_SIGNATURES",
            Self::BadSignature(_) => "PROOF_BAD_SIGNATURE",
            Self::Handover => "PROOF_HANDOVER",
            Self::ValidatorSet => "PROOF_VALIDATOR_SET",
            Self::Leaf(_) => "PROOF_LEAF",
            Self::TooEarly => "PROOF_TOO_EARLY",
            Self::LongPath => "PROOF_LONG_PATH",
            Self::Neighbour => "PROOF_NEIGHBOUR",
            Self::StateRoot => "PROOF_STATE_ROOT",
        }
    }
}
