//! What can be set, and from where: flags win over `DURE_BANK_*` variables, those over the TOML file, that over
//! the defaults. A key that nobody knows is refused, because a misspelt setting that is silently ignored costs more
//! than a process that does not start.

use crate::error::BankError;
use clap::Parser;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The variables that this process reads; any other name with the same prefix is refused.
const KNOWN_VARIABLES: [&str; 3] = ["DURE_BANK_CONFIG", "DURE_BANK_LISTEN", "DURE_BANK_DIR"];
const VARIABLE_PREFIX: &str = "DURE_BANK_";

/// The process's settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address of the page and the JSON endpoints. Loopback only: the bank has no log-in.
    pub listen: SocketAddr,
    /// Folder of `inbox/`, `outbox/`, `archive/` and the book.
    pub dir: PathBuf,
    /// The account that customers pay into and that payouts are drawn on.
    pub collection: CollectionAccount,
}

/// The customer's account at this bank.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CollectionAccount {
    /// Account number as the bank prints it; hyphens and spaces do not count when numbers are compared.
    pub number: String,
    /// Name of the account.
    pub name: String,
}

/// Flags and variables, each of which overrides the file.
#[derive(Debug, Clone, Default, Parser)]
#[command(
    name = "sandbox-bank",
    version,
    about = "A bank to practise with: ISO 20022 files and a small page"
)]
pub struct Overrides {
    /// TOML file with `listen`, `dir` and `[collection] number, name`
    #[arg(long, env = "DURE_BANK_CONFIG")]
    pub config: Option<PathBuf>,
    /// Address of the page and the endpoints, loopback only [default: 127.0.0.1:8090]
    #[arg(long, env = "DURE_BANK_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// Folder of inbox, outbox, archive and book [default: data/bank]
    #[arg(long, env = "DURE_BANK_DIR")]
    pub dir: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8090)),
            dir: PathBuf::from("data/bank"),
            collection: CollectionAccount::default(),
        }
    }
}

impl Default for CollectionAccount {
    fn default() -> Self {
        Self { number: "100-000-000001".to_owned(), name: "Dure collection account".to_owned() }
    }
}

impl Config {
    /// Puts the settings together. Refuses unknown keys, unknown `DURE_BANK_*` variables, an address that other
    /// machines can reach, and an account that does not fit into a bank file.
    pub fn load(overrides: Overrides) -> Result<Self, BankError> {
        refuse_unknown_variables()?;
        let mut config = match &overrides.config {
            Some(path) => Self::read(path)?,
            None => Self::default(),
        };
        if let Some(listen) = overrides.listen {
            config.listen = listen;
        }
        if let Some(dir) = overrides.dir {
            config.dir = dir;
        }
        config.check()?;
        Ok(config)
    }

    fn read(path: &Path) -> Result<Self, BankError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| BankError::io("read the settings", path, source))?;
        toml::from_str(&text)
            .map_err(|error| BankError::Config { reason: format!("{}: {error}", path.display()) })
    }

    fn check(&self) -> Result<(), BankError> {
        let refuse = |reason: String| Err(BankError::Config { reason });
        if !self.listen.ip().is_loopback() {
            return refuse(format!(
                "listen {} is not a loopback address; the bank has no log-in",
                self.listen
            ));
        }
        if !crate::book::is_account_number(&self.collection.number) {
            return refuse(
                "collection.number must have 1 to 34 letters, digits, hyphens or spaces".to_owned(),
            );
        }
        // 70 is what ISO 20022 leaves for an account's name (Max70Text).
        if !crate::text::is_text(&self.collection.name, 70) {
            return refuse("collection.name must have 1 to 70 printable characters".to_owned());
        }
        Ok(())
    }
}

fn refuse_unknown_variables() -> Result<(), BankError> {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with(VARIABLE_PREFIX) && !KNOWN_VARIABLES.contains(&name.as_ref()) {
            return Err(BankError::Config { reason: format!("unknown environment variable {name}") });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn load(text: &str) -> Result<Config, BankError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bank.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(Overrides { config: Some(path), ..Overrides::default() })
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let config = load("listen = '127.0.0.1:9000'\n[collection]\nnumber = '1-2'").unwrap();
        assert_eq!(config.listen.port(), 9000);
        assert_eq!(config.dir, PathBuf::from("data/bank"));
        assert_eq!(config.collection.number, "1-2");
    }

    #[test]
    fn unknown_keys_foreign_addresses_and_bad_accounts_are_refused() {
        for text in [
            "port = 9",
            "[collection]\nnummer = '1'",
            "listen = '0.0.0.0:8090'",
            "listen = 8090",
            "[collection]\nnumber = ''",
            "[collection]\nname = \"a\\u0007b\"",
        ] {
            assert_eq!(load(text).unwrap_err().code(), "config_invalid", "{text}");
        }
    }
}
