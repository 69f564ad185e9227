//! The node's secret key: 64 hex digits (a raw Ed25519 seed) in a file that nobody else may read; and the word of whoever
//! made it that it has never voted.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use dure_consensus::mark_fresh;
use dure_score::PublicKey;
use zeroize::Zeroizing;

use crate::error::NodeError;

/// Reads the seed. Refuses a file that others may read.
pub fn read_seed(path: &Path) -> Result<Zeroizing<[u8; 32]>, NodeError> {
    let fail = |reason: String| NodeError::File { path: path.to_owned(), reason };
    let mode = fs::metadata(path).map_err(|error| fail(error.to_string()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(fail(format!(
            "mode {:o}: the secret key may be readable by its owner only (0600)",
            mode & 0o777
        )));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| fail(error.to_string()))?);
    let mut seed = Zeroizing::new([0u8; 32]);
    hex::decode_to_slice(text.trim(), seed.as_mut_slice())
        .map_err(|_| fail("a secret key is 64 hex digits".to_owned()))?;
    Ok(seed)
}

/// Where the node with this data directory keeps what consensus must not forget.
pub fn consensus_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("consensus")
}

/// For set-up, when it has just made a validator's key: notes in the node's data directory (made if missing) that the key has never
/// voted. A validator without this note, and without a journal, refuses to start.
pub fn note_fresh(data_dir: &Path, public_key: &PublicKey) -> Result<(), NodeError> {
    Ok(mark_fresh(&consensus_dir(data_dir), public_key.as_bytes())?)
}
