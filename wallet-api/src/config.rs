//! What can be set, and from where: flags and `DURE_WALLET_*` variables win over the TOML file, that over the
//! defaults. A key that nobody knows is refused.

mod overrides;
mod sections;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::start::StartError;
pub use overrides::Overrides;
pub use sections::{Charge, Limits, Mail, MailTransport, Place, Registrar};

/// The process's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address of the pages and endpoints.
    pub listen: SocketAddr,
    /// Where people reach the wallet, such as `https://wallet.example.kr`: for links in letters, which have none without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Certificate of an authority that phones are told how to trust (`/trust`): for a service with a certificate of its own making.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority_file: Option<PathBuf>,
    /// The deployment's database: `sqlite://path` or `postgres://…`.
    pub database_url: String,
    /// Ledger nodes, tried in turn: `http://host:port`.
    pub nodes: Vec<String>,
    /// Key file of the registrar's officer who certifies people's devices.
    pub key_file: PathBuf,
    /// Passphrase of that file. Better given as `DURE_WALLET_KEY_PASSPHRASE`.
    pub key_passphrase: String,
    /// Cookies without `Secure`, for a demo on plain HTTP.
    pub insecure_cookies: bool,
    /// Folder of the built web assets; found by itself when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assets_dir: Option<PathBuf>,
    /// HTTP threads.
    pub workers: usize,
    /// The city or campus, for the pages' header.
    pub place: Place,
    /// Who vouches for people; whoever names none means the first.
    pub registrars: Vec<Registrar>,
    /// How mail leaves.
    pub mail: Mail,
    /// Where people transfer won to.
    pub charge: Charge,
    /// How often one may try.
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            authority_file: None,
            database_url: "sqlite://data/dure.sqlite".to_owned(),
            nodes: (7101..=7104).map(|port| format!("http://127.0.0.1:{port}")).collect(),
            key_file: PathBuf::from("data/keys/wallet.json"),
            key_passphrase: String::new(),
            insecure_cookies: false,
            assets_dir: None,
            workers: 2,
            place: Place::default(),
            registrars: vec![Registrar::default()],
            mail: Mail::default(),
            charge: Charge::default(),
            limits: Limits::default(),
        }
    }
}

impl Config {
    /// Puts the settings together. Refuses unknown keys, unknown `DURE_WALLET_*` variables, values out of range.
    pub fn load(overrides: Overrides) -> Result<Self, StartError> {
        overrides::refuse_unknown_variables(std::env::vars_os().map(|(name, _)| name))?;
        let mut config = match &overrides.config {
            Some(path) => Self::read(path)?,
            None => Self::default(),
        };
        overrides.apply(&mut config);
        config.check()?;
        Ok(config)
    }

    fn read(path: &Path) -> Result<Self, StartError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| StartError::Config(format!("{}: {error}", path.display())))?;
        Self::parse(&text).map_err(|error| StartError::Config(format!("{}: {error}", path.display())))
    }

    fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    fn check(&self) -> Result<(), StartError> {
        let refuse = |what: &str| Err(StartError::Config(what.to_owned()));
        if self.nodes.is_empty() || self.nodes.iter().any(|node| !node.starts_with("http")) {
            return refuse("nodes must name at least one http:// address");
        }
        if !(1..=64).contains(&self.workers) {
            return refuse("workers must be 1 to 64");
        }
        if self.public_url.as_ref().is_some_and(|url| !url.starts_with("http")) {
            return refuse("public_url must begin with https:// or http://");
        }
        if self.insecure_cookies && !self.listen.ip().is_loopback() {
            return refuse("insecure_cookies is only for a loopback address");
        }
        self.registrars.iter().try_for_each(Registrar::check)?;
        self.limits.check()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_may_set_anything_known_and_nothing_else() {
        let text = "listen = '127.0.0.1:9000'\n[mail]\ntransport = 'smtp'\nport = 2525\n[limits]\nlookup_per_minute = 3\n";
        let config = Config::parse(text).unwrap();
        assert_eq!(config.listen.port(), 9000);
        assert_eq!((config.mail.transport, config.mail.port), (MailTransport::Smtp, 2525));
        assert_eq!(config.limits.lookup_per_minute, 3);
        for bad in ["listne = 'x'", "[mail]\nhots = 'x'", "listen = 7", "[mail]\ntransport = 'pigeon'"] {
            assert!(Config::parse(bad).is_err(), "{bad}");
        }
        let written = toml::to_string(&Config::default()).unwrap();
        assert_eq!(Config::parse(&written).unwrap(), Config::default());
    }

    #[test]
    fn values_out_of_range_are_refused() {
        let check = |change: fn(&mut Config)| {
            let mut config = Config::default();
            change(&mut config);
            config.check().is_ok()
        };
        assert!(check(|_| {}));
        assert!(!check(|c| c.nodes.clear()));
        assert!(!check(|c| c.workers = 0));
        assert!(!check(|c| c.limits.unlock_per_minute = 0));
        assert!(!check(|c| {
            c.listen = SocketAddr::from(([0, 0, 0, 0], 1));
            c.insecure_cookies = true;
        }));
    }
}
