//! I7: no honest validator signs twice for one view, across its lives.

use std::collections::BTreeMap;

use dure_consensus::{
    Hash,
    simulation::{Ballot, Vote},
};

use crate::Violation;

#[derive(Clone, Copy, Debug, Default)]
struct View {
    notarized: Option<Hash>,
    nullified: bool,
    finalized: Option<Hash>,
}

/// Every vote that honest validators sent.
#[derive(Default)]
pub struct Votes(BTreeMap<(usize, u64, u64), View>);

impl Votes {
    /// Takes a vote in.
    pub fn see(&mut self, node: usize, vote: &Vote) -> Result<(), Violation> {
        let view = self.0.entry((node, vote.epoch, vote.view)).or_default();
        let twice = |before: &Option<Hash>, now: &Hash| before.is_some_and(|before| before != *now);
        let broken = match &vote.ballot {
            Ballot::Notarize(digest) if twice(&view.notarized, digest) => Some("two blocks notarized"),
            Ballot::Finalize(digest) if twice(&view.finalized, digest) => Some("two blocks finalized"),
            Ballot::Finalize(_) if view.nullified => Some("finalized after giving the view up"),
            Ballot::Nullify if view.finalized.is_some() => Some("view given up after finalizing"),
            _ => None,
        };
        match vote.ballot {
            Ballot::Notarize(digest) => view.notarized = Some(digest),
            Ballot::Nullify => view.nullified = true,
            Ballot::Finalize(digest) => view.finalized = Some(digest),
        }
        let detail = |what| format!("validator {node}, epoch {}, view {}: {what}", vote.epoch, vote.view);
        broken.map_or(Ok(()), |what| Err(Violation::new("I7 one vote a view", detail(what))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see(ballots: &[Ballot]) -> bool {
        let mut votes = Votes::default();
        ballots.iter().all(|ballot| votes.see(1, &Vote { epoch: 0, view: 5, ballot: *ballot }).is_ok())
    }

    #[test]
    fn says_which_votes_contradict_each_other() {
        let (a, b) = ([1; 32], [2; 32]);
        assert!(see(&[Ballot::Notarize(a), Ballot::Notarize(a), Ballot::Finalize(a)]));
        assert!(see(&[Ballot::Notarize(a), Ballot::Nullify, Ballot::Nullify]));
        assert!(!see(&[Ballot::Notarize(a), Ballot::Notarize(b)]));
        assert!(!see(&[Ballot::Finalize(a), Ballot::Finalize(b)]));
        assert!(!see(&[Ballot::Finalize(a), Ballot::Nullify]));
        assert!(!see(&[Ballot::Nullify, Ballot::Finalize(a)]));
    }
}
