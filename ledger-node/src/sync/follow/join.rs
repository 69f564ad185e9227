//! A ledger from a peer's snapshot: the manifest is proven from the pinned genesis, every chunk against the manifest.
//!
//! What was fetched stays on disk until the ledger is built, so that a node that is stopped or killed goes on where it was.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use dure_score::Genesis;
use serde::Deserialize;
use tokio::runtime::Handle;

use super::peers::Peers;
use crate::{
    history::archive::{
        ArchiveError, ChunkSource, import_snapshot, keeper,
        snapshot::{MAX_CHUNK_BYTES, MAX_MANIFEST_BYTES},
    },
    store::{Read as _, RocksStore, Table, record::HEAD},
    sync::Identity,
};

/// Times that every peer is asked for a snapshot before the node goes on without: peers that start together with it need a moment.
const ROUNDS: u32 = 5;
/// Pause between two rounds.
const PAUSE: Duration = Duration::from_secs(1);
/// Longest list of snapshots that is read, bytes.
const MAX_LIST: usize = 64 * 1024;
/// Folder below the snapshots' own in which one is collected.
const STAGING: &str = "joining";

/// What to join with.
pub struct Joining<'a> {
    /// The empty store.
    pub store: Arc<RocksStore>,
    /// The pinned genesis.
    pub genesis: &'a Genesis,
    /// Folder of this node's snapshots: the one joined from becomes the first of them.
    pub snapshots: PathBuf,
    /// Whom to ask.
    pub peers: &'a [String],
    /// In whose name.
    pub identity: Arc<Identity>,
}

/// Fills an empty store from the first peer whose snapshot proves right. The snapshot's height; `None` if the store is not empty or
/// no peer offers one. A snapshot that does not prove right, or is too large, is
/// reported, and the store stays empty.
pub async fn join(joining: Joining<'_>) -> Result<Option<u64>, ArchiveError> {
    if joining.store.get(Table::Meta, HEAD)?.is_some() {
        return Ok(None);
    }
    for round in 0..ROUNDS {
        if round > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        for url in joining.peers {
            match from_peer(&joining, url).await {
                Ok(height) => {
                    tracing::info!(height, peer = url, "joined from a snapshot");
                    return Ok(Some(height));
                }
                Err(
                    error @ (ArchiveError::Source(_)
                    | ArchiveError::Bad { .. }
                    | ArchiveError::TooLarge(_)
                    | ArchiveError::OtherGenesis),
                ) => {
                    tracing::warn!(peer = url, code = error.code(), %error, "no snapshot from this peer");
                }
                Err(error) => return Err(error),
            }
        }
    }
    tracing::warn!("no peer offers a snapshot that proves right: every block is fetched instead");
    Ok(None)
}

async fn from_peer(joining: &Joining<'_>, url: &str) -> Result<u64, ArchiveError> {
    let peers = Peers::new(&[url.to_owned()], Arc::clone(&joining.identity));
    let peers = peers.map_err(|error| ArchiveError::Source(error.to_string()))?;
    let mut source =
        HttpSource { runtime: Handle::current(), peers, url: url.trim_end_matches('/').to_owned() };
    let (store, genesis) = (Arc::clone(&joining.store), joining.genesis.clone());
    let snapshots = joining.snapshots.clone();
    let work = move || {
        let staging = snapshots.join(STAGING);
        let mut told = 0;
        let mut progress = |here: u32, all: u32| {
            if here == all || here >= told {
                tracing::info!(here, all, "snapshot");
                // Ten lines of log, however large it is.
                told = here.saturating_add((all / 10).max(1));
            }
            true
        };
        let height = import_snapshot(&*store, &genesis, &staging, &mut source, &mut progress)?;
        keep(&snapshots, &staging, height);
        Ok(height)
    };
    let joined = tokio::task::spawn_blocking(work).await;
    joined.unwrap_or_else(|error| Err(ArchiveError::Source(error.to_string())))
}

/// Makes what was collected the first of this node's snapshots. The ledger is complete without it.
fn keep(snapshots: &Path, staging: &Path, height: u64) {
    if let Err(error) = fs::rename(staging, keeper::place(snapshots, height)) {
        tracing::warn!(%error, folder = %staging.display(), "the snapshot joined from is not kept");
    }
}

/// Snapshots of a peer.
struct HttpSource {
    runtime: Handle,
    peers: Peers,
    url: String,
}

/// A peer's list of snapshots.
#[derive(Deserialize)]
struct Offered {
    height: u64,
}

impl HttpSource {
    fn get(&self, path: &str, limit: usize) -> Result<Vec<u8>, ArchiveError> {
        let target = format!("{}/v1/snapshots{path}", self.url);
        let body = self.runtime.block_on(self.peers.get(&target, limit));
        body.map(Vec::from).map_err(|failed| ArchiveError::Source(failed.to_string()))
    }
}

impl ChunkSource for HttpSource {
    fn manifest(&mut self, wanted: Option<u64>) -> Result<(u64, Vec<u8>), ArchiveError> {
        let list = self.get("", MAX_LIST)?;
        let list: Vec<Offered> = serde_json::from_slice(&list)
            .map_err(|_| ArchiveError::Source("its list of snapshots is not of its form".to_owned()))?;
        let heights = || list.iter().map(|offered| offered.height);
        let found = wanted.filter(|wanted| heights().any(|height| height == *wanted)).or(heights().max());
        let height = found.ok_or_else(|| ArchiveError::Source("it offers no snapshot".to_owned()))?;
        Ok((height, self.get(&format!("/{height}/manifest"), MAX_MANIFEST_BYTES)?))
    }

    fn chunk(&mut self, height: u64, index: u32) -> Result<Vec<u8>, ArchiveError> {
        self.get(&format!("/{height}/chunks/{index}"), MAX_CHUNK_BYTES)
    }
}
