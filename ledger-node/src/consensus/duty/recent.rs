//! Fetches what a node that began with a snapshot must know before it may judge blocks: which transactions shortly before the
//! snapshot are on the chain already. Nothing is believed that does not lead, hash by hash, to the snapshot's own block.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use dure_chain::list::root as items_root;
use dure_consensus::BlockHeader;
use dure_score::{SignedTx, TxId, limits::MAX_VALIDITY_MS};

use crate::{
    history::ledger::{Ledger, now_ms},
    store::{StoreError, record::TxPosition},
    sync::{
        Identity,
        follow::{
            Failed, Peers,
            wire::{MAX_ANSWER_BYTES, MAX_BLOCKS, SyncBlock},
        },
    },
};

/// Pause after no peer gave what is missing; there is no hurry, time solves it as well.
const PAUSE: Duration = Duration::from_secs(5);

/// Why a peer did not help.
#[derive(Debug, thiserror::Error)]
enum NoHelp {
    /// It gave nothing.
    #[error(transparent)]
    Peer(#[from] Failed),
    /// It gave other blocks than those before the snapshot.
    #[error("block {0} is not the one that the snapshot follows")]
    Foreign(u64),
    /// Our own store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Indexes what is missing from the first peer that has it. Returns when the ledger knows all, at the latest when the transactions
/// before the snapshot are out of their time.
pub(super) async fn index(ledger: Arc<Ledger>, urls: Vec<String>, identity: Arc<Identity>) {
    let peers = match Peers::new(&urls, identity) {
        Ok(peers) => peers,
        Err(error) => {
            tracing::error!(%error, "cannot ask the peers");
            return;
        }
    };
    loop {
        match ledger.knows_repetitions(now_ms()) {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the ledger cannot be read"),
        }
        for url in &urls {
            match from_peer(&ledger, &peers, url.trim_end_matches('/')).await {
                Ok(transactions) => {
                    tracing::info!(
                        transactions,
                        peer = url,
                        "what came shortly before the snapshot is indexed"
                    );
                    return;
                }
                Err(error) => {
                    tracing::warn!(peer = url, %error, "no blocks from shortly before the snapshot");
                }
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Backwards from the snapshot's block. The writes (one a page, at most a few dozen) are done in place.
async fn from_peer(ledger: &Ledger, peers: &Peers, url: &str) -> Result<usize, NoHelp> {
    let Some(joined) = ledger.joined()? else { return Ok(0) };
    let own = ledger.record(joined.height)?.ok_or(NoHelp::Foreign(joined.height))?;
    let since_ms = joined.time_ms.saturating_sub(MAX_VALIDITY_MS);
    let (mut top, mut digest) = (joined.height, *own.digest.as_bytes());
    let (mut span, mut count) = (MAX_BLOCKS, 0usize);
    loop {
        let from = top.saturating_sub(span.saturating_sub(1)).max(1);
        let target = format!("{url}/v1/sync/blocks?from={from}&to={top}&wait_ms=0");
        let sent: Option<Vec<SyncBlock>> = match peers.get(&target, MAX_ANSWER_BYTES).await {
            Ok(body) => Some(minicbor::decode(&body).map_err(|_| Failed::Form)?),
            // It may still have the upper ones of them.
            Err(Failed::Pruned) if span > 1 => None,
            Err(failed) => return Err(failed.into()),
        };
        let whole = top.saturating_sub(from).saturating_add(1);
        let sent = sent.filter(|sent| u64::try_from(sent.len()).is_ok_and(|came| came == whole));
        let Some(sent) = sent else {
            // More than one answer holds. At most eight times: one block is always whole.
            if span == 1 {
                return Err(Failed::Form.into());
            }
            span /= 2;
            continue;
        };
        let page = earlier(top, digest, &sent, since_ms).map_err(NoHelp::Foreign)?;
        let last = page.enough || from == 1;
        ledger.index_earlier(&page.found, last)?;
        count = count.saturating_add(page.found.len());
        if last {
            return Ok(count);
        }
        (top, digest) = (from.saturating_sub(1), page.parent);
    }
}

/// What some blocks hold.
struct Page {
    /// Their transactions, last first.
    found: Vec<(TxId, TxPosition)>,
    /// The digest of the block before them.
    parent: [u8; 32],
    /// A block from before the time asked for is among them.
    enough: bool,
}

/// Holds blocks against the digest of the last of them, at `height`, from there downwards. `Err`: the height of one that is wrong.
fn earlier(mut height: u64, digest: [u8; 32], sent: &[SyncBlock], since_ms: u64) -> Result<Page, u64> {
    let mut page = Page { found: Vec::new(), parent: digest, enough: false };
    for block in sent.iter().rev() {
        let header = BlockHeader::decode(&block.header).map_err(|_| height)?;
        let items: Vec<Bytes> = block.items.iter().map(|item| Bytes::copy_from_slice(item)).collect();
        if header.height != height
            || header.digest() != page.parent
            || items_root(&items) != header.items_root
        {
            return Err(height);
        }
        if header.time_ms < since_ms {
            page.enough = true;
            break;
        }
        for (index, item) in (0u32..).zip(&items).collect::<Vec<_>>().into_iter().rev() {
            let tx = SignedTx::from_wire(item).map_err(|_| height)?;
            page.found.push((tx.id(), TxPosition { height, index }));
        }
        page.parent = header.parent;
        height = height.saturating_sub(1);
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use dure_consensus::genesis_header;
    use dure_score::{
        Call, ChainId, Transaction, call::CertificateRevoke, ids::CertId, signature::SigningKey,
    };

    fn tx(nonce: u64) -> SignedTx {
        let (chain, key) = (ChainId::new("test-1").unwrap(), SigningKey::from_seed([7; 32]));
        let signer = key.public_key().certificate_id(&chain);
        let call = Call::CertificateRevoke(CertificateRevoke { certificate: CertId::new([1; 16]) });
        Transaction { chain, signer, nonce, valid_until: 1, call }.sign(&key)
    }

    /// Three blocks at 100, 200 and 300 ms with one transaction each, and the last one's digest.
    fn chain() -> (Vec<SyncBlock>, [u8; 32]) {
        let mut parent = genesis_header(b"test-1", &[[1; 32]]);
        let mut blocks = Vec::new();
        for height in 1..=3 {
            let item = Bytes::copy_from_slice(tx(height).wire());
            parent = BlockHeader {
                height,
                parent: parent.digest(),
                time_ms: height * 100,
                items_root: items_root(std::slice::from_ref(&item)),
                ..parent
            };
            let items = vec![item.to_vec().into()];
            blocks.push(SyncBlock { header: parent.encode().into(), items, certificate: None });
        }
        (blocks, parent.digest())
    }

    #[test]
    fn finds_what_is_young_and_believes_only_the_chain() {
        let (blocks, digest) = chain();
        let all = earlier(3, digest, &blocks, 0).unwrap();
        let expected = [3, 2, 1].map(|height| (tx(height).id(), TxPosition { height, index: 0 }));
        assert_eq!((all.found.as_slice(), all.enough), (&expected[..], false));
        let young = earlier(3, digest, &blocks, 101).unwrap();
        assert_eq!((young.found.as_slice(), young.enough), (&expected[..2], true));
        // A page goes on where the one above it ended.
        let upper = earlier(3, digest, &blocks[2..], 0).unwrap();
        assert_eq!(earlier(2, upper.parent, &blocks[..2], 0).unwrap().found, expected[1..]);

        let wrong = |change: &dyn Fn(&mut Vec<SyncBlock>)| {
            let mut spoilt = blocks.clone();
            change(&mut spoilt);
            earlier(3, digest, &spoilt, 0).map(|page| page.found.len())
        };
        assert_eq!(wrong(&|_| ()), Ok(3));
        assert_eq!(wrong(&|blocks| blocks[1].items.clear()), Err(2));
        assert_eq!(wrong(&|blocks| blocks.swap(0, 1)), Err(2));
        assert_eq!(wrong(&|blocks| blocks[0].header = Vec::new().into()), Err(1));
    }
}
