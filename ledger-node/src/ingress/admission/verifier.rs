//! The threads that take batches from the queue. Their number is small: consensus, the executor and HTTP need the machine too,
//! and one core verifies tens of thousands a second.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread::{self, JoinHandle},
};

use super::{
    checks::Checks,
    queue::{Pace, Queue},
};

/// Most threads, on any machine.
const MAX_THREADS: usize = 4;

/// The running threads. Dropping them closes their queue and waits until they have answered what is in it: whoever stops a node
/// may open its store again at once.
pub(super) struct Verifiers {
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

impl Verifiers {
    /// Starts the threads.
    pub(super) fn start(checks: &Arc<Checks>, queue: &Arc<Queue>) -> std::io::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        let mut started = Self { queue: Arc::clone(queue), threads: Vec::new() };
        for number in 0..(cores / 2).clamp(1, MAX_THREADS) {
            let (checks, work) = (Arc::clone(checks), Arc::clone(queue));
            let thread = thread::Builder::new().name(format!("verifier-{number}"));
            started.threads.push(thread.spawn(move || run(&checks, &work))?);
        }
        Ok(started)
    }
}

impl Drop for Verifiers {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a verifier had failed");
            }
        }
    }
}

fn run(checks: &Checks, queue: &Queue) {
    let mut pace = Pace::default();
    while let Some(batch) = queue.pop(&mut pace) {
        // A fault in one batch must not close the checks: those in it are told that they were not taken.
        if catch_unwind(AssertUnwindSafe(|| checks.let_in(batch))).is_err() {
            tracing::error!("a batch of transactions could not be judged");
        }
    }
}
