//! The key file's JSON: argon2id turns the passphrase into a key, XChaCha20-Poly1305 seals the seed with it.
//! The public key and all parameters are bound as associated data, so none can be exchanged.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use dure_score::PublicKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::error::KeyFileError;

const VERSION: u32 = 1;
/// Memory of argon2id, KiB: costs an attacker 64 MiB a guess, and us a fraction of a second.
const MEMORY_KIB: u32 = 64 * 1024;
/// Passes of argon2id.
const PASSES: u32 = 3;
/// Most memory that a file may ask for, KiB: a foreign file must not exhaust the machine.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
/// Most passes that a file may ask for.
const MAX_PASSES: u32 = 16;

/// A sealed key as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    version: u32,
    pub(super) public_key: PublicKey,
    kdf: String,
    memory_kib: u32,
    passes: u32,
    salt: String,
    cipher: String,
    nonce: String,
    sealed_seed: String,
}

impl Sealed {
    pub(super) fn seal(
        public_key: PublicKey,
        seed: &[u8; 32],
        passphrase: &str,
    ) -> Result<Self, KeyFileError> {
        let (mut salt, mut nonce) = ([0u8; 16], [0u8; 24]);
        rand::fill(&mut salt);
        rand::fill(&mut nonce);
        let mut sealed = Self {
            version: VERSION,
            public_key,
            kdf: "argon2id".to_owned(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt: STANDARD.encode(salt),
            cipher: "xchacha20poly1305".to_owned(),
            nonce: STANDARD.encode(nonce),
            sealed_seed: String::new(),
        };
        let aad = sealed.associated_data();
        let payload = Payload { msg: seed, aad: &aad };
        let cipher = sealed.cipher(passphrase, &salt)?;
        let bytes = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| KeyFileError::Malformed)?;
        sealed.sealed_seed = STANDARD.encode(bytes);
        Ok(sealed)
    }

    pub(super) fn open(&self, passphrase: &str) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
        let known = self.version == VERSION && self.kdf == "argon2id" && self.cipher == "xchacha20poly1305";
        if !known || self.memory_kib > MAX_MEMORY_KIB || self.passes > MAX_PASSES {
            return Err(KeyFileError::Malformed);
        }
        let decode = |text: &str| STANDARD.decode(text).map_err(|_| KeyFileError::Malformed);
        let nonce: [u8; 24] = decode(&self.nonce)?.try_into().map_err(|_| KeyFileError::Malformed)?;
        let sealed = decode(&self.sealed_seed)?;
        let aad = self.associated_data();
        let cipher = self.cipher(passphrase, &decode(&self.salt)?)?;
        let opened = cipher.decrypt(&XNonce::from(nonce), Payload { msg: &sealed, aad: &aad });
        let seed = Zeroizing::new(opened.map_err(|_| KeyFileError::WrongPassphrase)?);
        let seed: [u8; 32] = seed.as_slice().try_into().map_err(|_| KeyFileError::Malformed)?;
        Ok(Zeroizing::new(seed))
    }

    fn cipher(&self, passphrase: &str, salt: &[u8]) -> Result<XChaCha20Poly1305, KeyFileError> {
        let params =
            Params::new(self.memory_kib, self.passes, 1, Some(32)).map_err(|_| KeyFileError::Malformed)?;
        let mut key = Zeroizing::new([0u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), salt, key.as_mut())
            .map_err(|_| KeyFileError::Malformed)?;
        XChaCha20Poly1305::new_from_slice(key.as_ref()).map_err(|_| KeyFileError::Malformed)
    }

    fn associated_data(&self) -> Vec<u8> {
        let Self { version, public_key, kdf, memory_kib, passes, salt, cipher, .. } = self;
        format!("dure:key-file|{version}|{public_key}|{kdf}|{memory_kib}|{passes}|{salt}|{cipher}")
            .into_bytes()
    }
}
