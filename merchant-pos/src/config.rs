//! What can be set, and from where: flags and `DURE_TILL_*` variables win over the TOML file, that over the defaults.
//! A key that nobody knows is refused: a misspelt setting that is silently ignored costs more than a process that does
//! not start.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::Parser;
use serde::{Deserialize, Serialize};

use crate::error::PosError;

const VARIABLE_PREFIX: &str = "DURE_TILL_";
/// The variables that this process reads; any other name with the prefix is refused.
const KNOWN_VARIABLES: [&str; 11] = [
    "DURE_TILL_CONFIG",
    "DURE_TILL_LISTEN",
    "DURE_TILL_DATABASE_URL",
    "DURE_TILL_NODES",
    "DURE_TILL_KEY_FILE",
    "DURE_TILL_KEY_PASSPHRASE",
    "DURE_TILL_INSECURE_COOKIES",
    "DURE_TILL_ASSETS_DIR",
    "DURE_TILL_WORKERS",
    "DURE_TILL_PLACE_KO",
    "DURE_TILL_PLACE_EN",
];

/// The process's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address of the till's pages and endpoints.
    pub listen: SocketAddr,
    /// The deployment's database: `sqlite://path` or `postgres://…`.
    pub database_url: String,
    /// Ledger nodes, tried in turn: `http://host:port`.
    pub nodes: Vec<String>,
    /// Key file of the registrar's officer who certifies tills.
    pub key_file: PathBuf,
    /// Passphrase of that file. Better given as `DURE_TILL_KEY_PASSPHRASE`.
    pub key_passphrase: String,
    /// Cookies without `Secure`, for a demo on plain HTTP.
    pub insecure_cookies: bool,
    /// Folder of the built web assets; found by itself when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assets_dir: Option<PathBuf>,
    /// HTTP threads.
    pub workers: usize,
    /// The city or campus, as named in the header of every page.
    pub place: Place,
}

/// `[place]`: the city or campus. Empty names show the product's name alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Place {
    /// Korean name.
    pub ko: String,
    /// English name.
    pub en: String,
}

/// Flags and variables, each of which overrides the file.
#[derive(Debug, Clone, Default, Parser)]
#[command(name = "merchant-pos", version, about = "The till: orders, QR codes, live payments, refunds")]
pub struct Overrides {
    /// TOML file with the settings below, by the same names with underscores
    #[arg(long, env = "DURE_TILL_CONFIG")]
    pub config: Option<PathBuf>,
    /// Address of the pages and endpoints [default: 127.0.0.1:8081]
    #[arg(long, env = "DURE_TILL_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// sqlite://path or postgres://… [default: sqlite://data/dure.sqlite]
    #[arg(long, env = "DURE_TILL_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Ledger nodes, separated by commas [default: http://127.0.0.1:7101 … 7104]
    #[arg(long, env = "DURE_TILL_NODES", value_delimiter = ',')]
    pub nodes: Option<Vec<String>>,
    /// Key file of the registrar's officer who certifies tills [default: data/keys/till.json]
    #[arg(long, env = "DURE_TILL_KEY_FILE")]
    pub key_file: Option<PathBuf>,
    /// Passphrase of the key file; prefer the variable, arguments are visible to other users of the machine
    #[arg(long, env = "DURE_TILL_KEY_PASSPHRASE", hide_env_values = true)]
    pub key_passphrase: Option<String>,
    /// Cookies without `Secure`: plain HTTP on one machine only (true or false)
    #[arg(long, env = "DURE_TILL_INSECURE_COOKIES")]
    pub insecure_cookies: Option<bool>,
    /// Folder of the built web assets
    #[arg(long, env = "DURE_TILL_ASSETS_DIR")]
    pub assets_dir: Option<PathBuf>,
    /// HTTP threads, 1 to 64 [default: 2]
    #[arg(long, env = "DURE_TILL_WORKERS")]
    pub workers: Option<usize>,
    /// Korean name of the city or campus
    #[arg(long, env = "DURE_TILL_PLACE_KO")]
    pub place_ko: Option<String>,
    /// English name of the city or campus
    #[arg(long, env = "DURE_TILL_PLACE_EN")]
    pub place_en: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
            database_url: "sqlite://data/dure.sqlite".to_owned(),
            nodes: (7101..=7104).map(|port| format!("http://127.0.0.1:{port}")).collect(),
            key_file: PathBuf::from("data/keys/till.json"),
            key_passphrase: String::new(),
            insecure_cookies: false,
            assets_dir: None,
            workers: 2,
            place: Place::default(),
        }
    }
}

impl Config {
    /// Puts the settings together. Refuses unknown keys, unknown `DURE_TILL_*` variables and values out of range.
    pub fn load(overrides: Overrides) -> Result<Self, PosError> {
        refuse_unknown_variables(std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()))?;
        let mut config = match &overrides.config {
            Some(path) => Self::read(path)?,
            None => Self::default(),
        };
        set(&mut config.listen, overrides.listen);
        set(&mut config.database_url, overrides.database_url);
        set(&mut config.nodes, overrides.nodes);
        set(&mut config.key_file, overrides.key_file);
        set(&mut config.key_passphrase, overrides.key_passphrase);
        set(&mut config.insecure_cookies, overrides.insecure_cookies);
        set(&mut config.workers, overrides.workers);
        set(&mut config.place.ko, overrides.place_ko);
        set(&mut config.place.en, overrides.place_en);
        config.assets_dir = overrides.assets_dir.or(config.assets_dir);
        config.check()?;
        Ok(config)
    }

    fn read(path: &Path) -> Result<Self, PosError> {
        let refuse = |reason: String| PosError::Config(format!("{}: {reason}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
        toml::from_str(&text).map_err(|error| refuse(error.to_string()))
    }

    fn check(&self) -> Result<(), PosError> {
        let refuse = |reason: &str| Err(PosError::Config(reason.to_owned()));
        // A few dozen is more than any channel has validators; each is tried before a request fails.
        if self.nodes.is_empty() || self.nodes.len() > 64 {
            return refuse("nodes: name 1 to 64 ledger nodes");
        }
        if self.nodes.iter().any(|node| !node.starts_with("http://") && !node.starts_with("https://")) {
            return refuse("nodes: each is http://host:port or https://host:port");
        }
        if !self.database_url.starts_with("sqlite://") && !self.database_url.starts_with("postgres") {
            return refuse("database_url: sqlite://path or postgres://…");
        }
        if !(1..=64).contains(&self.workers) {
            return refuse("workers: 1 to 64");
        }
        if self.insecure_cookies && !self.listen.ip().is_loopback() {
            return refuse("insecure_cookies: only with a loopback address in listen");
        }
        Ok(())
    }
}

fn set<T>(slot: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *slot = value;
    }
}

fn refuse_unknown_variables(names: impl Iterator<Item = String>) -> Result<(), PosError> {
    for name in names {
        if name.starts_with(VARIABLE_PREFIX) && !KNOWN_VARIABLES.contains(&name.as_str()) {
            return Err(PosError::Config(format!("unknown environment variable {name}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn load(text: &str) -> Result<Config, PosError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("till.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(Overrides { config: Some(path), ..Overrides::default() })
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let config = load("listen = '127.0.0.1:9000'\nworkers = 4\n[place]\nko = '새별시'").unwrap();
        assert_eq!((config.listen.port(), config.workers), (9000, 4));
        assert_eq!(config.place.ko, "새별시");
        assert_eq!(config.database_url, "sqlite://data/dure.sqlite");
        let flags = Overrides { workers: Some(3), ..Overrides::default() };
        assert_eq!(Config::load(flags).unwrap().workers, 3);
    }

    #[test]
    fn what_is_written_can_be_read() {
        let config = Config { assets_dir: Some(PathBuf::from("dist")), ..Config::default() };
        assert_eq!(load(&toml::to_string(&config).unwrap()).unwrap(), config);
    }

    #[test]
    fn unknown_keys_and_values_out_of_range_are_refused() {
        for text in [
            "port = 9",
            "listen = 8081",
            "nodes = []",
            "nodes = ['127.0.0.1:7101']",
            "workers = 0",
            "database_url = 'mysql://x'",
            "listen = '0.0.0.0:8081'\ninsecure_cookies = true",
        ] {
            assert_eq!(load(text).unwrap_err().code(), "CONFIG_INVALID", "{text}");
        }
        let names = ["PATH", "DURE_TILL_LISTEN", "DURE_TILL_LISTNE"].map(str::to_owned);
        assert!(refuse_unknown_variables(names.into_iter()).unwrap_err().to_string().contains("LISTNE"));
    }
}
