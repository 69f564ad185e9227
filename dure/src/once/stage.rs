//! What the job is played on.

use dure_db::Db;
use dure_ledger_client::LedgerClient;

use super::checks::Checks;
use crate::{demo::Cluster, setup::Deployment};

/// What every step works with.
pub struct Stage {
    /// The deployment.
    pub deployment: Deployment,
    /// Its processes.
    pub cluster: Cluster,
    /// A client of all nodes.
    pub client: LedgerClient,
    /// The database.
    pub db: Db,
    /// What held.
    pub checks: Checks,
    /// Submit → final of every measured payment, ms.
    pub finality_ms: Vec<u64>,
}
