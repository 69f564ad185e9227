//! Puts a node together, watches it, takes it apart.

use std::{
    fs,
    future::Future,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use dure_consensus::{BlockHeader, genesis_header, mark_observer, public_key};
use dure_score::{Genesis, PublicKey};
use tokio::task::JoinHandle;

use crate::{
    api::{
        access::Access,
        http::{self, Api},
    },
    config::{Join, NodeConfig, NodeRole, OrdererKind},
    consensus::{
        application::NodeApplication,
        duty::{Duty, Station},
        epoch_validators::EpochValidators,
        keys,
    },
    error::NodeError,
    history::ledger::Ledger,
    ingress::{admission::Admission, gossip::Gossip, pool::Pool, signatures::Signatures},
    measure,
    operations::{disk::Disk, upkeep::Upkeep},
    store::RocksStore,
    sync::{
        Identity,
        follow::{Joining, join},
    },
};

/// How often a running node looks whether it still votes or follows.
const WATCH: Duration = Duration::from_millis(200);

/// Longest wait for the last user of the ledger when a node stops; the server's workers need a moment only.
const RELEASE: Duration = Duration::from_secs(5);

/// A running node.
pub struct Node {
    ledger: Arc<Ledger>,
    duty: Duty,
    address: SocketAddr,
    server: http::ServerHandle,
    serving: JoinHandle<std::io::Result<()>>,
    upkeep: Upkeep,
    /// Not held: whoever holds the admission holds the ledger.
    admission: Weak<Admission>,
}

/// Runs a node until `shutdown` resolves, then stops it in order. Fails if the node cannot start or ends by itself.
pub async fn run(config: NodeConfig, shutdown: impl Future<Output = ()>) -> Result<(), NodeError> {
    run_on(&config, shutdown).await.map_err(|error| error.or_disk_full(&config.data_dir))
}

async fn run_on(config: &NodeConfig, shutdown: impl Future<Output = ()>) -> Result<(), NodeError> {
    let mut node = Node::start(config).await?;
    tokio::pin!(shutdown);
    let ended = loop {
        tokio::select! {
            () = &mut shutdown => break Ok(()),
            ended = &mut node.serving => break Err(server_end(ended)),
            () = tokio::time::sleep(WATCH) => {
                if let Some(reason) = node.failure() {
                    // Asked now: stopping in order gives space back that the store had reserved.
                    break Err(NodeError::Stopped(reason).or_disk_full(&config.data_dir));
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
    /// Starts a node on the current tokio runtime: opens the ledger, listens, votes or follows.
    pub async fn start(config: &NodeConfig) -> Result<Self, NodeError> {
        measure::install();
        config.check()?;
        let genesis = read_genesis(&config.genesis)?;
        let seed = keys::read_seed(&config.secret_key_file)?;
        let me = public_key(&seed).ok_or(NodeError::Validators("the secret key is not usable"))?;
        let me = PublicKey::new(me);
        check_alone(config, &genesis, &me)?;

        let chain = genesis.chain.clone();
        let identity = Arc::new(Identity::new(chain.clone(), *seed));
        let ledger = open_ledger(config, genesis, &identity, &me).await?;
        let (pool, signatures) = (Arc::new(Pool::default()), Arc::new(Signatures::new(chain)));
        let epoch_validators = EpochValidators::new(&config.validators);
        let application = NodeApplication::new(
            Arc::clone(&ledger),
            Arc::clone(&pool),
            Arc::clone(&signatures),
            epoch_validators,
        );
        let gossip = Gossip::start(&config.peers, &identity, &pool);
        let finality = Arc::clone(application.finality());
        let disk = Arc::new(Disk::new(&config.data_dir, config.min_free_bytes)?);
        let access = Access::new(config.access, config.members.clone(), Arc::clone(&ledger));
        let admission = Admission::new(Arc::clone(&ledger), Arc::clone(&pool), signatures, finality, gossip)?;
        let admission = Arc::new(admission);
        let admitting = Arc::downgrade(&admission);
        let mut duty = Duty::start(Station {
            ledger: Arc::clone(&ledger),
            application: Arc::new(application),
            admission: Arc::clone(&admission),
            identity,
            node: me,
            seed,
            config: config.clone(),
        })?;
        let api = Api {
            ledger: Arc::clone(&ledger),
            pool: Arc::clone(&pool),
            admission,
            access,
            disk: Arc::clone(&disk),
            node: me,
            peers: config.peers.clone(),
            snapshots: snapshots_dir(config),
            limits: http::Limits::new(config.services.clone()),
            connections_per_address: config.connections_per_address,
        };
        let (server, address) = match http::listen(config.http_listen, config.http_workers, api) {
            Ok(listening) => listening,
            Err(error) => {
                duty.stop().await;
                return Err(error.into());
            }
        };
        tracing::info!(%address, node = %me, "node serves");
        let upkeep = Upkeep::start(config, &ledger, &pool, &disk);
        let handle = server.handle();
        Ok(Self {
            ledger,
            duty,
            address,
            server: handle,
            serving: tokio::spawn(server),
            upkeep,
            admission: admitting,
        })
    }

    /// Where HTTP listens.
    pub const fn http_address(&self) -> SocketAddr {
        self.address
    }

    /// The ledger.
    pub const fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Why the node neither votes nor follows any more, if that is so.
    pub fn failure(&self) -> Option<String> {
        self.duty.failure().map(str::to_owned)
    }

    /// Stops in order: no more requests, no more blocks, then the store closes: once this returns another node may open it.
    pub async fn stop(mut self) {
        if let Some(admission) = self.admission.upgrade() {
            admission.close();
        }
        self.server.stop(false).await;
        self.upkeep.stop().await;
        self.duty.stop().await;
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

/// Opens the ledger. An empty one is filled from a peer's snapshot first, if the configuration says so.
async fn open_ledger(
    config: &NodeConfig,
    genesis: Genesis,
    identity: &Arc<Identity>,
    me: &PublicKey,
) -> Result<Arc<Ledger>, NodeError> {
    let network = genesis.network();
    let validators: Vec<[u8; 32]> = genesis.validators.iter().map(|key| *key.as_bytes()).collect();
    let origin: BlockHeader = genesis_header(network.as_bytes(), &validators);
    let store = Arc::new(RocksStore::open(&config.data_dir.join("ledger"))?);
    if config.join == Join::Snapshot {
        let joining = Joining {
            store: Arc::clone(&store),
            genesis: &genesis,
            snapshots: snapshots_dir(config),
            peers: &config.peers,
            identity: Arc::clone(identity),
        };
        if join(joining).await?.is_some() {
            // Whatever this key did before, this directory starts without a vote.
            mark_observer(&keys::consensus_dir(&config.data_dir), &origin.digest(), me.as_bytes())?;
        }
    }
    let ledger = Arc::new(Ledger::open_with(store, genesis, &origin, config.tree_cache_bytes())?);
    let head = ledger.head();
    tracing::info!(%network, height = head.height, state_root = %head.state_root, "ledger open");
    Ok(ledger)
}

fn snapshots_dir(config: &NodeConfig) -> PathBuf {
    config.data_dir.join("snapshots")
}

/// A node that orders alone must be the only validator; one of several learns from the ledger whether it is one.
fn check_alone(config: &NodeConfig, genesis: &Genesis, me: &PublicKey) -> Result<(), NodeError> {
    let alone = genesis.validators == [*me];
    if config.orderer == OrdererKind::Solo && config.role == NodeRole::Auto && !alone {
        return Err(NodeError::Validators("a solo node must be the genesis' only validator"));
    }
    Ok(())
}
