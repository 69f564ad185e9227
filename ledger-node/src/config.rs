//! The node's configuration: one TOML file, its keys overridden by `DURE_NODE_<KEY>` and flags, unknown keys refused.

mod defaults;

use std::{
    ffi::OsString,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use dure_score::PublicKey;
use dure_settings::{Configuration, SettingsError, settings};
use serde::{Deserialize, Serialize};

/// Prefix of the environment variables that override keys.
pub const ENV_PREFIX: &str = "DURE_NODE_";

/// Fewest blocks whose transactions a pruning node keeps: followers that are a moment behind still find theirs.
pub const MIN_KEEP_BLOCKS: u64 = 16;

/// Most members named in a configuration: each is looked through for every signed request.
pub const MAX_MEMBERS: usize = 256;

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
    /// An environment variable with our prefix names no key.
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

settings! {
    /// How a node runs. Relative paths are relative to the working directory.
    pub struct NodeConfig {
        required {
            /// JSON file of the genesis, the same on every node.
            genesis: PathBuf,
            /// File with the validator's secret key (64 hex digits), mode 0600.
            secret_key_file: PathBuf,
            /// Directory of this node's ledger and consensus journal, created if missing.
            data_dir: PathBuf,
            /// Address of the HTTP interface; port 0 takes a free one.
            http_listen: SocketAddr,
            /// Address for the other validators; unused by `solo`.
            p2p_listen: SocketAddr,
            /// Who orders blocks: bft or solo.
            orderer: OrdererKind,
        }
        values {
            /// Threads of the HTTP server.
            http_workers: usize = 2,
            /// Threads of the consensus engine, beside those that verify, apply and write: its steps are short, and a second
            /// thread on a busy machine mostly wakes up and looks.
            consensus_threads: usize = 1,
            /// Longest time between blocks while nothing waits, ms; at most 200.
            heartbeat_ms: u64 = 200,
            /// Form of the log: json or text.
            log_format: LogFormat = LogFormat::default(),
            /// Filter of the log, such as `info,ledger_node=debug`.
            log_filter: String = "info,commonware=warn,actix_server=warn".to_owned(),
            /// Whether it may vote: auto or observer.
            role: NodeRole = NodeRole::default(),
            /// How it gets a ledger that it has not: genesis or snapshot.
            join: Join = Join::default(),
            /// Who may use the HTTP interface: open or members.
            access: AccessMode = AccessMode::default(),
            /// Blocks between two snapshots; 0 writes none.
            snapshot_every: u64 = 0,
            /// Blocks whose transactions and receipts are kept, at least 16; 0 keeps all.
            keep_blocks: u64 = 0,
            /// Free bytes on the data directory's disk below which no transaction is admitted; 0 never looks.
            min_free_bytes: u64 = defaults::MIN_FREE_BYTES,
            /// Memory for leaves of the state tree, MiB; what does not fit is read from disk.
            tree_cache_mb: usize = defaults::TREE_CACHE_MB,
            /// Addresses of the institution's own services, separated by commas, whose requests are not counted: they carry those
            /// of many people and limit them themselves.
            services: Vec<IpAddr> = defaults::this_machine(),
            /// HTTP connections that one address (of an IPv6 address its 64-bit network) may hold open, if it is none of
            /// `services`; 0 lets services in only.
            connections_per_address: usize = defaults::CONNECTIONS_PER_ADDRESS,
            /// HTTP base URLs of the other nodes, separated by commas, to which admitted transactions are passed on.
            peers: Vec<String> = Vec::new(),
        }
        lists {
            /// P2p addresses (public_key, address) of validators of which the ledger names none, or another than this node is to
            /// use.
            validators: Vec<ValidatorAddress> = Vec::new(),
            /// Nodes and services (public_key, tier) that are let in beside validators and certificates, when access is by
            /// members.
            members: Vec<MemberKey> = Vec::new(),
        }
    }
}

/// Flags, each of which overrides variables and file.
pub type Overrides = dure_settings::Overrides<NodeConfig>;

impl Configuration for NodeConfig {
    const PREFIX: &'static str = ENV_PREFIX;
}

impl From<SettingsError> for ConfigError {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Unreadable { path, reason } => Self::Unreadable { path: path.into(), reason },
            SettingsError::UnknownVariable(name) => Self::UnknownVariable(name),
            SettingsError::Invalid(reason) => Self::Invalid(reason),
            SettingsError::Rule(rule) => Self::Invalid(rule.to_owned()),
        }
    }
}

impl NodeConfig {
    /// A node with these files and every default: it votes when it may, keeps everything, and listens on loopback ports
    /// that the system gives.
    pub fn new(genesis: PathBuf, secret_key_file: PathBuf, data_dir: PathBuf, orderer: OrdererKind) -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self::with(genesis, secret_key_file, data_dir, any, any, orderer)
    }

    /// [`NodeConfig::tree_cache_mb`] in bytes.
    pub const fn tree_cache_bytes(&self) -> usize {
        self.tree_cache_mb.saturating_mul(defaults::MIB)
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

    /// Reads the file, and what variables (all of the process's environment) and flags override.
    pub fn load(
        flags: &Overrides,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let config: Self = dure_settings::load(flags, variables)?;
        config.check()?;
        Ok(config)
    }

    /// Reads TOML text and the overrides among `variables`.
    pub fn parse(text: &str, variables: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        let config: Self = dure_settings::parse(text, variables, &Overrides::default())?;
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
        assert_eq!(with("DURE_NODE_PEERS", "http://a, http://b").unwrap().peers, ["http://a", "http://b"]);
        assert!(matches!(with("DURE_NODE_MEMBERS", "x"), Err(ConfigError::UnknownVariable(_))));
        assert!(matches!(with("DURE_NODE_HEARTBEAT_MS", "x"), Err(ConfigError::Invalid(_))));
        let unknown = format!("colour = \"blue\"\n{text}");
        assert!(matches!(NodeConfig::parse(&unknown, std::iter::empty()), Err(ConfigError::Invalid(_))));
    }
}
