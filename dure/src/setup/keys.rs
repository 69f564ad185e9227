//! Keys of a new deployment: validators' seeds, officers' key files, and the passphrase that opens the latter.

use std::{fs, path::Path};

use dure_ledger_client::{KeyFile, Signer};
use dure_score::{PublicKey, signature::SigningKey};

use super::layout::{Layout, read_text, write_private};
use crate::{error::DureError, process::NODES};

/// Makes the passphrase file if there is none, and returns the passphrase.
pub fn passphrase(layout: &Layout) -> Result<String, DureError> {
    let path = layout.passphrase();
    if !path.is_file() {
        let bytes: [u8; 24] = rand::random();
        write_private(&path, format!("{}\n", hex::encode(bytes)).as_bytes())?;
    }
    Ok(read_text(&path)?.trim().to_owned())
}

/// Makes the validators' seeds and returns their public keys. Validators are ordered by public key everywhere, so
/// node 1 holds the smallest.
pub fn validators(layout: &Layout) -> Result<Vec<PublicKey>, DureError> {
    let mut pairs: Vec<(PublicKey, [u8; 32])> = (0..NODES)
        .map(|_| {
            let seed: [u8; 32] = rand::random();
            (SigningKey::from_seed(seed).public_key(), seed)
        })
        .collect();
    pairs.sort_by_key(|(public, _)| *public.as_bytes());
    for (index, (public, seed)) in pairs.iter().enumerate() {
        write_private(&layout.node_key(index), format!("{}\n", hex::encode(seed)).as_bytes())?;
        ledger_node::consensus::keys::note_fresh(&layout.node(index), public).map_err(|error| {
            DureError::Key { name: format!("node{}", index + 1), reason: error.to_string() }
        })?;
    }
    Ok(pairs.into_iter().map(|(public, _)| public).collect())
}

/// Makes an officer's key file and returns its public key. A file of an interrupted set-up is replaced: nothing was
/// ever agreed on its key.
pub fn officer(layout: &Layout, name: &str, passphrase: &str) -> Result<PublicKey, DureError> {
    let path = layout.key(name);
    remove_if_there(&path)?;
    let key = KeyFile::create(&path, passphrase)
        .map_err(|error| DureError::Key { name: name.to_owned(), reason: error.to_string() })?;
    Ok(key.public_key())
}

fn remove_if_there(path: &Path) -> Result<(), DureError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(DureError::io("remove", path, error))
        }
        _ => Ok(()),
    }
}
