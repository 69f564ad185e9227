//! How far the read model has come, for those who wait for it.

use std::time::Duration;

use tokio::sync::watch;

/// The height of the last block in the read model.
pub struct Progress {
    height: watch::Sender<u64>,
}

impl Default for Progress {
    fn default() -> Self {
        Self { height: watch::Sender::new(0) }
    }
}

impl Progress {
    /// The height.
    pub fn height(&self) -> u64 {
        *self.height.borrow()
    }

    /// The read model has reached `height`.
    pub fn reached(&self, height: u64) {
        self.height.send_replace(height);
    }

    /// Waits until the read model holds `height`, or `limit` is over; true if it does.
    pub async fn wait_for(&self, height: u64, limit: Duration) -> bool {
        let mut receiver = self.height.subscribe();
        matches!(tokio::time::timeout(limit, receiver.wait_for(|now| *now >= height)).await, Ok(Ok(_)))
    }
}
