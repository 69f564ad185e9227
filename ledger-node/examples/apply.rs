//! What applying a final block costs: µs of CPU and bytes on disk a payment, in blocks of 2,000 over RocksDB.
//!
//! `cargo run -p ledger-node --example apply -- [folder] [blocks] [citizens]`. The blocks are made once below `folder` and kept
//! there, so that two builds can be measured on the same ones in turn; the ledger is made anew. CPU is the process', with
//! what RocksDB does in the background; reading and verifying the blocks is outside of the measured spans.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use dure_consensus::{Block, BlockHeader, Finalized};
use dure_ledger_bench::{Size, Town};
use dure_score::{SignedTx, VerifiedTx};
use ledger_node::{
    history::{
        archive::{
            backup::{segment_name, write_manifest},
            frame::{self, Kind},
            import::origin,
            read_manifest, segment,
        },
        ledger::Ledger,
    },
    state::executor::execute,
    store::{RocksStore, StateView},
};

/// Payments of a block.
const PAYMENTS: u32 = 2_000;

fn main() {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().unwrap_or_else(|| "/tmp/dure-apply".to_owned()));
    let mut number = |default| args.next().map_or(default, |text| text.parse().unwrap());
    let (blocks, citizens) = (number(50), number(20_000));
    let town = folder.join(format!("town-{blocks}-{citizens}"));
    if !town.exists() {
        let draft = folder.join("draft");
        fs::remove_dir_all(&draft).ok();
        fs::create_dir_all(&draft).unwrap();
        let size = Size { citizens, shops: 500, blocks, payments: PAYMENTS };
        write_manifest(&Town::new(size).unwrap().write(&draft).unwrap(), &draft).unwrap();
        fs::rename(&draft, &town).unwrap();
    }
    measure(&town, &folder.join("ledger"));
}

fn measure(town: &Path, folder: &Path) {
    let manifest = read_manifest(town).unwrap();
    let genesis = manifest.genesis().unwrap();
    fs::remove_dir_all(folder).ok();
    let store = Arc::new(RocksStore::open(folder).unwrap());
    let origin = origin(&genesis);
    let mut ledger = Ledger::open(store, genesis.clone(), &origin).unwrap();
    let mut total = Total::default();
    for named in &manifest.segments {
        let file = fs::read(town.join(segment_name(named))).unwrap();
        let content = frame::open_named(Kind::Segment, &file, &named.hash).unwrap();
        for stored in segment::read(content, named.first, named.last).unwrap() {
            let items: Vec<Bytes> =
                stored.items.into_iter().map(|item| Bytes::from(Vec::from(item))).collect();
            let txs = items.iter().map(|item| SignedTx::from_wire(item).unwrap()).collect();
            let txs = VerifiedTx::batch(txs, &genesis.chain, rand::rng()).unwrap();
            let txs: Vec<Arc<VerifiedTx>> = txs.into_iter().map(Arc::new).collect();
            let header = BlockHeader::decode(&stored.header).unwrap();
            let digest = header.digest();
            let certificate = stored.certificate.map(Vec::from);
            let block = Finalized { block: Arc::new(Block { header, items }), digest, certificate };
            if total.payments == 0 && txs.len() == PAYMENTS as usize {
                // What was only in the log goes into tables: the size is that of what the accounts take.
                drop(ledger);
                let store = Arc::new(RocksStore::open(folder).unwrap());
                total.before = size_of(folder);
                ledger = Ledger::open(store, genesis.clone(), &origin).unwrap();
                total.background = background();
            }
            apply(&ledger, &block, &txs, &mut total);
        }
    }
    total.report(folder);
    drop(ledger);
    let store = RocksStore::open(folder).unwrap();
    let bytes = size_of(folder).saturating_sub(total.before);
    println!("  bytes on disk after a restart: {:.0}", bytes as f64 / total.payments as f64);
    drop(store);
}

#[derive(Default)]
struct Total {
    /// Bytes on disk before the first payment.
    before: u64,
    payments: usize,
    cpu: Duration,
    execute: Duration,
    apply: Duration,
    background: Duration,
}

fn apply(ledger: &Ledger, block: &Finalized, txs: &[Arc<VerifiedTx>], total: &mut Total) {
    if txs.len() != PAYMENTS as usize {
        ledger.apply(block, txs).unwrap();
        return;
    }
    let header = &block.block.header;
    let (view, _) = ledger.view().unwrap();
    let begun = mine();
    let executed = execute(StateView(&*view), header.height, header.time_ms, txs).unwrap();
    total.execute += mine().saturating_sub(begun);
    drop((view, executed));
    let (begun, all) = (mine(), cpu());
    ledger.apply(block, txs).unwrap();
    total.apply += mine().saturating_sub(begun);
    total.cpu += cpu().saturating_sub(all);
    total.payments += txs.len();
}

impl Total {
    fn report(&mut self, folder: &Path) {
        let payments = self.payments as f64;
        let micros = |time: Duration| time.as_secs_f64() * 1e6 / payments;
        println!("{} payments; µs of CPU a payment:", self.payments);
        println!("  execute alone, from the store: {:.2}", micros(self.execute));
        println!(
            "  apply, its own thread: {:.2}; all threads meanwhile: {:.2}",
            micros(self.apply),
            micros(self.cpu)
        );
        println!(
            "  the engine's own threads, until now: {:.2}",
            micros(background().saturating_sub(self.background))
        );
        let bytes = || size_of(folder).saturating_sub(self.before) as f64 / payments;
        println!("  bytes on disk: {:.0}", bytes());
        std::thread::sleep(Duration::from_secs(5));
        println!("  bytes on disk after a rest: {:.0}", bytes());
        println!(
            "  the engine's own threads, in the end: {:.2}",
            micros(background().saturating_sub(self.background))
        );
        let status = fs::read_to_string("/proc/self/status").unwrap();
        status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("  {line}"));
    }
}

fn size_of(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().flatten();
    entries
        .filter_map(|entry| entry.metadata().ok())
        .map(|meta| std::os::unix::fs::MetadataExt::blocks(&meta) * 512)
        .sum()
}

/// User and system time in the fields of a `stat` file, in clock ticks of 10 ms.
fn ticks(stat: &str) -> Duration {
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = [11, 12].iter().map(|at| fields[*at].parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}

fn cpu() -> Duration {
    ticks(&fs::read_to_string("/proc/self/stat").unwrap())
}

/// Of this thread.
fn mine() -> Duration {
    ticks(&fs::read_to_string("/proc/thread-self/stat").unwrap())
}

/// Of the engine's threads.
fn background() -> Duration {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
    let stats = tasks.filter_map(|task| fs::read_to_string(task.path().join("stat")).ok());
    stats.filter(|stat| stat.contains("(rocksdb")).map(|stat| ticks(&stat)).sum()
}
