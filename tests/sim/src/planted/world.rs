//! Bugs between a process and its machine or the others.

use dure_consensus::simulation::{Action, Role};

use crate::seams::Seams;

/// The journal of votes is not read after a restart.
pub struct JournalForgotten;

impl Seams for JournalForgotten {
    fn beside_start(&self, node: usize, life: u32) -> Vec<Action> {
        if life == 0 { Vec::new() } else { vec![Action::ForgetVotes(node)] }
    }
}

/// A validator that was restarted never votes again.
pub struct NeverVotesAgain;

impl Seams for NeverVotesAgain {
    fn beside_start(&self, node: usize, life: u32) -> Vec<Action> {
        if life == 0 { Vec::new() } else { vec![Action::Role { node, role: Role::Silent }] }
    }
}
