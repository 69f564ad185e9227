//! The gate before voting: a validator whose journal is lost must not vote again where it voted before.
//!
//! A validator's votes live in its journal, one for each epoch. Without it the validator could sign a second
//! block of a view that it signed before the loss. So a node votes in an epoch only if its directory shows that
//! this key's earlier votes of that epoch are at hand, or that there are none:
//!
//! - `fresh`, written by set-up ([`mark_fresh`]) together with a new key, says that the key has never voted. It
//!   is spent before the first vote;
//! - `validator` names the key and genesis that may use the directory, and the newest epoch in which votes may
//!   have been cast from here. It is raised, durably, before the first vote of each epoch;
//! - `journal/engine/<votes>-<epoch>`, made before `validator` is raised, must still be there when the node
//!   comes back within that epoch;
//! - a directory in which the node only observed so far says since when it runs ([`begin_life`]). If the epoch
//!   began well after that, no earlier life of the key can have voted in it, from wherever: it was over by then.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::{ConsensusError, Hash, files};
use dure_chain::sha256;

const MARKER: &str = "validator";
const FRESH: &str = "fresh";
const ENGINE: &str = "journal/engine";
/// How much later than the node's start an epoch must have begun: block times may be two seconds off either way,
/// and so may this machine's clock.
const MARGIN_MS: u64 = 5_000;

/// Says that the key has never voted: for set-up, in the directory (made if missing) of a node whose key has
/// just been made. Never to be called for a key that has been in use.
pub fn mark_fresh(dir: &Path, public_key: &[u8; 32]) -> Result<(), ConsensusError> {
    files::create_dir(dir)?;
    files::replace(dir, FRESH, hex::encode(public_key).as_bytes())
}

/// Says that the node in `dir` (made if missing) observes from now on without voting. A directory that says more
/// already stays as it is; one of another key or genesis is refused.
pub fn mark_observer(dir: &Path, genesis: &Hash, public_key: &[u8; 32]) -> Result<(), ConsensusError> {
    files::create_dir(dir)?;
    let journal = Journal::new(dir, genesis, public_key, "");
    if journal.marker()?.is_none() {
        journal.write(&Marker { epoch: None, since_ms: now_ms() })?;
    }
    Ok(())
}

/// Says that the node in `dir` has just started: to be called once at every start, before the node asks whether it
/// may vote. One that has only observed so far observes since now. Any other directory, also an empty or missing
/// one, stays as it is.
pub fn begin_life(dir: &Path, genesis: &Hash, public_key: &[u8; 32]) -> Result<(), ConsensusError> {
    let journal = Journal::new(dir, genesis, public_key, "");
    if let Some(Marker { epoch: None, .. }) = journal.marker()? {
        journal.write(&Marker { epoch: None, since_ms: now_ms() })?;
    }
    Ok(())
}

/// What `validator` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Marker {
    /// Newest epoch in which we may have voted.
    epoch: Option<u64>,
    /// Since when the node observes: the start of its last life without a vote, ms.
    since_ms: u64,
}

/// Leave to vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Admission {
    /// No vote of the epoch can be in the journal.
    pub(crate) first: bool,
    /// The newest epoch in which we may have voted before.
    pub(crate) previous: Option<u64>,
}

/// Asked before the first vote of each epoch.
pub(crate) trait Gate: Send + 'static {
    /// Notes durably that we are about to vote in `epoch`, whose first block follows one of time `began_ms`.
    fn admit(&mut self, epoch: u64, began_ms: u64) -> Result<Admission, ConsensusError>;
}

/// The files of one validator.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    dir: PathBuf,
    key: [u8; 32],
    identity: String,
    partition: String,
}

impl Journal {
    /// Over `dir`. `partition` is the prefix of the names of the engine's own vote files.
    pub(crate) fn new(dir: &Path, genesis: &Hash, public_key: &[u8; 32], partition: &str) -> Self {
        let identity = hex::encode(sha256(&[b"dure/validator/v1", genesis, public_key]));
        Self { dir: dir.to_path_buf(), key: *public_key, identity, partition: partition.to_owned() }
    }

    /// Where the engine keeps its files.
    pub(crate) fn engine_dir(&self) -> PathBuf {
        self.dir.join(ENGINE)
    }

    /// Whether we might vote in `epoch`, without noting it. An epoch before one that we voted in passes: the
    /// ledger was put back and will catch up first.
    pub(crate) fn check(&self, epoch: u64, began_ms: u64) -> Result<Admission, ConsensusError> {
        let name = || self.dir.display().to_string();
        let marker = self.marker()?;
        let previous = marker.and_then(|marker| marker.epoch);
        let admission = Admission { first: previous != Some(epoch), previous };
        match marker {
            Some(Marker { epoch: Some(voted), .. }) => {
                let lost = voted >= epoch && !self.votes(voted).is_dir();
                if lost { Err(ConsensusError::WipedJournal { dir: name() }) } else { Ok(admission) }
            }
            _ if self.is_fresh()? => Ok(admission),
            Some(Marker { since_ms, .. }) if began_ms > since_ms.saturating_add(MARGIN_MS) => Ok(admission),
            Some(_) => Err(ConsensusError::TooEarly { dir: name(), epoch }),
            None => Err(ConsensusError::WipedJournal { dir: name() }),
        }
    }

    fn votes(&self, epoch: u64) -> PathBuf {
        self.engine_dir().join(format!("{}-{epoch}", self.partition))
    }

    fn is_fresh(&self) -> Result<bool, ConsensusError> {
        let token = files::read(&self.dir.join(FRESH))?;
        Ok(token.is_some_and(|token| token == hex::encode(self.key).as_bytes()))
    }

    /// Three words: the identity, the epoch or `-`, the time.
    fn marker(&self) -> Result<Option<Marker>, ConsensusError> {
        let Some(bytes) = files::read(&self.dir.join(MARKER))? else { return Ok(None) };
        let foreign = || ConsensusError::ForeignJournal { dir: self.dir.display().to_string() };
        let text = String::from_utf8(bytes).map_err(|_| foreign())?;
        let mut words = text.split_ascii_whitespace();
        if words.next() != Some(&self.identity) {
            return Err(foreign());
        }
        let epoch = match words.next() {
            Some("-") => None,
            Some(number) => Some(number.parse().map_err(|_| foreign())?),
            None => return Err(foreign()),
        };
        let since_ms = words.next().and_then(|time| time.parse().ok()).ok_or_else(foreign)?;
        Ok(Some(Marker { epoch, since_ms }))
    }

    fn write(&self, marker: &Marker) -> Result<(), ConsensusError> {
        let epoch = marker.epoch.map_or_else(|| "-".to_owned(), |epoch| epoch.to_string());
        let text = format!("{} {epoch} {}\n", self.identity, marker.since_ms);
        files::replace(&self.dir, MARKER, text.as_bytes())
    }
}

impl Gate for Journal {
    fn admit(&mut self, epoch: u64, began_ms: u64) -> Result<Admission, ConsensusError> {
        let admission = self.check(epoch, began_ms)?;
        if let Some(voted) = admission.previous.filter(|voted| *voted > epoch) {
            return Err(ConsensusError::Gap { applied: epoch, journal: voted });
        }
        if admission.first {
            let since_ms = self.marker()?.map_or_else(now_ms, |marker| marker.since_ms);
            // The room for the votes goes first: once the marker is raised, its absence means that it was lost.
            files::create_dir(&self.votes(epoch))?;
            files::sync_dir(&self.engine_dir())?;
            self.write(&Marker { epoch: Some(epoch), since_ms })?;
        }
        files::remove(&self.dir, FRESH)?;
        Ok(admission)
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fs;

    fn journal(dir: &Path, key: u8) -> Journal {
        Journal::new(dir, &[0; 32], &[key; 32], "votes")
    }

    /// Admits (or not) to an epoch that began at `began_ms`, and says whether no vote of it can exist.
    fn admit(dir: &Path, key: u8, epoch: u64, began_ms: u64) -> Result<bool, &'static str> {
        let admitted = journal(dir, key).admit(epoch, began_ms);
        admitted.map(|admission| admission.first).map_err(|error| error.code())
    }

    #[test]
    fn a_fresh_key_votes_once_and_then_needs_its_journal() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        assert_eq!(admit(dir, 1, 0, 0), Err("wiped_journal"), "nothing says that it never voted");
        mark_fresh(dir, &[1; 32]).unwrap();
        assert_eq!(admit(dir, 2, 0, 0), Err("wiped_journal"), "the token is another key's");
        assert_eq!(admit(dir, 1, 0, 0), Ok(true));
        assert!(!dir.join(FRESH).exists(), "spent");
        assert_eq!(admit(dir, 1, 0, 0), Ok(false));
        assert_eq!(admit(dir, 2, 0, 0), Err("foreign_journal"));
        fs::remove_dir_all(dir.join("journal")).unwrap();
        assert_eq!(admit(dir, 1, 0, 0), Err("wiped_journal"));
        assert_eq!(admit(dir, 1, 1, 9), Ok(true), "the marker is left: no vote was cast in epoch 1");
        assert_eq!(admit(dir, 1, 1, 9), Ok(false));
        assert_eq!(admit(dir, 1, 0, 0), Err("journal_gap"), "votes of later epochs exist");
        fs::remove_dir_all(dir).unwrap();
        assert_eq!(admit(dir, 1, 2, u64::MAX), Err("wiped_journal"));
    }

    #[test]
    fn an_observer_votes_from_an_epoch_that_it_saw_begin() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        mark_observer(dir, &[0; 32], &[1; 32]).unwrap();
        let since = journal(dir, 1).marker().unwrap().unwrap().since_ms;
        assert_eq!(admit(dir, 1, 3, since + MARGIN_MS), Err("vote_too_early"));
        assert_eq!(admit(dir, 1, 4, since + MARGIN_MS + 1), Ok(true));
        mark_observer(dir, &[0; 32], &[1; 32]).unwrap();
        assert_eq!(admit(dir, 1, 4, 0), Ok(false), "observing again does not forget that it voted");
        let foreign = mark_observer(dir, &[0; 32], &[2; 32]).unwrap_err();
        assert_eq!(foreign.code(), "foreign_journal");
    }

    #[test]
    fn each_life_observes_anew() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        let begin = || begin_life(dir, &[0; 32], &[1; 32]).unwrap();
        begin();
        assert_eq!(
            admit(dir, 1, 5, u64::MAX),
            Err("wiped_journal"),
            "a start says nothing of a lost journal"
        );
        let old = Marker { epoch: None, since_ms: 7 };
        journal(dir, 1).write(&old).unwrap();
        mark_observer(dir, &[0; 32], &[1; 32]).unwrap();
        assert_eq!(journal(dir, 1).marker().unwrap(), Some(old), "the same life goes on");
        let epoch_between = now_ms() - 1;
        assert!(journal(dir, 1).check(5, epoch_between).is_ok());
        begin();
        assert_eq!(admit(dir, 1, 5, epoch_between), Err("vote_too_early"), "the key was elsewhere meanwhile");
        mark_fresh(dir, &[1; 32]).unwrap();
        assert_eq!(admit(dir, 1, 5, epoch_between), Ok(true), "it never voted");
        let voted = journal(dir, 1).marker().unwrap();
        begin();
        assert_eq!(journal(dir, 1).marker().unwrap(), voted);
    }

    #[test]
    fn a_damaged_marker_is_nobodys() {
        let dir = tempfile::tempdir().unwrap();
        mark_observer(dir.path(), &[0; 32], &[1; 32]).unwrap();
        let text = fs::read_to_string(dir.path().join(MARKER)).unwrap();
        let identity = text.split(' ').next().unwrap();
        for damaged in
            ["".to_owned(), identity.to_owned(), format!("{identity} x 1"), format!("{identity} 1")]
        {
            fs::write(dir.path().join(MARKER), damaged).unwrap();
            assert_eq!(admit(dir.path(), 1, 9, u64::MAX), Err("foreign_journal"));
        }
    }
}
