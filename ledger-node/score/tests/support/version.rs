//! Contract versions that a test's build contains beside the first.

use dure_score::{
    Call, Hash32, Overlay, StateError, StateRead,
    calls::{Work, dispatch},
    halt::Halt,
    ids::sha256,
    runtime::{Activation, Score},
};

/// A later version that changes nothing but its number.
pub struct SameRules(pub u32);

impl SameRules {
    /// The hash under which governance enters version `version`.
    pub fn hash(version: u32) -> Hash32 {
        Hash32::new(sha256(&[b"same rules", &version.to_be_bytes()]))
    }
}

impl<S: StateRead> Score<S> for SameRules {
    fn version(&self) -> u32 {
        self.0
    }
    fn code_hash(&self) -> Hash32 {
        Self::hash(self.0)
    }
    fn migrate(&self, _: &Activation, _: &mut Overlay<S>) -> Result<(), StateError> {
        Ok(())
    }
    fn execute(&self, work: &mut Work<'_, S>, call: &Call) -> Result<(), Halt> {
        dispatch(work, call)
    }
}
