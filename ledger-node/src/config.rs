//! The node's configuration: one TOML file, scalar keys overridden by `DURE_NODE_<KEY>`, unknown keys refused.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use dure_score::PublicKey;
use serde::{Deserialize, Serialize};

/// Prefix of the environment variables that override scalar keys.
pub const ENV_PREFIX: &str = "DURE_NODE_";

/// Scalar keys, and whether they are numbers.
const SCALARS: [(&str, bool); 11] = [
    ("genesis", false),
    ("secret_key_file", false),
    ("data_dir", false),
    ("http_listen", false),
    ("p2p_listen", false),
    ("orderer", false),
    ("http_workers", true),
    ("consensus_threads", true),
    ("heartbeat_ms", true),
    ("log_format", false),
    ("log_filter", false),
];

/// Why a configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("configuration {path}: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// Not TOML, a key is unknown or missing, or a value is not of its kind.
    #[error("configuration: {0}")]
    Invalid(String),
    /// An environment variable with our prefix names no scalar key.
    #[error("environment variable {0} overrides no known key")]
    UnknownVariable(String),
}

/// Who orders blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrdererKind {
    /// Byzantine-fault-tolerant consensus among the validators.
    Bft,
    /// This node alone.
    Solo,
}

/// Form of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object a line.
    #[default]
    Json,
    /// For people.
    Text,
}

/// A validator's place in the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidatorAddress {
    /// Its key, as in the genesis.
    pub public_key: PublicKey,
    /// Where the others reach it, p2p.
    pub address: SocketAddr,
}

/// How a node runs. Relative paths are relative to the working directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeConfig {
    /// JSON file of the genesis, the same on every node.
    pub genesis: PathBuf,
    /// File with the validator's secret key (64 hex digits), mode 0600.
    pub secret_key_file: PathBuf,
    /// Directory of this node's ledger and consensus journal, created if missing.
    pub data_dir: PathBuf,
    /// Address of the HTTP interface; port 0 takes a free one.
    pub http_listen: SocketAddr,
    /// Address for the other validators; unused by `solo`.
    pub p2p_listen: SocketAddr,
    /// Who orders blocks.
    pub orderer: OrdererKind,
    /// Threads of the HTTP server.
    #[serde(default = "two")]
    pub http_workers: usize,
    /// Threads of the consensus engine.
    #[serde(default = "two")]
    pub consensus_threads: usize,
    /// Longest time between blocks while nothing waits, ms; at most 500.
    #[serde(default = "heartbeat")]
    pub heartbeat_ms: u64,
    /// Form of the log.
    #[serde(default)]
    pub log_format: LogFormat,
    /// Filter of the log, such as `info,ledger_node=debug`.
    #[serde(default = "filter")]
    pub log_filter: String,
    /// HTTP base URLs of the other nodes, to which admitted transactions are passed on.
    #[serde(default)]
    pub peers: Vec<String>,
    /// All validators with their p2p addresses, this node included; empty for `solo`.
    #[serde(default)]
    pub validators: Vec<ValidatorAddress>,
}

const fn two() -> usize {
    2
}
const fn heartbeat() -> u64 {
    400
}
fn filter() -> String {
    "info,commonware=warn,actix_server=warn".to_owned()
}

impl NodeConfig {
    /// Reads `path` and the overrides among `variables` (all of the process's environment).
    pub fn load(path: &Path, variables: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let unreadable = |error: std::io::Error| ConfigError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        Self::parse(&fs::read_to_string(path).map_err(unreadable)?, variables)
    }

    /// Reads TOML text and the overrides among `variables`.
    pub fn parse(text: &str, variables: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let invalid = |error: toml::de::Error| ConfigError::Invalid(error.to_string());
        let mut table: toml::Table = text.parse().map_err(invalid)?;
        for (name, value) in variables {
            let Some(key) = name.strip_prefix(ENV_PREFIX) else { continue };
            let key = key.to_lowercase();
            let Some((_, number)) = SCALARS.iter().find(|(scalar, _)| *scalar == key) else {
                return Err(ConfigError::UnknownVariable(name));
            };
            let value = if *number {
                let number =
                    value.parse().map_err(|_| ConfigError::Invalid(format!("{name} is not a number")))?;
                toml::Value::Integer(number)
            } else {
                toml::Value::String(value)
            };
            table.insert(key, value);
        }
        table.try_into().map_err(invalid)
    }

    /// The TOML text that [`NodeConfig::load`] reads back as this.
    pub fn to_toml(&self) -> Result<String, ConfigError> {
        toml::to_string_pretty(self).map_err(|error| ConfigError::Invalid(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn sample() -> NodeConfig {
        NodeConfig {
            genesis: "data/genesis.json".into(),
            secret_key_file: "data/node1/key".into(),
            data_dir: "data/node1".into(),
            http_listen: "127.0.0.1:7101".parse().unwrap(),
            p2p_listen: "127.0.0.1:7201".parse().unwrap(),
            orderer: OrdererKind::Bft,
            http_workers: 2,
            consensus_threads: 2,
            heartbeat_ms: 400,
            log_format: LogFormat::Json,
            log_filter: filter(),
            peers: vec!["http://127.0.0.1:7102".to_owned()],
            validators: vec![ValidatorAddress {
                public_key: PublicKey::new([7; 32]),
                address: "127.0.0.1:7201".parse().unwrap(),
            }],
        }
    }

    #[test]
    fn reads_what_it_writes() {
        let text = sample().to_toml().unwrap();
        assert_eq!(NodeConfig::parse(&text, std::iter::empty()).unwrap(), sample());
    }

    #[test]
    fn the_environment_overrides_scalars_and_unknown_names_are_refused() {
        let text = sample().to_toml().unwrap();
        let with = |name: &str, value: &str| {
            NodeConfig::parse(&text, [(name.to_owned(), value.to_owned())].into_iter())
        };
        assert_eq!(with("DURE_NODE_HTTP_LISTEN", "127.0.0.1:1").unwrap().http_listen.port(), 1);
        assert_eq!(with("DURE_NODE_HEARTBEAT_MS", "100").unwrap().heartbeat_ms, 100);
        assert_eq!(with("DURE_WALLET_PORT", "x").unwrap(), sample());
        assert!(matches!(with("DURE_NODE_PEERS", "x"), Err(ConfigError::UnknownVariable(_))));
        assert!(matches!(with("DURE_NODE_HEARTBEAT_MS", "x"), Err(ConfigError::Invalid(_))));
        let unknown = format!("colour = \"blue\"\n{text}");
        assert!(matches!(NodeConfig::parse(&unknown, std::iter::empty()), Err(ConfigError::Invalid(_))));
    }
}
