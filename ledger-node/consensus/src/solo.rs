//! One node that orders alone: the same blocks, the same [`Application`], certificates of one signature.
//!
//! Each block is written to `head` in the directory before the application gets it. After a crash the head
//! either is the ledger's last block or the next one; the latter is delivered again, the very same bytes, so
//! a height never has two blocks.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use commonware_consensus::simplex::scheme::ed25519::Scheme;

use crate::block::check_content;
use crate::engine::{POLL, Shared, Stopped};
use crate::{
    Application, Block, BlockHeader, ConsensusError, Content, DecodeError, Engine, Finalized, Hash,
    certificate, files, genesis_header, keys,
};
use dure_chain::epoch::{MIN_EPOCH_BLOCKS, epoch_of, first_height};
use dure_chain::list::root as items_root;

const HEAD: &str = "head";

/// How a solo node runs.
#[derive(Clone, Debug)]
pub struct SoloConfig {
    /// Chain name, 1 to 100 bytes; part of everything signed.
    pub chain: Vec<u8>,
    /// Raw ed25519 seed.
    pub secret_key: [u8; 32],
    /// Directory of the journal, created if missing.
    pub dir: PathBuf,
    /// Longest time between blocks while nothing waits.
    pub heartbeat: Duration,
    /// Shortest time between blocks; zero for none.
    pub min_interval: Duration,
    /// Blocks of an epoch, at least [`dure_chain::epoch::MIN_EPOCH_BLOCKS`].
    pub epoch_blocks: u64,
}

/// Starts a solo node. Refuses when the ledger has blocks but the journal has not, when the two do not
/// meet, or when the journal is another chain's.
pub fn start_solo(cfg: SoloConfig, app: Arc<dyn Application>) -> Result<Engine, ConsensusError> {
    keys::check_chain(&cfg.chain)?;
    if cfg.epoch_blocks < MIN_EPOCH_BLOCKS {
        return Err(ConsensusError::Epoch);
    }
    if cfg.heartbeat.is_zero() {
        return Err(ConsensusError::Timing("the heartbeat is zero"));
    }
    let public = keys::public_key(&cfg.secret_key).ok_or(ConsensusError::NotAValidator)?;
    let key = keys::private(&cfg.secret_key).ok_or(ConsensusError::NotAValidator)?;
    let scheme = certificate::lone_scheme(&cfg.chain, key, &public).ok_or(ConsensusError::NotAValidator)?;
    let genesis = genesis_header(&cfg.chain, &[public]);
    files::create_dir(&cfg.dir)?;
    let (parent, again) = resume(&cfg, genesis, app.applied_height())?;
    let solo = Solo { cfg, app, scheme, public, parent };
    Engine::spawn("consensus-solo", Arc::default(), move |shared| solo.run(shared, again))
}

/// The block to build on, and the block to deliver once more if the ledger misses it.
fn resume(
    cfg: &SoloConfig,
    genesis: BlockHeader,
    applied: u64,
) -> Result<(BlockHeader, Option<Block>), ConsensusError> {
    let dir = || cfg.dir.display().to_string();
    let Some(bytes) = files::read(&cfg.dir.join(HEAD))? else {
        return if applied == 0 {
            Ok((genesis, None))
        } else {
            Err(ConsensusError::WipedJournal { dir: dir() })
        };
    };
    let (origin, block) = bytes.split_first_chunk::<32>().ok_or(DecodeError::Truncated)?;
    if *origin != genesis.digest() {
        return Err(ConsensusError::ForeignJournal { dir: dir() });
    }
    let head = Block::decode(block)?;
    match head.header.height {
        height if height == applied => Ok((head.header, None)),
        height if applied.checked_add(1) == Some(height) => Ok((head.header.clone(), Some(head))),
        journal => Err(ConsensusError::Gap { applied, journal }),
    }
}

struct Solo {
    cfg: SoloConfig,
    app: Arc<dyn Application>,
    scheme: Scheme,
    public: [u8; 32],
    parent: BlockHeader,
}

impl Solo {
    fn run(mut self, shared: &Arc<Shared>, again: Option<Block>) -> Stopped {
        if let Some(block) = again
            && let Err(reason) = self.deliver(block)
        {
            return reason;
        }
        let origin = genesis_header(&self.cfg.chain, &[self.public]).digest();
        let (mut since, mut entered) = (Instant::now(), None);
        while !shared.is_stopping() {
            let epoch = self.next_epoch();
            if entered != Some(epoch) && !self.alone_in(epoch) {
                return Stopped::Retired { epoch };
            }
            entered = Some(epoch);
            if let Some(block) = self.next_block(since.elapsed()) {
                if let Err(reason) = self.commit(&origin, block) {
                    return reason;
                }
                since = Instant::now();
            } else {
                std::thread::park_timeout(POLL);
            }
        }
        Stopped::Requested
    }

    fn next_epoch(&self) -> u64 {
        epoch_of(self.parent.height.saturating_add(1), self.cfg.epoch_blocks)
    }

    /// Whether this node is the epoch's only validator: alone it can order for nobody else.
    fn alone_in(&self, epoch: u64) -> bool {
        let validators = self.app.validators(epoch).unwrap_or_default();
        matches!(validators.as_slice(), [only] if only.public_key == self.public)
    }

    /// The next block if it is time for one: work waits and the minimal interval is over, or the heartbeat
    /// is due.
    fn next_block(&self, idle: Duration) -> Option<Block> {
        let due = idle >= self.cfg.heartbeat;
        if idle < self.cfg.min_interval || !(due || self.app.has_work()) {
            return None;
        }
        let time_ms = now_ms().max(self.parent.time_ms.saturating_add(1));
        let content = self.app.propose(&self.parent, &[], time_ms);
        if let Err(error) = check_content(&content.app, &content.items) {
            tracing::error!(%error, "the application's content is beyond the bounds of a block");
            return None;
        }
        (due || !content.items.is_empty()).then(|| self.build(content, time_ms))
    }

    fn build(&self, content: Content, time_ms: u64) -> Block {
        let height = self.parent.height.saturating_add(1);
        let epoch = self.next_epoch();
        // Views count from 1 in each epoch, as in a set of several.
        let before = first_height(epoch, self.cfg.epoch_blocks).saturating_sub(1);
        let items: Vec<Bytes> = content.items;
        let header = BlockHeader {
            height,
            parent: self.parent.digest(),
            time_ms,
            proposer: self.public,
            items_root: items_root(&items),
            app: content.app,
            epoch,
            view: height.saturating_sub(before),
            parent_view: self.parent.height.saturating_sub(before),
        };
        Block { header, items }
    }

    fn commit(&mut self, origin: &Hash, block: Block) -> Result<(), Stopped> {
        let head = [origin.as_slice(), &block.encode()].concat();
        files::replace(&self.cfg.dir, HEAD, &head).map_err(|error| Stopped::Engine(error.to_string()))?;
        self.deliver(block)
    }

    fn deliver(&mut self, block: Block) -> Result<(), Stopped> {
        let header = block.header.clone();
        let certificate = certificate::sign_alone(&self.scheme, &header);
        let finalized = Finalized { digest: header.digest(), block: Arc::new(block), certificate };
        self.app.finalized(finalized).map_err(Stopped::Application)?;
        self.parent = header;
        Ok(())
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
