//! The gate before voting: a validator whose journal is lost must not vote again under the same key.
//!
//! A validator's votes live in its journal. Without it the validator could sign a second block of a view
//! that it signed before the loss. Two small files make a loss visible:
//!
//! - `validator` (beside the journal) names the key and genesis that may use this directory;
//! - `journal/started` (inside it) is written first and disappears together with the journal.

use std::path::{Path, PathBuf};

use crate::merkle::sha256;
use crate::{ConsensusError, Hash, files};

const MARKER: &str = "validator";
const JOURNAL: &str = "journal";
const SENTINEL: &str = "started";
const ENGINE: &str = "engine";

/// Checks `dir` and prepares it; returns where the engine keeps its files. `partition` is the prefix of
/// the names of the engine's own vote files there; `applied` is the ledger's last durable height.
pub(crate) fn admit(
    dir: &Path,
    genesis: &Hash,
    public_key: &[u8; 32],
    partition: &str,
    applied: u64,
) -> Result<PathBuf, ConsensusError> {
    let journal = dir.join(JOURNAL);
    let engine = journal.join(ENGINE);
    let identity = hex::encode(sha256(&[b"dure/validator/v1", genesis, public_key]));
    let marker = files::read(&dir.join(MARKER))?;
    let sentinel = files::has_entry(&journal, SENTINEL)?;
    let voted = files::has_entry(&engine, partition)?;
    let name = || dir.display().to_string();

    match marker {
        Some(bytes) if bytes != identity.as_bytes() => Err(ConsensusError::ForeignJournal { dir: name() }),
        Some(_) if !sentinel || (applied > 0 && !voted) => Err(ConsensusError::WipedJournal { dir: name() }),
        Some(_) => Ok(engine),
        None if applied > 0 || voted => Err(ConsensusError::WipedJournal { dir: name() }),
        None => {
            // The sentinel goes first: a crash in between leaves a directory that is still fresh.
            files::create_dir(&engine)?;
            files::replace(&journal, SENTINEL, b"")?;
            files::replace(dir, MARKER, identity.as_bytes())?;
            Ok(engine)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fs;

    fn check(dir: &Path, key: u8, applied: u64) -> Result<PathBuf, &'static str> {
        admit(dir, &[0; 32], &[key; 32], "votes", applied).map_err(|error| error.code())
    }

    #[test]
    fn fresh_then_again_then_wiped() {
        let dir = tempfile::tempdir().unwrap();
        let engine = check(dir.path(), 1, 0).unwrap();
        assert_eq!(check(dir.path(), 1, 0), Ok(engine.clone()));
        assert_eq!(check(dir.path(), 2, 0), Err("foreign_journal"));
        assert_eq!(check(dir.path(), 1, 5), Err("wiped_journal"), "blocks but no votes");
        fs::create_dir(engine.join("votes-0")).unwrap();
        assert_eq!(check(dir.path(), 1, 5), Ok(engine));
        fs::remove_dir_all(dir.path().join(JOURNAL)).unwrap();
        assert_eq!(check(dir.path(), 1, 5), Err("wiped_journal"));
        assert_eq!(check(dir.path(), 1, 0), Err("wiped_journal"), "even if the ledger is gone too");
    }

    #[test]
    fn a_ledger_with_blocks_needs_a_journal() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(check(&dir.path().join("none"), 1, 1), Err("wiped_journal"));
        let engine = check(dir.path(), 1, 0).unwrap();
        fs::create_dir(engine.join("votes-0")).unwrap();
        fs::remove_file(dir.path().join(MARKER)).unwrap();
        assert_eq!(check(dir.path(), 1, 0), Err("wiped_journal"), "votes of an unknown key");
    }
}
