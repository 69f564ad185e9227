//! The validators' machines: disks that survive, processes that do not.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64},
    },
    time::Duration,
};

use bytes::Bytes;
use dure_consensus::Application;
use dure_score::limits::MINUTE_MS;
use ledger_node::{history::ledger::LedgerError, store::MemoryStore};

use crate::{
    disk::Disk,
    evil::Traitor,
    load::{foreign, idle},
    plan::{Plan, Treason},
    process::{Process, Seen, Watched},
    rng::Rng,
    seams::Seams,
    town::{START_MS, Town},
};

/// One validator's machine.
pub struct Machine {
    /// What is durable.
    pub disk: Arc<MemoryStore>,
    /// The running process.
    pub process: Option<Arc<Process>>,
    /// How many processes there have been.
    pub lives: u32,
    /// The height that was durable when it was last asked.
    pub durable: u64,
    /// How far the clock is off, ms.
    pub skew_ms: Arc<AtomicI64>,
    /// When to start again.
    pub back_at: Option<Duration>,
}

/// All machines.
pub struct Fleet {
    /// One for each validator.
    pub machines: Vec<Machine>,
    /// Whether the ledgers' disks fail now and then.
    pub storm: Arc<AtomicBool>,
    seed: u64,
}

impl Fleet {
    /// New machines, everybody down.
    pub fn new(seed: u64, validators: usize) -> Self {
        let machine = |_| Machine {
            disk: Arc::default(),
            process: None,
            lives: 0,
            durable: 0,
            skew_ms: Arc::default(),
            back_at: Some(Duration::ZERO),
        };
        Self { machines: (0..validators).map(machine).collect(), storm: Arc::default(), seed }
    }

    /// Opens the ledger of `node`, in a process of its own.
    pub fn open(&mut self, node: usize, town: &Town, seams: &dyn Seams) -> Result<Arc<Process>, LedgerError> {
        let machine = &mut self.machines[node];
        let rng = Rng::new(self.seed, 1_000 + node as u64 * 1_000 + u64::from(machine.lives));
        machine.lives += 1;
        let store = seams.store(node, Arc::<MemoryStore>::clone(&machine.disk));
        let store = Arc::new(Disk::new(store, Arc::clone(&self.storm), rng));
        let process = Arc::new(Process::open(store, &town.genesis, &town.origin())?);
        machine.process = Some(Arc::clone(&process));
        Ok(process)
    }
}

/// What consensus gets for a process: the product's application, watched by `seen`, or a traitor's.
pub fn application(
    (plan, town, seams): (&Plan, &Town, &dyn Seams),
    node: usize,
    process: &Process,
    skew_ms: &Arc<AtomicI64>,
    seen: Seen,
) -> Arc<dyn Application> {
    let inner = seams.application(node, skew_ms, process.application());
    let ledger = Arc::clone(&process.ledger);
    match treason(plan, node) {
        None => Arc::new(Watched { node, inner, ledger, seen }),
        Some(Treason::Blocks(evil)) => {
            let old = town.sign(&town.officer, 800_000, START_MS - MINUTE_MS, idle());
            let foreign = foreign(&town.officer, 800_001, START_MS, idle());
            let wire = |tx: &dure_score::SignedTx| Bytes::copy_from_slice(tx.wire());
            Arc::new(Traitor { evil, inner, ledger, old: wire(&old), foreign: wire(&foreign) })
        }
        Some(Treason::Wire(_) | Treason::Future) => inner,
    }
}

/// What a validator is up to.
pub fn treason(plan: &Plan, node: usize) -> Option<Treason> {
    plan.traitors.iter().find(|(traitor, _)| *traitor == node).map(|(_, treason)| *treason)
}
