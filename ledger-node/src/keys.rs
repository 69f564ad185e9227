//! The node's secret key: 64 hex digits (a raw Ed25519 seed) in a file that nobody else may read.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

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
