//! Transactions: what is signed, how, and the only way to a verified one.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    call::Call,
    codec::{self, CodecError},
    ids::{Bid, CertId, ChainId, TxId, sha256},
    limits::MAX_TX_BYTES,
    record::Role,
    refusal::Refusal,
    signature::{Item, PublicKey, Signature, SigningKey, verify_batch},
};

/// Everything that the signature covers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Transaction {
    /// The channel; a signature for one is nothing on another.
    #[n(0)]
    pub chain: ChainId,
    /// The signing device.
    #[n(1)]
    pub signer: CertId,
    /// Number within the certificate, from 1; see [`crate::window`].
    #[n(2)]
    pub nonce: u64,
    /// Block time after which it can never apply, ms.
    #[n(3)]
    pub valid_until: u64,
    /// The request.
    #[n(4)]
    pub call: Call,
}

/// The wire form: `[body, key, signature]`, where body is the transaction's canonical bytes. The key travels
/// along (its hash is the signer's certificate id), so that a signature is checked without reading any state.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Envelope {
    #[cbor(n(0), with = "minicbor::bytes")]
    body: Vec<u8>,
    #[n(1)]
    key: PublicKey,
    #[n(2)]
    signature: Signature,
}

/// A well-formed transaction with a signature that nobody has checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTx {
    transaction: Transaction,
    key: PublicKey,
    signature: Signature,
    message: Vec<u8>,
    id: TxId,
    wire: Vec<u8>,
}

/// A transaction whose signature is its key's. Whether that key may do this is for [`crate::apply()`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedTx {
    signed: SignedTx,
}

/// Domain-separated bytes under the transaction's signature; its SHA-256 is the transaction's id.
pub fn signing_message(chain: &ChainId, body: &[u8]) -> Vec<u8> {
    tagged(b"dure:tx:v1\0", chain, body)
}

/// Bytes that a device signs with its new key, to prove that it holds it.
pub fn possession_message(chain: &ChainId, owner: &Bid, role: Role, key: &PublicKey) -> Vec<u8> {
    let role = match role {
        Role::Holder => 0u8,
        Role::Staff => 1,
        Role::Officer => 2,
        Role::Terminal => 3,
    };
    let mut body = Vec::with_capacity(49);
    body.extend_from_slice(owner.as_bytes());
    body.push(role);
    body.extend_from_slice(key.as_bytes());
    tagged(b"dure:possession:v1\0", chain, &body)
}

/// `tag ‖ chain id ‖ 0 ‖ body`: a chain id holds no zero byte, so no two inputs collide.
fn tagged(tag: &[u8], chain: &ChainId, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(tag.len() + chain.as_str().len() + 1 + body.len());
    out.extend_from_slice(tag);
    out.extend_from_slice(chain.as_str().as_bytes());
    out.push(0);
    out.extend_from_slice(body);
    out
}

impl Transaction {
    /// Signs with the device's key.
    pub fn sign(self, key: &SigningKey) -> SignedTx {
        let body = codec::encode(&self);
        let message = signing_message(&self.chain, &body);
        let signature = key.sign(&message);
        SignedTx::assemble(self, body, key.public_key(), signature, message)
    }
}

impl SignedTx {
    /// From wire bytes: bounded, canonical, exactly one value.
    pub fn from_wire(wire: &[u8]) -> Result<Self, CodecError> {
        if wire.len() > MAX_TX_BYTES {
            return Err(CodecError::Malformed);
        }
        let envelope: Envelope = codec::decode(wire)?;
        let transaction: Transaction = codec::decode(&envelope.body)?;
        let message = signing_message(&transaction.chain, &envelope.body);
        Ok(Self::assemble(transaction, envelope.body, envelope.key, envelope.signature, message))
    }

    /// From a body and a signature made elsewhere (a browser).
    pub fn from_parts(body: &[u8], key: PublicKey, signature: Signature) -> Result<Self, CodecError> {
        let transaction: Transaction = codec::decode(body)?;
        let message = signing_message(&transaction.chain, body);
        Ok(Self::assemble(transaction, body.to_vec(), key, signature, message))
    }

    fn assemble(
        transaction: Transaction,
        body: Vec<u8>,
        key: PublicKey,
        signature: Signature,
        message: Vec<u8>,
    ) -> Self {
        let id = TxId::new(sha256(&[&message]));
        let wire = codec::encode(&Envelope { body, key, signature });
        Self { transaction, key, signature, message, id, wire }
    }

    /// Wire bytes.
    pub fn wire(&self) -> &[u8] {
        &self.wire
    }
    /// The id: SHA-256 of the signed bytes.
    #[inline]
    pub const fn id(&self) -> TxId {
        self.id
    }
    /// What is asked.
    #[inline]
    pub const fn transaction(&self) -> &Transaction {
        &self.transaction
    }
    /// The signature.
    pub const fn signature(&self) -> Signature {
        self.signature
    }
    /// The bytes under the signature.
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// The key that claims to have signed.
    pub const fn key(&self) -> PublicKey {
        self.key
    }

    /// Checks chain, key and signature; needs no state.
    pub fn verify(self, chain: &ChainId) -> Result<VerifiedTx, Refusal> {
        self.check_binding(chain)?;
        if !self.key.verify(&self.message, &self.signature) {
            return Err(Refusal::BadSignature);
        }
        Ok(VerifiedTx { signed: self })
    }

    /// All of [`SignedTx::verify`] but the signature itself: the chain is ours and the key is the signer's.
    fn check_binding(&self, chain: &ChainId) -> Result<(), Refusal> {
        if self.transaction.chain != *chain {
            return Err(Refusal::WrongChain);
        }
        if self.key.certificate_id(chain) != self.transaction.signer {
            return Err(Refusal::BadSignature);
        }
        Ok(())
    }
}

impl VerifiedTx {
    /// The transaction.
    #[inline]
    pub const fn signed(&self) -> &SignedTx {
        &self.signed
    }

    /// Verifies many at once, for a node that checks a whole block: `None` unless every one is good.
    pub fn batch(txs: Vec<SignedTx>, chain: &ChainId, rng: impl rand_core::CryptoRng) -> Option<Vec<Self>> {
        if txs.iter().any(|tx| tx.check_binding(chain).is_err()) {
            return None;
        }
        let items: Vec<_> = txs
            .iter()
            .map(|tx| Item { key: tx.key, message: &tx.message, signature: tx.signature })
            .collect();
        let good = verify_batch(&items, rng);
        good.then(|| txs.into_iter().map(|signed| Self { signed }).collect())
    }
}
