//! What a snapshot costs those who pay meanwhile: blocks are applied at a steady pace, without and with the writer beside them.

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
    thread,
    time::{Duration, Instant},
};

use dure_chain::list::root as items_root;
use dure_consensus::{Block, Finalized};
use dure_score::{
    Amount, Call, CampaignId, Genesis, SignedTx, Transaction, VerifiedTx, call::TokenCharge, ids::DepositRef,
    limits::MINUTE_MS, signature::SigningKey,
};
use serde::Serialize;

use crate::{
    certificate,
    town::{bad, citizen_id, next_header},
};
use ledger_node::history::{
    archive::{ArchiveError, keeper::place, write_snapshot},
    ledger::Ledger,
};

/// Transactions of one block.
const TXS: u32 = 50;
/// Time between two blocks.
const PACE: Duration = Duration::from_millis(40);
/// Blocks of the idle measurement.
const IDLE_BLOCKS: u32 = 250;

/// What was measured.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Beside {
    /// 99th percentile of a block's application with nothing beside it, µs.
    pub idle_p99_us: u64,
    /// The same while the snapshot is written.
    pub busy_p99_us: u64,
    /// Blocks applied meanwhile.
    pub busy_blocks: u64,
    /// How long the snapshot took, ms.
    pub snapshot_ms: u64,
}

/// Applies blocks to a ledger of a [`crate::write_crowd`] at a steady pace, first alone, then beside a snapshot that is written below
/// `folder`.
pub(crate) fn measure(ledger: &Ledger, accounts: u32, folder: &Path) -> Result<Beside, ArchiveError> {
    let mut payer = Payer { next: 1, accounts: accounts.max(1) };
    let mut idle = Vec::new();
    for _ in 0..IDLE_BLOCKS {
        idle.push(payer.block(ledger)?);
    }
    let stop = AtomicBool::new(false);
    let mut busy = Vec::new();
    let took = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let begun = Instant::now();
            write_snapshot(ledger, |height| place(folder, height), &stop)
                .map(|height| (height, begun.elapsed()))
        });
        while !writer.is_finished() {
            busy.push(payer.block(ledger)?);
        }
        writer.join().map_err(|_| bad("the writer panicked"))?
    })?;
    let (Some(_), took) = took else { return Err(bad("no header named the state")) };
    Ok(Beside {
        idle_p99_us: p99(&mut idle),
        busy_p99_us: p99(&mut busy),
        busy_blocks: u64::try_from(busy.len()).unwrap_or(u64::MAX),
        snapshot_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    })
}

struct Payer {
    next: u32,
    accounts: u32,
}

impl Payer {
    /// Applies one block of charges and waits for the next one's time. Returns how long the application took.
    fn block(&mut self, ledger: &Ledger) -> Result<Duration, ArchiveError> {
        let begun = Instant::now();
        let head = ledger.head();
        let record = ledger.record(head.height)?.ok_or_else(|| bad("no head"))?;
        let parent = record.header()?;
        let last = self.next.saturating_add(TXS);
        let txs: Result<Vec<SignedTx>, _> =
            (self.next..last).map(|number| self.charge(ledger.genesis(), number, parent.time_ms)).collect();
        self.next = last;
        let txs = txs?;
        let items: Vec<_> = txs.iter().map(|tx| bytes::Bytes::copy_from_slice(tx.wire())).collect();
        let verified =
            VerifiedTx::batch(txs, ledger.chain(), rand::rng()).ok_or_else(|| bad("signatures"))?;
        let verified: Vec<_> = verified.into_iter().map(Arc::new).collect();
        let validator = SigningKey::from_seed([2; 32]);
        let header = next_header(&parent, items_root(&items), head.state_root, &validator);
        let certificate = certificate::sign(ledger.genesis(), &validator, &header);
        let digest = header.digest();
        let finalized =
            Finalized { block: Arc::new(Block { header, items }), digest, certificate: Some(certificate) };
        let applying = Instant::now();
        let executed = ledger.apply(&finalized, &verified)?;
        let took = applying.elapsed();
        if let Some(refusal) = executed.receipts.iter().find_map(dure_score::Receipt::refusal) {
            return Err(bad(refusal.code()));
        }
        thread::sleep(PACE.saturating_sub(begun.elapsed()));
        Ok(took)
    }

    fn charge(&self, genesis: &Genesis, number: u32, time_ms: u64) -> Result<SignedTx, ArchiveError> {
        let officer = SigningKey::from_seed([1; 32]);
        // Far apart, as people pay: each block touches leaves all over the tree.
        let citizen = number.wrapping_mul(2_654_435_761) % self.accounts;
        let call = Call::TokenCharge(TokenCharge {
            to: citizen_id(citizen),
            amount: Amount::new(1_000),
            deposit: DepositRef::new(&format!("B{number}")).map_err(bad)?,
            campaign: CampaignId::COIN,
        });
        let (chain, valid_until) = (genesis.chain.clone(), time_ms.saturating_add(MINUTE_MS));
        let signer = officer.public_key().certificate_id(&chain);
        Ok(Transaction { chain, signer, nonce: number.into(), valid_until, call }.sign(&officer))
    }
}

fn p99(times: &mut [Duration]) -> u64 {
    times.sort_unstable();
    let at = times.len().saturating_mul(99) / 100;
    let time = times.get(at).or(times.last()).copied().unwrap_or_default();
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
