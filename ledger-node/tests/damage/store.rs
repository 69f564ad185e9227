//! The store's files, harmed one by one.

use std::{collections::BTreeMap, fs, path::Path};

use rand::{SeedableRng as _, rngs::StdRng};

use crate::{
    exam::{Before, Found, examine},
    files::{Harm, all, copy, harm, harms, kind},
};

#[path = "../node/support.rs"]
mod support;

pub use support::genesis;
use support::{Place, applied, charge, register};

/// Harms by chance for each file, two of a kind each.
const BY_CHANCE: usize = 4;
const SEED: u64 = 11;

/// A ledger with files of every kind: opened several times, which writes tables, and with a log that is not in them yet.
async fn live(place: &Place) -> Before {
    let mut nonce = 0;
    let mut before = Before::new();
    for life in 0..3u8 {
        let (node, client) = place.start().await;
        for person in 0..6 {
            nonce += 1;
            let who = 10 + life * 6 + person;
            applied(&client, &register(nonce, who)).await;
            applied(&client, &charge(nonce, who, 10_000, &format!("DEP-{nonce}"))).await;
        }
        for height in before.len() as u64..=node.ledger().head().height {
            let record = node.ledger().record(height).unwrap().unwrap();
            before.insert(height, (record.digest, record.state_root));
        }
        node.stop().await;
    }
    before
}

/// The last blocks may have come after we looked.
fn complete(ledger: &Path, before: &Before, scratch: &Path) -> Before {
    copy(ledger, scratch);
    let store = ledger_node::store::RocksStore::open(scratch).unwrap();
    let origin = ledger_node::history::archive::import::origin(&genesis());
    let opened =
        ledger_node::history::ledger::Ledger::open(std::sync::Arc::new(store), genesis(), &origin).unwrap();
    let mut all = before.clone();
    for height in 0..=opened.head().height {
        let record = opened.record(height).unwrap().unwrap();
        let kept = all.insert(height, (record.digest, record.state_root));
        assert!(kept.is_none_or(|kept| kept == (record.digest, record.state_root)));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_to_any_file_of_the_store_is_detected_or_harmless() {
    let place = Place::new();
    let before = live(&place).await;
    let ledger = place.config.data_dir.join("ledger");
    let scratch = place.path().join("scratch");
    let before = complete(&ledger, &before, &scratch.join("whole"));
    let mut random = StdRng::seed_from_u64(SEED);
    let mut table: BTreeMap<(&str, &str, Found), u64> = BTreeMap::new();
    let mut wrong = Vec::new();
    let files: Vec<_> = all(&ledger).into_iter().filter_map(|path| Some((kind(&path)?, path))).collect();
    for kind in ["WAL", "SST", "MANIFEST", "CURRENT", "OPTIONS", "IDENTITY"] {
        assert!(files.iter().any(|(of, _)| *of == kind), "no {kind} among {files:?}");
    }
    for (kind, path) in &files {
        let size = fs::metadata(path).unwrap().len();
        // Of the many tables, a few harms each are enough.
        let by_chance = if *kind == "SST" { 1 } else { BY_CHANCE };
        for what in harms(size, by_chance, &mut random) {
            let dir = scratch.join("harmed");
            copy(&ledger, &dir);
            harm(&dir.join(path.file_name().unwrap()), what);
            let found = examine(&dir, &before);
            fs::remove_dir_all(&dir).unwrap();
            if !allowed(kind, what, &found) {
                wrong.push(format!("{kind} {what:?} of {size}: {found:?}"));
            }
            let found = if let Found::Shorter(_) = found { Found::Shorter(0) } else { found };
            *table.entry((kind, name(what), found)).or_default() += 1;
        }
    }
    for ((kind, what, found), times) in &table {
        eprintln!("{kind:9} {what:5} {found:?}: {times}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const fn name(harm: Harm) -> &'static str {
    match harm {
        Harm::Flip { .. } => "flip",
        Harm::Tear { .. } => "tear",
        Harm::Zeros { .. } => "zeros",
        Harm::Gone => "gone",
    }
}

/// A log may lose its tail, as by a power cut before a disk kept its promise; then the blocks in it are missing, and other nodes have
/// them. Nothing else may come out shorter, and nothing may come out otherwise.
fn allowed(kind: &str, harm: Harm, found: &Found) -> bool {
    match found {
        Found::Refused | Found::Unreadable | Found::Unharmed => true,
        Found::Shorter(_) => kind == "WAL" && !matches!(harm, Harm::Flip { .. }),
        Found::Silent(_) => false,
    }
}
