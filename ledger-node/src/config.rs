//! The node's configuration: one TOML file, scalar keys overridden by `DURE_NODE_<KEY>`, unknown keys refused.

mod defaults;

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use dure_score::PublicKey;
use serde::{Deserialize, Serialize};

use crate::http::usual_connections;

/// Prefix of the environment variables that override scalar keys.
pub const ENV_PREFIX: &str = "DURE_NODE_";

/// Scalar keys, and whether they are numbers.
const SCALARS: [(&str, bool); 19] = [
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
    ("role", false),
    ("join", false),
    ("access", false),
    ("snapshot_every", true),
    ("keep_blocks", true),
    ("min_free_bytes", true),
    ("tree_cache_mb", true),
    ("connections_per_address", true),
];

/// Fewest blocks whose transactions a pruning node keeps: followers that are a moment behind still find theirs.
pub const MIN_KEEP_BLOCKS: u64 = 16;

/// Most members named in a configuration: each is looked through for every signed request.
pub const MAX_MEMBERS: usize = 256;

/// Bytes of a mebibyte.
const MIB: usize = 1024 * 1024;

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
    /// Anybody who reaches the machine could read the ledger.
    #[error(
        "http_listen {0} can be reached from other machines: set access = \"members\", or listen on a loopback address"
    )]
    OpenAccess(SocketAddr),
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

/// Whether a node may vote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeRole {
    /// Votes whenever its key is in the validator set in force, and follows otherwise.
    #[default]
    Auto,
    /// Follows always: a full copy without a vote.
    Observer,
}

/// How a node with an empty data directory gets its ledger, if it does not vote from the first block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// Every block from the first one.
    #[default]
    Genesis,
    /// A peer's newest snapshot, then the blocks after it.
    Snapshot,
}

/// Who may use the HTTP interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessMode {
    /// Everybody who reaches it: on a loopback address only.
    #[default]
    Open,
    /// Members, who sign every request; each sees what its tier may see.
    Members,
}

/// What a node named in the configuration may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberTier {
    /// Follows the ledger as a node: everything, and passes transactions on.
    Observer,
    /// Reads all data of the channel.
    Auditor,
}

/// A node or service that is let in by its key, beside those whom the ledger itself knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberKey {
    /// Its key.
    pub public_key: PublicKey,
    /// What it may do.
    pub tier: MemberTier,
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
    #[serde(default = "defaults::two")]
    pub http_workers: usize,
    /// Threads of the consensus engine, beside those that verify, apply and write: its steps are short, and a second thread on a busy
    /// machine mostly wakes up and looks.
    #[serde(default = "defaults::one")]
    pub consensus_threads: usize,
    /// Longest time between blocks while nothing waits, ms; at most 200.
    #[serde(default = "defaults::heartbeat")]
    pub heartbeat_ms: u64,
    /// Form of the log.
    #[serde(default)]
    pub log_format: LogFormat,
    /// Filter of the log, such as `info,ledger_node=debug`.
    #[serde(default = "defaults::filter")]
    pub log_filter: String,
    /// Whether it may vote.
    #[serde(default)]
    pub role: NodeRole,
    /// How it gets a ledger that it has not.
    #[serde(default)]
    pub join: Join,
    /// Who may use the HTTP interface.
    #[serde(default)]
    pub access: AccessMode,
    /// Blocks between two snapshots; 0 writes none.
    #[serde(default)]
    pub snapshot_every: u64,
    /// Blocks whose transactions and receipts are kept, at least [`MIN_KEEP_BLOCKS`]; 0 keeps all.
    #[serde(default)]
    pub keep_blocks: u64,
    /// Free bytes on the data directory's disk below which no transaction is admitted; 0 never looks.
    #[serde(default = "defaults::quarter_gib")]
    pub min_free_bytes: u64,
    /// Memory for leaves of the state tree, MiB; what does not fit is read from disk.
    #[serde(default = "defaults::tree_cache")]
    pub tree_cache_mb: usize,
    /// Addresses of the institution's own services, whose requests are not counted: they carry those of many people and
    /// limit them themselves. This machine's own by default.
    #[serde(default = "defaults::this_machine")]
    pub services: Vec<IpAddr>,
    /// HTTP connections that one address (of an IPv6 address its 64-bit network) may hold open, if it is none of `services`; 0 lets services in only.
    #[serde(default = "usual_connections")]
    pub connections_per_address: usize,
    /// HTTP base URLs of the other nodes, to which admitted transactions are passed on.
    #[serde(default)]
    pub peers: Vec<String>,
    /// P2p addresses of validators of which the ledger names none, or another than this node is to use.
    #[serde(default)]
    pub validators: Vec<ValidatorAddress>,
    /// Nodes and services that are let in beside validators and certificates, when access is by members.
    #[serde(default)]
    pub members: Vec<MemberKey>,
}

impl NodeConfig {
    /// A node with these files and every default: it votes when it may, keeps everything, and listens on loopback ports
    /// that the system gives.
    pub fn new(genesis: PathBuf, secret_key_file: PathBuf, data_dir: PathBuf, orderer: OrdererKind) -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            genesis,
            secret_key_file,
            data_dir,
            http_listen: any,
            p2p_listen: any,
            orderer,
            http_workers: defaults::two(),
            consensus_threads: defaults::one(),
            heartbeat_ms: defaults::heartbeat(),
            log_format: LogFormat::default(),
            log_filter: defaults::filter(),
            role: NodeRole::default(),
            join: Join::default(),
            access: AccessMode::default(),
            snapshot_every: 0,
            keep_blocks: 0,
            min_free_bytes: defaults::quarter_gib(),
            tree_cache_mb: defaults::tree_cache(),
            services: defaults::this_machine(),
            connections_per_address: usual_connections(),
            peers: Vec::new(),
            validators: Vec::new(),
            members: Vec::new(),
        }
    }

    /// [`NodeConfig::tree_cache_mb`] in bytes.
    pub const fn tree_cache_bytes(&self) -> usize {
        self.tree_cache_mb.saturating_mul(MIB)
    }

    /// Refuses values that contradict each other.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.access == AccessMode::Open && !self.http_listen.ip().is_loopback() {
            return Err(ConfigError::OpenAccess(self.http_listen));
        }
        if (1..MIN_KEEP_BLOCKS).contains(&self.keep_blocks) {
            return Err(ConfigError::Invalid(format!("keep_blocks is 0 or at least {MIN_KEEP_BLOCKS}")));
        }
        if self.members.len() > MAX_MEMBERS || self.services.len() > MAX_MEMBERS {
            return Err(ConfigError::Invalid(format!("at most {MAX_MEMBERS} members, and as many services")));
        }
        Ok(())
    }

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
        let config: Self = table.try_into().map_err(invalid)?;
        config.check()?;
        Ok(config)
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
            http_listen: "127.0.0.1:7101".parse().unwrap(),
            p2p_listen: "127.0.0.1:7201".parse().unwrap(),
            peers: vec!["http://127.0.0.1:7102".to_owned()],
            validators: vec![ValidatorAddress {
                public_key: PublicKey::new([7; 32]),
                address: "127.0.0.1:7201".parse().unwrap(),
            }],
            members: vec![MemberKey { public_key: PublicKey::new([8; 32]), tier: MemberTier::Auditor }],
            ..NodeConfig::new(
                "data/genesis.json".into(),
                "data/node1/key".into(),
                "data/node1".into(),
                OrdererKind::Bft,
            )
        }
    }

    #[test]
    fn contradictions_are_refused() {
        let read = |change: &dyn Fn(&mut NodeConfig)| {
            let mut config = sample();
            change(&mut config);
            NodeConfig::parse(&config.to_toml().unwrap(), std::iter::empty())
        };
        let everywhere: SocketAddr = "0.0.0.0:7101".parse().unwrap();
        let open = read(&|config| config.http_listen = everywhere);
        assert_eq!(open, Err(ConfigError::OpenAccess(everywhere)));
        assert!(
            read(&|config| (config.http_listen, config.access) = (everywhere, AccessMode::Members)).is_ok()
        );
        assert!(matches!(read(&|config| config.keep_blocks = 15), Err(ConfigError::Invalid(_))));
        assert!(read(&|config| config.keep_blocks = 16).is_ok());
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
