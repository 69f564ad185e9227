//! What a deployment is, once it has been made.

use std::{
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

use dure_score::{ChainId, PublicKey};

use super::{layout::Layout, members::Members};
use crate::{city::City, process::Ports};

/// How people reach the services from other machines.
#[derive(Debug, Clone)]
pub struct Outside {
    /// The wallet's address.
    pub wallet_url: String,
    /// Certificate of the authority behind it, which phones can be told to trust.
    pub authority: PathBuf,
}

/// An initialised deployment, opened.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// Where everything lies.
    pub layout: Layout,
    /// The city's data files.
    pub city: City,
    /// Ids given out.
    pub members: Members,
    /// The channel.
    pub chain: ChainId,
    /// The validators' keys, in their order.
    pub validators: Vec<PublicKey>,
    /// What opens the officers' key files.
    pub passphrase: String,
    /// Where every process listens.
    pub ports: Ports,
    /// If other machines reach it: from where.
    pub outside: Option<Outside>,
    /// The database: `DURE_DATABASE_URL`, or SQLite in the data folder.
    pub database_url: String,
}

/// Milliseconds since 1970 UTC by this machine's clock; 0 if the clock is before that.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
