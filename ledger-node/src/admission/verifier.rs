//! The threads that take batches from the queue. Their number is small: consensus, the executor and HTTP need the machine too,
//! and one core verifies tens of thousands a second.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
};

use super::{door::Door, queue::Queue};

/// Most threads, on any machine.
const MAX_THREADS: usize = 4;

/// Starts the threads. They end once the queue is closed and empty.
pub(super) fn start(door: &Arc<Door>, queue: &Arc<Queue>) -> std::io::Result<()> {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    for number in 0..(cores / 2).clamp(1, MAX_THREADS) {
        let (door, work) = (Arc::clone(door), Arc::clone(queue));
        let started =
            thread::Builder::new().name(format!("verifier-{number}")).spawn(move || run(&door, &work));
        if let Err(error) = started {
            queue.close();
            return Err(error);
        }
    }
    Ok(())
}

fn run(door: &Door, queue: &Queue) {
    let mut last = 0;
    while let Some(batch) = queue.pop(last) {
        last = batch.len();
        // A fault in one batch must not close the door: those in it are told that they were not taken.
        if catch_unwind(AssertUnwindSafe(|| door.let_in(batch))).is_err() {
            tracing::error!("a batch of transactions could not be judged");
        }
    }
}
