//! How far a face's tables have come, for those who wait for them.

use std::time::Duration;

use tokio::sync::watch;

/// The height of the last block in the tables.
pub struct Progress {
    height: watch::Sender<u64>,
}

impl Default for Progress {
    fn default() -> Self {
        Self { height: watch::Sender::new(0) }
    }
}

impl Progress {
    /// The height; 0 before the first block.
    pub fn height(&self) -> u64 {
        *self.height.borrow()
    }

    /// The tables have reached `height`.
    pub fn reached(&self, height: u64) {
        self.height.send_replace(height);
        metrics::gauge!("dure_follower_height")
            .set(u32::try_from(height).map_or(f64::from(u32::MAX), f64::from));
    }

    /// Waits until the tables hold `height`, or `limit` is over; true if they do.
    pub async fn wait_for(&self, height: u64, limit: Duration) -> bool {
        let mut receiver = self.height.subscribe();
        matches!(tokio::time::timeout(limit, receiver.wait_for(|now| *now >= height)).await, Ok(Ok(_)))
    }
}
