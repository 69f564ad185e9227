//! `dure init`: a new deployment from a city's data files: keys, ids, genesis, one configuration file a process.

mod configs;
mod deployment;
mod genesis;
mod keys;
mod layout;
mod members;

use std::{collections::BTreeMap, path::Path};

use dure_score::Genesis;

use crate::{city::City, error::DureError, process::Ports};

pub use configs::{SERVICES, Service, local};
pub use deployment::{Deployment, Outside, now_ms};
pub use layout::{Layout, read_text, write_private};
pub use members::Members;

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
