//! What every part of the process shares.

use std::sync::Arc;

use dure_db::{Db, devices::OwnerClass};
use dure_score::ChainId;
use dure_service::{device::Pins, follower::Progress, ledger::Officer};
use dure_web::Web;

use crate::{
    config::Config,
    ledger::Ledger,
    limits::Limits,
    live::{self, Hub},
    metrics,
};

/// The till's process.
pub struct Till {
    /// The deployment's database.
    pub db: Db,
    /// The ledger.
    pub ledger: Arc<dyn Ledger>,
    /// The registrar's officer who certifies tills.
    pub officer: Arc<Officer>,
    /// The PINs of shops' devices.
    pub pins: Arc<Pins>,
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
}

impl Till {
    /// Puts the parts together; nothing runs yet.
    pub fn new(
        db: Db,
        ledger: Arc<dyn Ledger>,
        officer: Arc<Officer>,
        offset_minutes: u32,
        web: Web,
        config: &Config,
    ) -> Self {
        metrics::start();
        let pins = Arc::new(Pins::new(db.clone(), Arc::clone(&officer), OwnerClass::Shop));
        Self {
            db,
            ledger,
            chain: officer.chain().clone(),
            officer,
            pins,
            offset_minutes,
            web,
            insecure_cookies: config.insecure_cookies,
            hub: live::hub(),
            limits: Limits::new(&config.limits),
            progress: Progress::default(),
        }
    }
}
