//! The handle to a running orderer: waking it, watching it, stopping it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use tokio::sync::Notify;

use crate::ConsensusError;

/// How often a waiting proposer looks again even if nobody woke it. Short beside the latency of a block,
/// long beside the cost of looking.
pub(crate) const POLL: Duration = Duration::from_millis(5);

/// Why an orderer has stopped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// [`Engine::shutdown`] was called.
    #[error("stopped on request")]
    Requested,
    /// This node is not among the validators of the epoch that has begun. Not a failure: it may go on as an
    /// observer.
    #[error("this node is not a validator of epoch {epoch}")]
    Retired {
        /// The first epoch without it.
        epoch: u64,
    },
    /// This machine's clock was set back. Not a failure: start again. The engine waits until times that it has
    /// reckoned before, and those are now far ahead.
    #[error("this machine's clock was set back")]
    ClockSetBack,
    /// The application could not take a final block.
    #[error("the application failed: {0}")]
    Application(String),
    /// The consensus engine ended or panicked.
    #[error("the consensus engine failed: {0}")]
    Engine(String),
}

/// A running orderer. Dropping it shuts the orderer down.
pub struct Engine {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Engine {
    /// Runs `body` on a thread of its own; whatever it returns (or a panic) becomes the reason of the end.
    pub(crate) fn spawn(
        name: &str,
        shared: Arc<Shared>,
        body: impl FnOnce(&Arc<Shared>) -> Stopped + Send + 'static,
    ) -> Result<Self, ConsensusError> {
        let inner = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                let run = std::panic::AssertUnwindSafe(|| body(&inner));
                let reason = std::panic::catch_unwind(run)
                    .unwrap_or_else(|panic| Stopped::Engine(panic_text(panic.as_ref())));
                inner.end(reason);
            })
            .map_err(ConsensusError::Thread)?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// Whether the orderer has ended, for whatever reason. It does not come back: the process should exit.
    pub fn stopped(&self) -> bool {
        self.shared.ended.lock().is_some()
    }

    /// Why the orderer has ended, if it has.
    pub fn stop_reason(&self) -> Option<Stopped> {
        self.shared.ended.lock().clone()
    }

    /// Blocks the calling thread until the orderer has ended and says why.
    pub fn wait(&self) -> Stopped {
        let mut ended = self.shared.ended.lock();
        loop {
            match ended.as_ref() {
                Some(reason) => return reason.clone(),
                None => self.shared.changed.wait(&mut ended),
            }
        }
    }

    /// Like [`Engine::wait`], but gives up after `limit` and returns none.
    pub fn wait_for(&self, limit: Duration) -> Option<Stopped> {
        let mut ended = self.shared.ended.lock();
        self.shared.changed.wait_while_for(&mut ended, |reason| reason.is_none(), limit);
        ended.clone()
    }

    /// Tells the proposer that [`crate::Application::has_work`] may have turned to yes. Cheap; never blocks.
    pub fn wake(&self) {
        self.shared.wake.notify_waiters();
        if let Some(thread) = self.thread.lock().as_ref() {
            thread.thread().unpark();
        }
    }

    /// Stops the orderer and waits for its threads: the application is not called any more once this
    /// returns. Idempotent. Must not be called from within the application.
    pub fn shutdown(&self) {
        self.shared.request_stop();
        let thread = self.thread.lock().take();
        if let Some(thread) = thread {
            thread.thread().unpark();
            // A panic of the body was caught and recorded inside the thread already.
            let joined = thread.join();
            tracing::debug!(clean = joined.is_ok(), "consensus thread joined");
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.shutdown();
    }
}

/// What the handle and the orderer's thread share.
#[derive(Default)]
pub(crate) struct Shared {
    /// Wakes a waiting proposer.
    pub(crate) wake: Notify,
    stop: Notify,
    stopping: AtomicBool,
    ended: Mutex<Option<Stopped>>,
    changed: Condvar,
}

impl Shared {
    pub(crate) fn request_stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.stop.notify_waiters();
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Resolves once a stop is requested.
    pub(crate) async fn stop_requested(&self) {
        loop {
            let notified = self.stop.notified();
            tokio::pin!(notified);
            // Register first, look second: a request in between is not missed.
            notified.as_mut().enable();
            if self.is_stopping() {
                return;
            }
            notified.await;
        }
    }

    fn end(&self, reason: Stopped) {
        match &reason {
            Stopped::Requested => tracing::info!("consensus stopped on request"),
            retired @ Stopped::Retired { .. } => tracing::info!("consensus stopped: {retired}"),
            clock @ Stopped::ClockSetBack => tracing::warn!("consensus stopped: {clock}"),
            failure => tracing::error!(%failure, "consensus stopped"),
        }
        self.ended.lock().get_or_insert(reason);
        self.changed.notify_all();
    }
}

pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".to_owned())
}
