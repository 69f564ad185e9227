//! How a damaged tree is named.

use crate::store::StoreError;

/// What was found on disk, or in memory, is not what was put there.
pub(super) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(format!("state tree: {what}"))
}
