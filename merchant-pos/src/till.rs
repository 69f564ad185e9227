//! What every part of the process shares.

use std::sync::Arc;

use dure_db::Db;
use dure_score::ChainId;
use dure_service::follower::Progress;
use dure_web::Web;
use tokio::sync::{Notify, Semaphore};

use crate::{
    config::Config,
    enrol::Officer,
    ledger::Ledger,
    limits::Limits,
    live::{self, Hub},
    metrics,
};

/// PIN hashes worked out at once: each takes 19 MiB and a core for some tens of milliseconds.
const HASHES_AT_ONCE: usize = 2;

/// The till's process.
pub struct Till {
    /// The deployment's database.
    pub db: Db,
    /// The ledger.
    pub ledger: Arc<dyn Ledger>,
    /// The registrar's officer who certifies tills.
    pub officer: Officer,
    /// The channel.
    pub chain: ChainId,
    /// The channel's civil time, minutes east of UTC.
    pub offset_minutes: u32,
    /// Pages and static files.
    pub web: Web,
    /// Cookies without `Secure` (plain HTTP on one machine).
    pub insecure_cookies: bool,
    /// Open event streams.
    pub hub: Hub,
    /// Rate limits.
    pub limits: Limits,
    /// How far the orders follow the ledger.
    pub progress: Progress,
    /// Wakes the task that revokes locked devices on the ledger.
    pub revocations: Notify,
    pub(crate) hashing: Semaphore,
}

impl Till {
    /// Puts the parts together; nothing runs yet.
    pub fn new(
        db: Db,
        ledger: Arc<dyn Ledger>,
        officer: Officer,
        offset_minutes: u32,
        web: Web,
        config: &Config,
    ) -> Self {
        metrics::start();
        Self {
            db,
            ledger,
            chain: officer.chain().clone(),
            officer,
            offset_minutes,
            web,
            insecure_cookies: config.insecure_cookies,
            hub: live::hub(),
            limits: Limits::new(&config.limits),
            progress: Progress::default(),
            revocations: Notify::new(),
            hashing: Semaphore::new(HASHES_AT_ONCE),
        }
    }
}
