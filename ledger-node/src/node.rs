//! Puts a node together, watches it, takes it apart.

use std::{
    fs,
    future::Future,
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use dure_consensus::{
    Application, BftConfig, ConsensusError, Engine, Orderer as _, SoloConfig, Timing, Validator,
    genesis_header, public_key,
};
use dure_score::{Genesis, PublicKey};
use tokio::task::JoinHandle;

use crate::{
    admission::Admission,
    application::NodeApplication,
    config::{NodeConfig, OrdererKind},
    error::NodeError,
    gossip::Gossip,
    http::{self, Api},
    keys,
    ledger::Ledger,
    measure,
    pool::Pool,
    signatures::Signatures,
    store::RocksStore,
};

/// How often a running node looks whether its orderer still lives.
const WATCH: Duration = Duration::from_millis(200);

/// Longest wait for the last user of the ledger when a node stops; the server's workers need a moment only.
const RELEASE: Duration = Duration::from_secs(5);

/// A running node.
pub struct Node {
    ledger: Arc<Ledger>,
    engine: Arc<Engine>,
    address: SocketAddr,
    server: http::ServerHandle,
    serving: JoinHandle<std::io::Result<()>>,
}

/// Runs a node until `shutdown` resolves, then stops it in order. Fails if the node cannot start or ends by itself.
pub async fn run(config: NodeConfig, shutdown: impl Future<Output = ()>) -> Result<(), NodeError> {
    let mut node = Node::start(&config).await?;
    tokio::pin!(shutdown);
    let ended = loop {
        tokio::select! {
            () = &mut shutdown => break Ok(()),
            ended = &mut node.serving => break Err(server_end(ended)),
            () = tokio::time::sleep(WATCH) => {
                if let Some(reason) = node.engine.stop_reason() {
                    break Err(NodeError::Stopped(reason.to_string()));
                }
            }
        }
    };
    node.stop().await;
    ended
}

fn server_end(ended: Result<std::io::Result<()>, tokio::task::JoinError>) -> NodeError {
    match ended {
        Ok(Err(error)) => NodeError::Http(error),
        Ok(Ok(())) => NodeError::Stopped("the HTTP server ended".to_owned()),
        Err(error) => NodeError::Stopped(error.to_string()),
    }
}

impl Node {
    /// Starts a node on the current tokio runtime: opens the ledger, joins consensus, listens.
    pub async fn start(config: &NodeConfig) -> Result<Self, NodeError> {
        measure::install();
        let genesis = read_genesis(&config.genesis)?;
        let seed = keys::read_seed(&config.secret_key_file)?;
        let me = public_key(&seed).ok_or(NodeError::Validators("the secret key is not usable"))?;
        check_validators(config, &genesis, &PublicKey::new(me))?;

        let chain = genesis.chain.clone();
        let validators: Vec<[u8; 32]> = genesis.validators.iter().map(|key| *key.as_bytes()).collect();
        let origin = genesis_header(chain.as_str().as_bytes(), &validators);
        let store = Arc::new(RocksStore::open(&config.data_dir.join("ledger"))?);
        let ledger = Arc::new(Ledger::open(store, genesis, &origin)?);
        let head = ledger.head();
        tracing::info!(%chain, height = head.height, state_root = %head.state_root, "ledger open");

        let (pool, signatures) = (Arc::new(Pool::default()), Arc::new(Signatures::new(chain.clone())));
        let application =
            NodeApplication::new(Arc::clone(&ledger), Arc::clone(&pool), Arc::clone(&signatures));
        let engine =
            Arc::new(start_orderer(config, chain.as_str().as_bytes(), *seed, Arc::new(application))?);
        let gossip = Gossip::start(&config.peers);
        let admission = Admission::new(Arc::clone(&ledger), Arc::clone(&pool), signatures, gossip);
        admission.wakes(Arc::clone(&engine));
        let api = Api {
            ledger: Arc::clone(&ledger),
            pool,
            admission,
            node: PublicKey::new(me),
            peers: config.peers.clone(),
        };
        let (server, address) = http::listen(config.http_listen, config.http_workers, api)?;
        tracing::info!(%address, node = %PublicKey::new(me), "node serves");
        let handle = server.handle();
        Ok(Self { ledger, engine, address, server: handle, serving: tokio::spawn(server) })
    }

    /// Where HTTP listens.
    pub const fn http_address(&self) -> SocketAddr {
        self.address
    }

    /// The ledger.
    pub const fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Why the orderer has ended by itself, if it has.
    pub fn failure(&self) -> Option<String> {
        self.engine.stop_reason().map(|reason| reason.to_string())
    }

    /// Stops in order: no more requests, no more blocks, then the store closes: once this returns another node may open it.
    pub async fn stop(mut self) {
        self.server.stop(false).await;
        let engine = Arc::clone(&self.engine);
        if let Err(error) = tokio::task::spawn_blocking(move || engine.shutdown()).await {
            tracing::error!(%error, "consensus did not stop cleanly");
        }
        if !self.serving.is_finished()
            && let Err(error) = (&mut self.serving).await
        {
            tracing::error!(%error, "the HTTP server did not stop cleanly");
        }
        self.last_user().await;
        tracing::info!(height = self.ledger.head().height, "node stopped");
    }
}

impl Node {
    /// Waits until nobody else holds the ledger: the server's workers drop it as their threads end.
    async fn last_user(&self) {
        let deadline = Instant::now() + RELEASE;
        while Arc::strong_count(&self.ledger) > 1 {
            if Instant::now() > deadline {
                tracing::warn!("the ledger is still in use; its store closes later");
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn read_genesis(path: &Path) -> Result<Genesis, NodeError> {
    let fail = |reason: String| NodeError::File { path: path.to_owned(), reason };
    let bytes = fs::read(path).map_err(|error| fail(error.to_string()))?;
    let genesis: Genesis = serde_json::from_slice(&bytes).map_err(|error| fail(error.to_string()))?;
    genesis.check()?;
    Ok(genesis)
}

fn check_validators(config: &NodeConfig, genesis: &Genesis, me: &PublicKey) -> Result<(), NodeError> {
    if !genesis.validators.contains(me) {
        return Err(NodeError::Validators("this node's key is not in the genesis"));
    }
    match config.orderer {
        OrdererKind::Solo if genesis.validators.len() != 1 => {
            Err(NodeError::Validators("a solo node must be the genesis' only validator"))
        }
        OrdererKind::Solo => Ok(()),
        OrdererKind::Bft => {
            let sorted = |keys: Vec<&PublicKey>| {
                let mut keys: Vec<_> = keys.into_iter().map(|key| *key.as_bytes()).collect();
                keys.sort_unstable();
                keys
            };
            let configured =
                sorted(config.validators.iter().map(|validator| &validator.public_key).collect());
            if configured == sorted(genesis.validators.iter().collect()) {
                Ok(())
            } else {
                Err(NodeError::Validators("the configuration names other validators than the genesis"))
            }
        }
    }
}

fn start_orderer(
    config: &NodeConfig,
    chain: &[u8],
    secret_key: [u8; 32],
    application: Arc<dyn Application>,
) -> Result<Engine, ConsensusError> {
    let heartbeat = Duration::from_millis(config.heartbeat_ms);
    let (chain, dir) = (chain.to_vec(), config.data_dir.join("consensus"));
    match config.orderer {
        OrdererKind::Solo => {
            SoloConfig { chain, secret_key, dir, heartbeat, min_interval: Duration::ZERO }.start(application)
        }
        OrdererKind::Bft => {
            let validators = config.validators.iter();
            let validators = validators
                .map(|validator| Validator {
                    public_key: *validator.public_key.as_bytes(),
                    address: validator.address,
                })
                .collect();
            let (listen, worker_threads) = (config.p2p_listen, config.consensus_threads);
            let timing = Timing { heartbeat, ..Timing::default() };
            BftConfig { chain, secret_key, validators, listen, dir, timing, worker_threads }
                .start(application)
        }
    }
}
