//! What the settlement can be told, and from where: flags and `DURE_SETTLEMENT_*` variables win over the TOML file, that over
//! the defaults.

use std::path::PathBuf;

use dure_service::config::{self, Configuration, SettingsError, settings};
use serde::{Deserialize, Serialize};

use crate::error::SettlementError;

/// Flags and variables, each of which overrides the file.
pub type Overrides = config::Overrides<Config>;

/// How payees' names are written in payment files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Names {
    /// As the account holder is registered, Hangul included.
    Unicode,
    /// In the Latin letters that every bank takes, from the English name.
    Latin,
}

settings! {
    /// The process's settings.
    pub struct Config {
        values {
            /// The deployment's database: sqlite://path or postgres://….
            database_url: String = config::local_database(),
            /// Ledger nodes, tried in turn: http://host:port, separated by commas.
            nodes: Vec<String> = config::local_nodes(),
            /// Key file of the bank's officer who charges and settles.
            key_file: PathBuf = PathBuf::from("data/keys/bank-1.json"),
            /// Passphrase of that file; prefer the variable, arguments are visible to other users of the machine.
            key_passphrase: String = String::new(),
            /// Folder that the bank reads payment files from.
            bank_inbox: PathBuf = PathBuf::from("data/bank/inbox"),
            /// Folder that the bank writes its files into.
            bank_outbox: PathBuf = PathBuf::from("data/bank/outbox"),
            /// Our own folder: a copy of each payment file under its date.
            dir: PathBuf = PathBuf::from("data/settlement"),
            /// Name of the holder of the collection account.
            debtor: String = "Dure collection account".to_owned(),
            /// Number of the collection account.
            debtor_account: String = "100-000-000001".to_owned(),
            /// Clearing code of the bank that keeps it.
            debtor_bank: String = "999".to_owned(),
            /// How payees' names are written in payment files: unicode or latin.
            names: Names = Names::Unicode,
            /// Civil time of the channel, minutes east of UTC.
            utc_offset_minutes: u32 = 540,
            /// How long a run waits for the bank's answers, seconds.
            wait_seconds: u64 = 60,
            /// Pause between two looks into the bank's folder, ms.
            poll_ms: u64 = 300,
            /// A newer list of bank holidays than the built-in one: lines of YYYY-MM-DD,name below a heading.
            holidays: Option<PathBuf> = None,
        }
    }
}

impl Configuration for Config {
    const PREFIX: &'static str = "DURE_SETTLEMENT_";
}

impl Config {
    /// Puts the settings together. Refuses unknown keys, unknown variables and values out of range.
    pub fn load(overrides: Overrides) -> Result<Self, SettlementError> {
        let refused = |error: SettingsError| SettlementError::Config(error.to_string());
        let config: Self = config::load(&overrides, config::environment(Self::PREFIX)).map_err(refused)?;
        config.check().map_err(refused)?;
        Ok(config)
    }

    fn check(&self) -> Result<(), SettingsError> {
        config::check(&config::ledger_rules(&self.nodes, &self.database_url))?;
        let text = |text: &str, max: usize| {
            !text.trim().is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control)
        };
        config::check(&[
            (text(&self.debtor, 140), "debtor: 1 to 140 characters"),
            (text(&self.debtor_account, 34), "debtor_account: 1 to 34 characters"),
            (text(&self.debtor_bank, 35), "debtor_bank: 1 to 35 characters"),
            // A day: a batch that waits longer is run again.
            ((1..=86_400).contains(&self.wait_seconds), "wait_seconds: 1 to 86400"),
            ((10..=60_000).contains(&self.poll_ms), "poll_ms: 10 to 60000"),
            (self.utc_offset_minutes < 24 * 60, "utc_offset_minutes: below 1440"),
        ])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn load(text: &str) -> Result<Config, SettlementError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settlement.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(Overrides::file(path))
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let config = load("wait_seconds = 5\nnames = 'latin'").unwrap();
        assert_eq!((config.wait_seconds, config.names, config.poll_ms), (5, Names::Latin, 300));
        assert_eq!(Config::load(Overrides::default().with("wait_seconds", "7")).unwrap().wait_seconds, 7);
    }

    #[test]
    fn what_is_written_can_be_read() {
        let config = Config { holidays: Some(PathBuf::from("days.csv")), ..Config::default() };
        assert_eq!(load(&toml::to_string(&config).unwrap()).unwrap(), config);
    }

    #[test]
    fn unknown_keys_and_values_out_of_range_are_refused() {
        for text in [
            "port = 9",
            "nodes = []",
            "nodes = ['x']",
            "poll_ms = 1",
            "database_url = 'mysql://x'",
            "debtor = ''",
        ] {
            assert_eq!(load(text).unwrap_err().code(), "CONFIG", "{text}");
        }
    }
}
