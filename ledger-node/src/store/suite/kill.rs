//! SIGKILL of a process that writes: what it was told is durable is there, in whole batches, and nothing after a gap.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use super::{Batch, Read as _, RocksStore, Store as _, Table};

/// Tells this program that it is the one that writes, and where.
const CHILD: &str = "DURE_TEST_STORE_WRITER";
/// Batches of which the keys are kept: an older one is deleted by each write.
const KEPT: u64 = 3;
const KILLS: u64 = 12;

fn number(store: &RocksStore) -> u64 {
    let found = store.get(Table::Meta, b"number").unwrap();
    found.map_or(0, |bytes| u64::from_be_bytes(bytes.as_slice().try_into().unwrap()))
}

/// A batch's value in a table: of a length that many blocks of the disk hold only together.
fn value(table: Table, number: u64) -> Vec<u8> {
    let length = usize::try_from(number * 7_919 % 24_000).unwrap();
    let mut value = format!("{} {number} ", table.name()).into_bytes();
    value.resize(length.max(value.len()), u8::try_from(number % 251).unwrap());
    value
}

/// Not a test of its own: it writes only where [`a_killed_writers_batches_are_whole_and_none_is_lost`] asks it to.
#[test]
fn writes_until_it_is_killed() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let store = RocksStore::open(Path::new(&dir)).unwrap();
    let mut out = std::io::stdout();
    for next in number(&store) + 1.. {
        let mut batch = Batch::default();
        for table in Table::ALL {
            batch.put(table, next.to_be_bytes(), value(table, next));
            if let Some(old) = next.checked_sub(KEPT) {
                batch.delete(table, old.to_be_bytes());
            }
        }
        batch.put(Table::Meta, *b"number", next.to_be_bytes());
        store.write(batch).unwrap();
        writeln!(out, "durable {next}").unwrap();
        out.flush().unwrap();
    }
}

/// Lets a process write for a while, kills it, and says the last number that it called durable.
fn write_and_kill(dir: &Path, pause: Duration) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::suite::kill::writes_until_it_is_killed", "--nocapture"])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
    let durable = |line: String| line.strip_prefix("durable ").and_then(|number| number.parse().ok());
    // It has begun once it says so; the harness' own lines come first.
    let first = told.by_ref().map_while(Result::ok).find_map(durable).expect("the writer writes");
    let begun = Instant::now();
    while begun.elapsed() < pause {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it died is still in the pipe; half a line is none.
    told.map_while(Result::ok).filter_map(durable).last().unwrap_or(first)
}

#[test]
fn a_killed_writers_batches_are_whole_and_none_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut random = StdRng::seed_from_u64(5);
    let mut before = 0;
    for kill in 0..KILLS {
        let told = write_and_kill(dir.path(), Duration::from_micros(random.random_range(0..150_000)));
        let store = RocksStore::open(dir.path()).unwrap();
        let last = number(&store);
        assert!(last >= told && told > before, "kill {kill}: {last} is there, {told} was durable");
        before = last;
        let expected: Vec<u64> = (last.saturating_sub(KEPT - 1).max(1)..=last).collect();
        for table in Table::ALL {
            let found = store.scan_from(table, b"", 100).unwrap();
            let found: Vec<_> = found.into_iter().filter(|(key, _)| key.len() == 8).collect();
            let numbers: Vec<u64> =
                found.iter().map(|(key, _)| u64::from_be_bytes(key.as_slice().try_into().unwrap())).collect();
            assert_eq!(numbers, expected, "kill {kill}: {}", table.name());
            for (number, (_, bytes)) in numbers.iter().zip(&found) {
                assert_eq!(*bytes, value(table, *number), "kill {kill}: {} {number}", table.name());
            }
        }
    }
}
