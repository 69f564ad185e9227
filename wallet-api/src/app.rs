//! What the routes and workers share.

use std::sync::Arc;

use dure_db::Db;
use dure_ledger_client::LedgerClient;
use dure_proof::Pinned;
use dure_score::ChainId;
use dure_service::{device::Pins, follower::Progress, ledger::Officer};
use dure_web::Web;

use crate::{config, limits::Limits, live::Hub, registrar::Registrars};

/// One running service. Shared behind an `Arc`.
pub struct App {
    /// SQL.
    pub db: Db,
    /// The ledger.
    pub client: LedgerClient,
    /// The channel's name.
    pub chain: ChainId,
    /// What proofs are checked against.
    pub pinned: Pinned,
    /// The registrar's officer: registers people, certifies and revokes devices.
    pub officer: Arc<Officer>,
    /// The PINs of people's devices.
    pub pins: Arc<Pins>,
    /// Who vouches for people.
    pub registrars: Registrars,
    /// Pages and static files.
    pub web: Web,
    /// Open event streams.
    pub hub: Hub,
    /// How far the read model has come.
    pub progress: Progress,
    /// Rate limits.
    pub limits: Limits,
    /// Where people transfer won to.
    pub charge: config::Charge,
    /// Where people reach the wallet, for links in letters: no slash at its end.
    pub public_url: Option<String>,
    /// Certificate of the authority that `/trust` hands out, PEM.
    pub authority: Option<Vec<u8>>,
    /// Cookies without `Secure`.
    pub insecure_cookies: bool,
}
