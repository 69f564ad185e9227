//! Who signs for an institution, a till or a service.

mod error;
mod format;
mod key_file;

use dure_score::{
    PublicKey, Signature, SignedTx, Transaction,
    codec::{self, CodecError},
    signature::SigningKey,
    tx::signing_message,
};

pub use error::KeyFileError;
pub use key_file::KeyFile;

/// Something that signs with one Ed25519 key: a key file today, a hardware token as well as it.
pub trait Signer: Send + Sync {
    /// The public half.
    fn public_key(&self) -> PublicKey;
    /// Signs `message` (RFC 8032).
    fn sign(&self, message: &[u8]) -> Signature;
}

impl Signer for SigningKey {
    fn public_key(&self) -> PublicKey {
        Self::public_key(self)
    }
    fn sign(&self, message: &[u8]) -> Signature {
        Self::sign(self, message)
    }
}

/// Signs a transaction. Fails only for a transaction whose own canonical bytes do not decode.
pub fn sign_transaction(signer: &dyn Signer, transaction: &Transaction) -> Result<SignedTx, CodecError> {
    let body = codec::encode(transaction);
    let signature = signer.sign(&signing_message(&transaction.chain, &body));
    SignedTx::from_parts(&body, signer.public_key(), signature)
}
