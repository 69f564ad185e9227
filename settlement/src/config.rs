//! What can be set, and from where: `DURE_SETTLEMENT_*` variables win over the TOML file, that over the defaults.
//! A key that nobody knows is refused.

use crate::error::SettlementError;
use clap::Args;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const VARIABLE_PREFIX: &str = "DURE_SETTLEMENT_";

/// How payees' names are written in payment files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Names {
    /// As the account holder is registered, Hangul included.
    Unicode,
    /// In the Latin letters that every bank takes, from the English name.
    Latin,
}

/// The process's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The deployment's database: `sqlite://path` or `postgres://…`.
    pub database_url: String,
    /// Ledger nodes, tried in turn.
    pub nodes: Vec<String>,
    /// Key file of the bank's officer who charges and settles.
    pub key_file: PathBuf,
    /// Passphrase of that file. Better given as `DURE_SETTLEMENT_KEY_PASSPHRASE`.
    pub key_passphrase: String,
    /// Folder that the bank reads payment files from.
    pub bank_inbox: PathBuf,
    /// Folder that the bank writes its files into.
    pub bank_outbox: PathBuf,
    /// Our own folder: a copy of each payment file under its date.
    pub dir: PathBuf,
    /// Name of the holder of the collection account.
    pub debtor: String,
    /// Number of the collection account.
    pub debtor_account: String,
    /// Clearing code of the bank that keeps it.
    pub debtor_bank: String,
    /// How payees' names are written.
    pub names: Names,
    /// Civil time of the channel, minutes east of UTC.
    pub utc_offset_minutes: u32,
    /// How long a run waits for the bank's answers, seconds.
    pub wait_seconds: u64,
    /// Pause between two looks into the bank's folder, ms.
    pub poll_ms: u64,
    /// A newer list of bank holidays than the built-in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holidays: Option<PathBuf>,
}

/// Flags and variables, each of which overrides the file.
#[derive(Clone, Debug, Default, Args)]
pub struct Overrides {
    /// TOML file with the settings below, by the same names with underscores
    #[arg(long, global = true, env = "DURE_SETTLEMENT_CONFIG")]
    pub config: Option<PathBuf>,
    /// sqlite://path or postgres://… [default: sqlite://data/dure.sqlite]
    #[arg(long, global = true, env = "DURE_SETTLEMENT_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Ledger nodes, separated by commas [default: http://127.0.0.1:7101 … 7104]
    #[arg(long, global = true, env = "DURE_SETTLEMENT_NODES", value_delimiter = ',')]
    pub nodes: Option<Vec<String>>,
    /// Key file of the bank's officer [default: data/keys/bank-1.json]
    #[arg(long, global = true, env = "DURE_SETTLEMENT_KEY_FILE")]
    pub key_file: Option<PathBuf>,
    /// Passphrase of the key file; prefer the variable, arguments are visible to other users of the machine
    #[arg(long, global = true, env = "DURE_SETTLEMENT_KEY_PASSPHRASE", hide_env_values = true)]
    pub key_passphrase: Option<String>,
    /// Folder that the bank reads [default: data/bank/inbox]
    #[arg(long, global = true, env = "DURE_SETTLEMENT_BANK_INBOX")]
    pub bank_inbox: Option<PathBuf>,
    /// Folder that the bank writes [default: data/bank/outbox]
    #[arg(long, global = true, env = "DURE_SETTLEMENT_BANK_OUTBOX")]
    pub bank_outbox: Option<PathBuf>,
    /// Folder for copies of payment files [default: data/settlement]
    #[arg(long, global = true, env = "DURE_SETTLEMENT_DIR")]
    pub dir: Option<PathBuf>,
    /// Number of the collection account [default: 100-000-000001]
    #[arg(long, global = true, env = "DURE_SETTLEMENT_DEBTOR_ACCOUNT")]
    pub debtor_account: Option<String>,
    /// Payees' names in payment files
    #[arg(long, global = true, env = "DURE_SETTLEMENT_NAMES")]
    pub names: Option<Names>,
    /// How long a run waits for the bank, seconds [default: 60]
    #[arg(long, global = true, env = "DURE_SETTLEMENT_WAIT_SECONDS")]
    pub wait_seconds: Option<u64>,
    /// Pause between two looks into the bank's folder, ms [default: 300]
    #[arg(long, global = true, env = "DURE_SETTLEMENT_POLL_MS")]
    pub poll_ms: Option<u64>,
    /// File of bank holidays, lines of YYYY-MM-DD,name below a heading
    #[arg(long, global = true, env = "DURE_SETTLEMENT_HOLIDAYS")]
    pub holidays: Option<PathBuf>,
}

/// The variables that this process reads.
const KNOWN_VARIABLES: [&str; 13] = [
    "CONFIG",
    "DATABASE_URL",
    "NODES",
    "KEY_FILE",
    "KEY_PASSPHRASE",
    "BANK_INBOX",
    "BANK_OUTBOX",
    "DIR",
    "DEBTOR_ACCOUNT",
    "NAMES",
    "WAIT_SECONDS",
    "POLL_MS",
    "HOLIDAYS",
];

impl Default for Config {
    fn default() -> Self {
        Self {
            database_url: "sqlite://data/dure.sqlite".to_owned(),
            nodes: (7101..=7104).map(|port| format!("http://127.0.0.1:{port}")).collect(),
            key_file: PathBuf::from("data/keys/bank-1.json"),
            key_passphrase: String::new(),
            bank_inbox: PathBuf::from("data/bank/inbox"),
            bank_outbox: PathBuf::from("data/bank/outbox"),
            dir: PathBuf::from("data/settlement"),
            debtor: "Dure collection account".to_owned(),
            debtor_account: "100-000-000001".to_owned(),
            debtor_bank: "999".to_owned(),
            names: Names::Unicode,
            utc_offset_minutes: 540,
            wait_seconds: 60,
            poll_ms: 300,
            holidays: None,
        }
    }
}

impl Config {
    /// Puts the settings together. Refuses unknown keys, unknown variables and values out of range.
    pub fn load(overrides: Overrides) -> Result<Self, SettlementError> {
        refuse_unknown_variables(std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()))?;
        let mut config = match &overrides.config {
            Some(path) => Self::read(path)?,
            None => Self::default(),
        };
        // One variable names the database of the whole deployment; the process's own wins over it.
        let shared = std::env::var("DURE_DATABASE_URL").ok();
        set(&mut config.database_url, overrides.database_url.or(shared));
        set(&mut config.nodes, overrides.nodes);
        set(&mut config.key_file, overrides.key_file);
        set(&mut config.key_passphrase, overrides.key_passphrase);
        set(&mut config.bank_inbox, overrides.bank_inbox);
        set(&mut config.bank_outbox, overrides.bank_outbox);
        set(&mut config.dir, overrides.dir);
        set(&mut config.debtor_account, overrides.debtor_account);
        set(&mut config.names, overrides.names);
        set(&mut config.wait_seconds, overrides.wait_seconds);
        set(&mut config.poll_ms, overrides.poll_ms);
        config.holidays = overrides.holidays.or(config.holidays);
        config.check()?;
        Ok(config)
    }

    fn read(path: &Path) -> Result<Self, SettlementError> {
        let refuse = |reason: String| SettlementError::Config(format!("{}: {reason}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
        toml::from_str(&text).map_err(|error| refuse(error.to_string()))
    }

    fn check(&self) -> Result<(), SettlementError> {
        let text = |text: &str, max: usize| {
            !text.trim().is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control)
        };
        let rules = [
            ((1..=64).contains(&self.nodes.len()), "nodes: name 1 to 64 ledger nodes"),
            (self.nodes.iter().all(|node| node.starts_with("http")), "nodes: each is http(s)://host:port"),
            (
                self.database_url.starts_with("sqlite://") || self.database_url.starts_with("postgres"),
                "database_url: sqlite://path or postgres://…",
            ),
            (text(&self.debtor, 140), "debtor: 1 to 140 characters"),
            (text(&self.debtor_account, 34), "debtor_account: 1 to 34 characters"),
            (text(&self.debtor_bank, 35), "debtor_bank: 1 to 35 characters"),
            // A day: a batch that waits longer is run again.
            ((1..=86_400).contains(&self.wait_seconds), "wait_seconds: 1 to 86400"),
            ((10..=60_000).contains(&self.poll_ms), "poll_ms: 10 to 60000"),
            (self.utc_offset_minutes < 24 * 60, "utc_offset_minutes: below 1440"),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            Some((_, rule)) => Err(SettlementError::Config(rule.to_owned())),
            None => Ok(()),
        }
    }
}

fn set<T>(slot: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *slot = value;
    }
}

fn refuse_unknown_variables(names: impl Iterator<Item = String>) -> Result<(), SettlementError> {
    for name in names {
        if let Some(key) = name.strip_prefix(VARIABLE_PREFIX)
            && !KNOWN_VARIABLES.contains(&key)
        {
            return Err(SettlementError::Config(format!("unknown environment variable {name}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn load(text: &str) -> Result<Config, SettlementError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settlement.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(Overrides { config: Some(path), ..Overrides::default() })
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let config = load("wait_seconds = 5\nnames = 'latin'").unwrap();
        assert_eq!((config.wait_seconds, config.names, config.poll_ms), (5, Names::Latin, 300));
        let flags = Overrides { wait_seconds: Some(7), ..Overrides::default() };
        assert_eq!(Config::load(flags).unwrap().wait_seconds, 7);
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
        let names = ["PATH", "DURE_SETTLEMENT_DIR", "DURE_SETTLEMENT_DRI"].map(str::to_owned);
        assert!(refuse_unknown_variables(names.into_iter()).unwrap_err().to_string().contains("DRI"));
    }
}
