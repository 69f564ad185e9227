//! What voting and following need, and how either begins.

use std::{path::PathBuf, sync::Arc, time::Duration};

use dure_consensus::{
    Application, BftConfig, ConsensusError, Engine, Hash, Orderer as _, SoloConfig, Timing, begin_life,
    mark_observer,
};
use dure_score::PublicKey;
use zeroize::Zeroizing;

use crate::{
    config::{NodeConfig, NodeRole, OrdererKind},
    consensus::keys::consensus_dir,
    error::NodeError,
    history::ledger::{Ledger, now_ms},
    ingress::admission::Admission,
    sync::{
        Identity,
        follow::{Feed, Follower},
    },
};

/// All that voting and following need.
pub struct Station {
    /// The ledger that grows.
    pub ledger: Arc<Ledger>,
    /// Takes final blocks over.
    pub application: Arc<dyn Application>,
    /// Is told who orders blocks.
    pub admission: Arc<Admission>,
    /// In whose name peers are asked.
    pub identity: Arc<Identity>,
    /// The node's key.
    pub node: PublicKey,
    /// Its secret half.
    pub seed: Zeroizing<[u8; 32]>,
    /// The node's configuration.
    pub config: NodeConfig,
}

/// What the node does now.
pub(super) enum Work {
    Votes(Arc<Engine>),
    Follows(Follower),
}

impl Station {
    /// What was observed in an earlier life does not count: the key may have voted from elsewhere in between.
    pub(super) fn begin(&self) -> Result<(), NodeError> {
        if self.config.orderer == OrdererKind::Bft {
            begin_life(&self.consensus_dir(), &self.origin()?, self.node.as_bytes())?;
        }
        Ok(())
    }

    pub(super) fn take_up(&self) -> Result<Work, NodeError> {
        if self.config.role == NodeRole::Observer {
            return self.follow();
        }
        if self.config.orderer == OrdererKind::Bft && !self.can_judge() {
            tracing::info!("this node follows until it knows the transactions before its snapshot");
            return self.follow();
        }
        match self.vote() {
            Ok(engine) => Ok(engine),
            Err(reason @ (ConsensusError::NotAValidator | ConsensusError::TooEarly { .. })) => {
                tracing::info!(code = reason.code(), "this node follows for now: {reason}");
                self.follow()
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn vote(&self) -> Result<Work, ConsensusError> {
        let application = Arc::clone(&self.application);
        let engine = match self.config.orderer {
            OrdererKind::Solo => self.solo().start(application)?,
            OrdererKind::Bft => self.bft().start(application)?,
        };
        let engine = Arc::new(engine);
        self.admission.wakes(Arc::clone(&engine));
        tracing::info!(height = self.ledger.head().height, "this node votes");
        Ok(Work::Votes(engine))
    }

    pub(super) fn follow(&self) -> Result<Work, NodeError> {
        mark_observer(&self.consensus_dir(), &self.origin()?, self.node.as_bytes())?;
        self.admission.observes();
        let feed = Feed {
            ledger: Arc::clone(&self.ledger),
            application: Arc::clone(&self.application),
            peers: self.config.peers.clone(),
            identity: Arc::clone(&self.identity),
        };
        let follower = Follower::start(feed).map_err(|error| NodeError::Stopped(error.to_string()))?;
        tracing::info!(height = self.ledger.head().height, "this node follows");
        Ok(Work::Follows(follower))
    }

    /// Whether this node can tell a repeated transaction in a block: others can, and all must give one answer.
    pub(super) fn can_judge(&self) -> bool {
        self.ledger.knows_repetitions(now_ms()).unwrap_or_else(|error| {
            tracing::error!(%error, "the ledger cannot be read");
            false
        })
    }

    pub(super) fn origin(&self) -> Result<Hash, NodeError> {
        let genesis = self.application.header(0).ok_or(NodeError::Validators("the ledger has no genesis"))?;
        Ok(genesis.digest())
    }

    pub(super) fn consensus_dir(&self) -> PathBuf {
        consensus_dir(&self.config.data_dir)
    }

    pub(super) fn chain(&self) -> Vec<u8> {
        self.ledger.genesis().network().into_bytes()
    }

    pub(super) fn epoch_blocks(&self) -> u64 {
        self.ledger.genesis().epoch_blocks
    }

    pub(super) fn solo(&self) -> SoloConfig {
        SoloConfig {
            chain: self.chain(),
            secret_key: *self.seed,
            dir: self.consensus_dir(),
            heartbeat: Duration::from_millis(self.config.heartbeat_ms),
            min_interval: Duration::ZERO,
            epoch_blocks: self.epoch_blocks(),
        }
    }

    pub(super) fn bft(&self) -> BftConfig {
        let heartbeat = Duration::from_millis(self.config.heartbeat_ms);
        BftConfig {
            chain: self.chain(),
            secret_key: *self.seed,
            epoch_blocks: self.epoch_blocks(),
            listen: self.config.p2p_listen,
            dir: self.consensus_dir(),
            timing: Timing { heartbeat, ..Timing::default() },
            worker_threads: self.config.consensus_threads,
        }
    }
}
