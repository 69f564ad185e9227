//! `dure init`: a new deployment from a city's data files: keys, ids, genesis, one configuration file a process.

mod configs;
mod genesis;
mod keys;
mod layout;
mod members;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use dure_ledger_client::LedgerClient;
use dure_score::{ChainId, Genesis, PublicKey};

use crate::{city::City, error::DureError, process::Ports, signatory::Signatory};

pub use configs::{SERVICES, Service, local};
pub use layout::{Layout, read_text, write_private};
pub use members::Members;

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

impl Deployment {
    /// Makes keys, ids and genesis below `root` if that has not been done, and in any case writes the
    /// configuration files for `ports`.
    pub fn init(root: &Path, city: &Path, ports: Ports) -> Result<Self, DureError> {
        let layout = Layout::new(root)?;
        if !layout.is_initialised() {
            create(&layout, &City::read(city)?)?;
        }
        Self::open(layout, ports)
    }

    /// Opens what was last started in `layout`, with the ports that it used.
    pub fn reopen(layout: Layout) -> Result<Self, DureError> {
        let path = layout.ports();
        let ports = if path.is_file() {
            serde_json::from_str(&read_text(&path)?).map_err(|error| DureError::file(&path, error))?
        } else {
            Ports::published()
        };
        Self::open(layout, ports)
    }

    /// Opens what [`Deployment::init`] made, from now on at `ports`.
    pub fn open(layout: Layout, ports: Ports) -> Result<Self, DureError> {
        let members = Members::read(&layout)?;
        let city = City::read(&members.city)?;
        let path = layout.genesis();
        let genesis: Genesis =
            serde_json::from_str(&read_text(&path)?).map_err(|error| DureError::file(&path, error))?;
        let passphrase = keys::passphrase(&layout)?;
        let database_url = std::env::var("DURE_DATABASE_URL").unwrap_or_else(|_| layout.database_url());
        let (chain, validators) = (genesis.chain, genesis.validators);
        let deployment =
            Self { layout, city, members, chain, validators, passphrase, ports, outside: None, database_url };
        configs::write(&deployment)?;
        let path = deployment.layout.ports();
        let json = serde_json::to_vec(&deployment.ports).map_err(|error| DureError::file(&path, error))?;
        write_private(&path, &json)?;
        Ok(deployment)
    }

    /// Writes the configuration files anew for people on other machines.
    pub fn reached_from(mut self, outside: Outside) -> Result<Self, DureError> {
        self.outside = Some(outside);
        configs::write(&self)?;
        Ok(self)
    }

    /// The officer whose key file is called `name`.
    pub fn key(&self, name: &str, client: &LedgerClient) -> Result<Signatory, DureError> {
        Signatory::open(&self.layout, name, &self.passphrase, client, &self.chain)
    }
}

fn create(layout: &Layout, city: &City) -> Result<(), DureError> {
    layout.make_folders()?;
    let members = Members::draw(city);
    let passphrase = keys::passphrase(layout)?;
    let validators = keys::validators(layout)?;
    let mut officers = BTreeMap::new();
    for name in city.institutions.iter().flat_map(|institution| &institution.keys) {
        officers.insert(name.clone(), keys::officer(layout, name, &passphrase)?);
    }
    let genesis = genesis::build(city, &members, &officers, validators, now_ms())?;
    let path = layout.genesis();
    let json = serde_json::to_vec_pretty(&genesis).map_err(|error| DureError::file(&path, error))?;
    write_private(&path, &json)?;
    // Last: its presence says that all the rest is there.
    members.write(&layout.members())
}

/// Milliseconds since 1970 UTC by this machine's clock; 0 if the clock is before that.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
