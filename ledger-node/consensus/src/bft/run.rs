//! Puts a validator on a thread of its own, with the engine's runtime inside.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_cryptography::ed25519;
use commonware_macros::select;
use commonware_p2p::Address;
use commonware_runtime::{Runner as _, Spawner as _, Supervisor as _, tokio};
use commonware_utils::ordered::Map;
use futures::channel::mpsc;

use super::block::{EngineBlock, PublicKey};
use super::delivery::{Queue, deliver};
use super::wiring::{Setup, start, vote_partition};
use super::{BftConfig, network};
use crate::engine::{Shared, Stopped};
use crate::{Application, Block, ConsensusError, Engine, genesis_header, journal, keys};

/// Prefix of the engine's names in its own storage.
const PREFIX: &str = "chain";

/// Threads for file operations and block checks. More would only queue at the disk.
const BLOCKING_THREADS: usize = 64;

/// Starts a validator. Refuses a configuration that cannot work, and a journal that is lost or foreign.
/// What goes wrong later ends the engine: see [`Engine::stopped`].
pub fn start_bft(cfg: BftConfig, app: Arc<dyn Application>) -> Result<Engine, ConsensusError> {
    keys::check_chain(&cfg.chain)?;
    cfg.timing.check()?;
    let public_keys: Vec<[u8; 32]> = cfg.validators.iter().map(|validator| validator.public_key).collect();
    let participants = keys::participants(&public_keys)?;
    let key = keys::private(&cfg.secret_key).ok_or(ConsensusError::NotAValidator)?;
    let scheme = Scheme::signer(&keys::vote_namespace(&cfg.chain), participants, key.clone())
        .ok_or(ConsensusError::NotAValidator)?;
    let peers = network::peers(&cfg.validators)?;

    let genesis = genesis_header(&cfg.chain, &public_keys);
    let public = keys::public_key(&cfg.secret_key).ok_or(ConsensusError::NotAValidator)?;
    let partition = vote_partition(PREFIX);
    let storage = journal::admit(&cfg.dir, &genesis.digest(), &public, &partition, app.applied_height())?;
    let genesis = EngineBlock::new(Block { header: genesis, items: Vec::new() })?;

    // The engine would panic on its thread; a port in use deserves an answer here.
    TcpListener::bind(cfg.listen).map_err(|source| ConsensusError::Listen { address: cfg.listen, source })?;

    let node = Node { cfg, key, scheme, peers, genesis, storage, app };
    Engine::spawn("consensus", Arc::default(), move |shared| node.run(shared))
}

struct Node {
    cfg: BftConfig,
    key: ed25519::PrivateKey,
    scheme: Scheme,
    peers: Map<PublicKey, Address>,
    genesis: EngineBlock,
    storage: PathBuf,
    app: Arc<dyn Application>,
}

impl Node {
    fn run(self, shared: &Arc<Shared>) -> Stopped {
        let runtime = tokio::Config::new()
            .with_storage_directory(&self.storage)
            .with_worker_threads(self.cfg.worker_threads.max(1))
            .with_max_blocking_threads(BLOCKING_THREADS)
            .with_tcp_nodelay(Some(true));
        let shared = Arc::clone(shared);
        tokio::Runner::new(runtime).start(|context| self.drive(context, shared))
    }

    async fn drive(self, context: tokio::Context, shared: Arc<Shared>) -> Stopped {
        let (oracle, channels) =
            network::start(context.child("network"), &self.cfg, self.key.clone(), self.peers);
        let (sender, queue) = mpsc::unbounded();
        let setup = Setup {
            me: self.key.into(),
            scheme: self.scheme,
            genesis: self.genesis,
            peers: oracle.clone(),
            blocker: oracle,
            app: Arc::clone(&self.app),
            shared: Arc::clone(&shared),
            timing: self.cfg.timing,
            prefix: PREFIX.to_owned(),
        };
        let started = start(context.child("engine"), setup, channels, Queue(sender)).await;
        let (engine, marshal) = match started {
            Ok(started) => started,
            Err(reason) => return Stopped::Engine(reason),
        };
        let app = self.app;
        let delivery = context.child("delivery").dedicated();
        let delivery = delivery.spawn(move |_| deliver(queue, marshal, app));
        select! {
            _ = shared.stop_requested() => Stopped::Requested,
            ended = delivery => match ended {
                Ok(reason) => reason,
                Err(error) => Stopped::Engine(format!("block delivery: {error}")),
            },
            ended = engine => Stopped::Engine(format!("simplex ended: {ended:?}")),
        }
    }
}
