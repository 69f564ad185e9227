//! What the handlers share.

use std::{path::PathBuf, sync::Arc};

use dure_score::PublicKey;

use super::limits::Limits;
use crate::{
    api::access::Access,
    history::ledger::Ledger,
    ingress::{admission::Admission, pool::Pool},
    operations::disk::Disk,
};

/// What the handlers share.
pub struct Api {
    /// The ledger that is served.
    pub ledger: Arc<Ledger>,
    /// What waits for a block.
    pub pool: Arc<Pool>,
    /// Where transactions come in.
    pub admission: Arc<Admission>,
    /// Who may ask what.
    pub access: Access,
    /// The disk that everything is on.
    pub disk: Arc<Disk>,
    /// This node's validator key.
    pub node: PublicKey,
    /// The other nodes' base URLs.
    pub peers: Vec<String>,
    /// Folder of this node's snapshots.
    pub snapshots: PathBuf,
    /// How much one sender may ask.
    pub limits: Limits,
    /// Connections that one address may hold open.
    pub connections_per_address: usize,
}
