//! Why a call stops: a refusal, which is an answer, or state that cannot be read, which stops the node.

use crate::{refusal::Refusal, state::StateError};

/// Why a call stopped.
#[derive(Debug)]
pub enum Halt {
    /// The contract says no.
    Refuse(Refusal),
    /// The node is broken.
    State(StateError),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refuse(refusal)
    }
}
impl From<StateError> for Halt {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}
