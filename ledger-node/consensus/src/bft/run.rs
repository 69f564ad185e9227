//! Puts a validator on a thread of its own, with the engine's runtime inside.

use std::net::TcpListener;
use std::num::NonZeroU64;
use std::sync::Arc;

use commonware_cryptography::ed25519;
use commonware_runtime::{Runner as _, Supervisor as _, tokio};
use futures::channel::mpsc;

use super::block::EngineBlock;
use super::delivery::Queue;
use super::peer_blocking::Counted;
use super::setup::Setup;
use super::voting::vote_prefix;
use super::wiring::run;
use super::{BftConfig, network};
use crate::engine::{Shared, Stopped};
use crate::journal::Journal;
use crate::{Application, Block, ConsensusError, Engine, keys};
use dure_chain::epoch::{MIN_EPOCH_BLOCKS, epoch_of, first_height};

/// Prefix of the engine's names in its own storage.
const PREFIX: &str = "chain";

/// Threads for file operations and block checks. More would only queue at the disk.
const BLOCKING_THREADS: usize = 64;

/// Starts a validator. Refuses a configuration that cannot work, a key that is not among the validators of the
/// current epoch, and a journal that is lost or foreign. What goes wrong later ends the engine: see
/// [`Engine::stopped`].
pub fn start_bft(cfg: BftConfig, app: Arc<dyn Application>) -> Result<Engine, ConsensusError> {
    keys::check_chain(&cfg.chain)?;
    cfg.timing.check()?;
    let epoch_blocks = NonZeroU64::new(cfg.epoch_blocks)
        .filter(|blocks| blocks.get() >= MIN_EPOCH_BLOCKS)
        .ok_or(ConsensusError::Epoch)?;
    let key = keys::private(&cfg.secret_key).ok_or(ConsensusError::NotAValidator)?;
    cfg.check_entry(&*app)?;
    let journal = cfg.journal(&*app)?;
    let genesis = app.header(0).ok_or(ConsensusError::Validators("the genesis block is missing"))?;
    let genesis = EngineBlock::new(Block { header: genesis, items: Vec::new() })?;

    // The engine would panic on its thread; a port in use deserves an answer here.
    TcpListener::bind(cfg.listen).map_err(|source| ConsensusError::Listen { address: cfg.listen, source })?;

    let node = Node { cfg, key, epoch_blocks, genesis, journal, app };
    Engine::spawn("consensus", Arc::default(), move |shared| node.run(shared))
}

impl BftConfig {
    /// Whether the validator may vote in the epoch of the next block: its key must be among that epoch's
    /// validators ([`ConsensusError::NotAValidator`]) and its directory must show that it cannot vote twice
    /// ([`ConsensusError::WipedJournal`], [`ConsensusError::TooEarly`]). Changes nothing.
    pub fn check_entry(&self, app: &dyn Application) -> Result<(), ConsensusError> {
        let public = keys::public_key(&self.secret_key).ok_or(ConsensusError::NotAValidator)?;
        let epoch = epoch_of(app.applied_height().saturating_add(1), self.epoch_blocks);
        let unknown = ConsensusError::Validators("those of the current epoch are not known");
        let validators = app.validators(epoch).ok_or(unknown)?;
        let validators: Vec<[u8; 32]> = validators.iter().map(|validator| validator.public_key).collect();
        keys::participants(&validators)?;
        if !validators.contains(&public) {
            return Err(ConsensusError::NotAValidator);
        }
        let before = first_height(epoch, self.epoch_blocks).saturating_sub(1);
        // A ledger made from a snapshot does not say when the epoch began: before the ledger was made.
        let early = || ConsensusError::TooEarly { dir: self.dir.display().to_string(), epoch };
        let border = app.header(before).ok_or_else(early)?;
        self.journal(app)?.check(epoch, border.time_ms).map(|_| ())
    }

    fn journal(&self, app: &dyn Application) -> Result<Journal, ConsensusError> {
        let public = keys::public_key(&self.secret_key).ok_or(ConsensusError::NotAValidator)?;
        let genesis = app.header(0).ok_or(ConsensusError::Validators("the genesis block is missing"))?;
        Ok(Journal::new(&self.dir, &genesis.digest(), &public, &vote_prefix(PREFIX)))
    }
}

struct Node {
    cfg: BftConfig,
    key: ed25519::PrivateKey,
    epoch_blocks: NonZeroU64,
    genesis: EngineBlock,
    journal: Journal,
    app: Arc<dyn Application>,
}

impl Node {
    fn run(self, shared: &Arc<Shared>) -> Stopped {
        let runtime = tokio::Config::new()
            .with_storage_directory(self.journal.engine_dir())
            .with_worker_threads(self.cfg.worker_threads.max(1))
            .with_max_blocking_threads(BLOCKING_THREADS)
            .with_tcp_nodelay(Some(true));
        let shared = Arc::clone(shared);
        tokio::Runner::new(runtime).start(|context| self.drive(context, shared))
    }

    async fn drive(self, context: tokio::Context, shared: Arc<Shared>) -> Stopped {
        let (oracle, channels) = network::start(context.child("network"), &self.cfg, self.key.clone());
        let (sender, queue) = mpsc::unbounded();
        let setup = Setup {
            chain: self.cfg.chain,
            key: self.key,
            genesis: self.genesis,
            epoch_blocks: self.epoch_blocks,
            peers: oracle.clone(),
            blocker: Counted::new(oracle.clone(), &self.app),
            tracker: oracle,
            gate: self.journal,
            app: self.app,
            shared,
            timing: self.cfg.timing,
            prefix: PREFIX.to_owned(),
        };
        run(context.child("engine"), setup, channels, Queue(sender), queue).await
    }
}
