//! Where the parts of a validator meet: the product as it is goes straight through, a planted bug sits in one of these.

use std::sync::{Arc, atomic::AtomicI64};

use dure_consensus::{Application, simulation::Action};
use ledger_node::store::{MemoryStore, Store};

use crate::process::Answer;

/// A validator's parts as they are put together. Every method's default leaves things as they are.
pub trait Seams: Send + Sync {
    /// The store under a ledger that is about to open.
    fn store(&self, node: usize, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        let _ = node;
        inner
    }

    /// A process has ended; its disk stays.
    fn ended(&self, node: usize, disk: &MemoryStore) {
        let _ = (node, disk);
    }

    /// The application that consensus gets; `skew_ms` is what the machine's clock is off.
    fn application(
        &self,
        node: usize,
        skew_ms: &Arc<AtomicI64>,
        inner: Arc<dyn Application>,
    ) -> Arc<dyn Application> {
        let _ = (node, skew_ms);
        inner
    }

    /// An answer to a client in place of the door's.
    fn door(&self, node: usize, wire: &[u8]) -> Option<Answer> {
        let _ = (node, wire);
        None
    }

    /// What happens beside a start; `life` counts from 0.
    fn beside_start(&self, node: usize, life: u32) -> Vec<Action> {
        let _ = (node, life);
        Vec::new()
    }
}

/// The product as it is.
pub struct Product;

impl Seams for Product {}
