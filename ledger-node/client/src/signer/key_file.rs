//! A signing key in an encrypted file: one file, one seed, readable by its owner only.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use dure_score::{PublicKey, Signature, signature::SigningKey};
use zeroize::Zeroizing;

use super::{Signer, error::KeyFileError, format::Sealed};

/// Longest key file that is read, bytes; ours are below 600.
const MAX_FILE_BYTES: u64 = 16 * 1024;

/// An opened key file.
pub struct KeyFile {
    key: SigningKey,
}

impl std::fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyFile({})", self.key.public_key())
    }
}

impl KeyFile {
    /// Makes a new random key and stores it under `passphrase` in a new file (mode 0600).
    pub fn create(path: &Path, passphrase: &str) -> Result<Self, KeyFileError> {
        let mut seed = Zeroizing::new([0u8; 32]);
        rand::fill(seed.as_mut_slice());
        Self::create_with_seed(path, passphrase, &seed)
    }

    /// Stores the key of `seed` (RFC 8032 private key) under `passphrase` in a new file (mode 0600).
    pub fn create_with_seed(path: &Path, passphrase: &str, seed: &[u8; 32]) -> Result<Self, KeyFileError> {
        let key = SigningKey::from_seed(*seed);
        let sealed = Sealed::seal(key.public_key(), seed, passphrase)?;
        let mut json = serde_json::to_vec_pretty(&sealed).map_err(|_| KeyFileError::Malformed)?;
        json.push(b'\n');
        let write = || {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
            file.write_all(&json)?;
            file.sync_all()
        };
        write().map_err(|source| io_error(path, source))?;
        Ok(Self { key })
    }

    /// Opens an existing file.
    pub fn open(path: &Path, passphrase: &str) -> Result<Self, KeyFileError> {
        let sealed = read(path)?;
        let seed = sealed.open(passphrase)?;
        let key = SigningKey::from_seed(*seed);
        if key.public_key() != sealed.public_key {
            return Err(KeyFileError::Malformed);
        }
        Ok(Self { key })
    }

    /// The public key that a file says it holds, without its passphrase. Proven only by [`KeyFile::open`].
    pub fn public_key_of(path: &Path) -> Result<PublicKey, KeyFileError> {
        Ok(read(path)?.public_key)
    }
}

impl Signer for KeyFile {
    fn public_key(&self) -> PublicKey {
        self.key.public_key()
    }
    fn sign(&self, message: &[u8]) -> Signature {
        self.key.sign(message)
    }
}

fn read(path: &Path) -> Result<Sealed, KeyFileError> {
    let size = fs::metadata(path).map_err(|source| io_error(path, source))?.len();
    if size > MAX_FILE_BYTES {
        return Err(KeyFileError::Malformed);
    }
    let bytes = fs::read(path).map_err(|source| io_error(path, source))?;
    serde_json::from_slice(&bytes).map_err(|_| KeyFileError::Malformed)
}

fn io_error(path: &Path, source: io::Error) -> KeyFileError {
    KeyFileError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn opens_with_the_passphrase_only_and_never_overwrites() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("officer.key");
        let made = KeyFile::create(&path, "correct horse").unwrap();
        let opened = KeyFile::open(&path, "correct horse").unwrap();
        assert_eq!(made.public_key(), opened.public_key());
        assert_eq!(made.public_key(), KeyFile::public_key_of(&path).unwrap());
        assert!(opened.public_key().verify(b"message", &opened.sign(b"message")));
        assert!(matches!(KeyFile::open(&path, "wrong"), Err(KeyFileError::WrongPassphrase)));
        assert!(matches!(KeyFile::create(&path, "other"), Err(KeyFileError::Io { .. })));

        let other = KeyFile::create(&dir.path().join("other.key"), "correct horse").unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let swapped = text.replace(&made.public_key().to_string(), &other.public_key().to_string());
        fs::write(&path, swapped).unwrap();
        assert!(matches!(KeyFile::open(&path, "correct horse"), Err(KeyFileError::WrongPassphrase)));
        fs::write(&path, "{}").unwrap();
        assert!(matches!(KeyFile::open(&path, "correct horse"), Err(KeyFileError::Malformed)));
    }
}
