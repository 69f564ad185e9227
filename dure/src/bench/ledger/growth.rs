//! Whether the ledger slows down as it grows: with many accounts, and after many payments.

use std::{
    fs,
    path::Path,
    sync::mpsc::sync_channel,
    thread,
    time::{Duration, Instant},
};

use dure_ledger_bench::{Checked, Feeder, VALIDATOR};
use dure_load::{payment_block, usage};
use dure_score::{limits::MINUTE_MS, signature::SigningKey};
use serde_json::{Value, json};

use super::{
    capacity::{flat_out, raw},
    crowd::crowd,
    disk::occupied,
    world::World,
};
use crate::{bar::Bar, bench::Scale, console::say, error::DureError, process::Guard};

/// Payers of the large ledger: each touches records that nobody touched before it.
const SPREAD: u32 = 100;

/// Payments of a block that is put straight into a ledger.
const BLOCK: u32 = 2_000;

/// Blocks that wait to be applied while the next are signed.
const QUEUE: usize = 4;

/// What a ledger of many accounts does beside one of few.
pub struct Accounts {
    /// Payments a second with many, of those with few.
    pub ratio: f64,
    /// Resident memory of the node with many, MiB.
    pub rss_mb: f64,
    /// All of it, for the record.
    pub raw: Value,
}

/// Sends payments to a node with few accounts and to one with many, in turn.
pub async fn accounts(folder: &Path, scale: &Scale, guard: &Guard) -> Result<Accounts, DureError> {
    let Scale { few, many, rounds, .. } = *scale;
    let mut small = World::found(&folder.join("few"), crowd(few, few), true, guard)?;
    // Its ports are taken before those of the other are looked for.
    small.start().await?;
    let begun = Instant::now();
    let mut large = World::found(&folder.join("many"), crowd(many, (many / SPREAD).max(few)), true, guard)?;
    let found_s = begun.elapsed().as_secs_f64();
    say(&format!("  {many} accounts founded in {found_s:.0} s"));
    let begun = Instant::now();
    large.start().await?;
    let open_s = begun.elapsed().as_secs_f64();
    let (mut rows, mut sums, mut expected) = (Vec::new(), [0f64; 2], [None; 2]);
    for round in 0..=rounds {
        for ((world, sum), expected) in [&mut small, &mut large].into_iter().zip(&mut sums).zip(&mut expected)
        {
            // The first round only finds out how much to sign.
            let span_s = if round == 0 { scale.span_s / 5.0 } else { scale.span_s / 2.0 };
            let report = flat_out(world, false, (1.0, span_s), scale.in_flight, *expected).await?;
            *expected = Some(report.finalized_per_s);
            if round > 0 {
                *sum += report.finalized_per_s / f64::from(rounds);
                rows.push(json!({ "accounts": world.crowd.accounts, "run": raw(&report) }));
            }
        }
    }
    let pid = large.node(0)?.pid();
    let memory = |line: &str| usage::memory_mb(pid, line).unwrap_or_default();
    let (rss_mb, peak_mb) = (memory("VmRSS:"), memory("VmHWM:"));
    let on_disk = occupied(&large.node_folder(0))?;
    small.stop()?;
    large.stop()?;
    let [few_per_s, many_per_s] = sums;
    Ok(Accounts {
        ratio: many_per_s / few_per_s.max(f64::MIN_POSITIVE),
        rss_mb,
        raw: json!({
            "few": few, "many": many, "few_per_s": few_per_s, "many_per_s": many_per_s, "found_s": found_s,
            "open_s": open_s, "rss_mb": rss_mb, "peak_rss_mb": peak_mb, "disk": on_disk, "runs": rows,
        }),
    })
}

/// What a ledger of many payments does beside a new one.
pub struct Long {
    /// Payments a second at the end, of those at the beginning.
    pub ratio: f64,
    /// All of it, for the record.
    pub raw: Value,
}

/// Puts `total` payments straight into a ledger; measures the first `window` of them and as many after all others, while nothing
/// else runs.
pub fn long(folder: &Path, total: u32, window: u32) -> Result<Long, DureError> {
    let mut crowd = crowd(10_000, 10_000);
    // Blocks carry their own time, which moves a millisecond at a time.
    crowd.time_ms = 1_800_000_000_000;
    let genesis = crowd.genesis(vec![SigningKey::from_seed(VALIDATOR).public_key()])?;
    let path = folder.join("ledger");
    fs::create_dir_all(&path).map_err(|source| DureError::io("make", &path, source))?;
    let mut feeder = Feeder::found(&path, genesis.clone(), &mut crowd.records(&genesis)?)?;
    let make = |first: u32| -> Result<Checked, DureError> {
        let txs = payment_block(&crowd, first.into(), BLOCK, crowd.time_ms.saturating_add(MINUTE_MS))?;
        Ok(Feeder::check(&genesis, txs)?)
    };
    let first = alone(&mut feeder, 0, window, &make)?;
    let begun = Instant::now();
    through(&mut feeder, window, total, &make)?;
    let between_s = begun.elapsed().as_secs_f64();
    let before = occupied(folder)?.ledger;
    let last = alone(&mut feeder, total, window, &make)?;
    drop(feeder);
    let per_s = |span: &Span| f64::from(window) / span.wall.as_secs_f64().max(f64::MIN_POSITIVE);
    let us = |span: &Span| span.cpu.as_secs_f64() * 1e6 / f64::from(window.max(1));
    let bytes = small(before) / f64::from(total.max(1));
    Ok(Long {
        ratio: per_s(&last) / per_s(&first).max(f64::MIN_POSITIVE),
        raw: json!({
            "payments": total, "window": window, "first_per_s": per_s(&first), "last_per_s": per_s(&last),
            "first_cpu_us": us(&first), "last_cpu_us": us(&last), "between_s": between_s,
            "store_bytes_per_payment": bytes,
        }),
    })
}

struct Span {
    wall: Duration,
    cpu: Duration,
}

/// Prepares all blocks, then applies them while nothing else runs.
fn alone(
    feeder: &mut Feeder,
    first: u32,
    count: u32,
    make: &dyn Fn(u32) -> Result<Checked, DureError>,
) -> Result<Span, DureError> {
    let blocks = steps(first, first.saturating_add(count)).map(make).collect::<Result<Vec<_>, _>>()?;
    let (mut wall, cpu) = (Duration::ZERO, usage::own_cpu());
    for block in blocks {
        wall = wall.saturating_add(feeder.apply(block)?);
    }
    Ok(Span { wall, cpu: usage::own_cpu().saturating_sub(cpu) })
}

/// Applies the payments from `first` to `end` while another thread signs and checks the next ones.
fn through(
    feeder: &mut Feeder,
    first: u32,
    end: u32,
    make: &(dyn Fn(u32) -> Result<Checked, DureError> + Sync),
) -> Result<(), DureError> {
    let mut bar = Bar::new("payments", true);
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(QUEUE);
        let maker = scope.spawn(move || {
            for at in steps(first, end) {
                // Nobody listens any more once applying has failed: its error is told below.
                if sender.send((at, make(at)?)).is_err() {
                    break;
                }
            }
            Ok::<_, DureError>(())
        });
        for (at, block) in receiver {
            feeder.apply(block)?;
            bar.at(at.into(), end.into(), "");
        }
        maker.join().map_err(|_| DureError::Data("the signing thread panicked".to_owned()))?
    })
}

fn steps(first: u32, end: u32) -> impl Iterator<Item = u32> {
    (first..end).step_by(usize::try_from(BLOCK).unwrap_or(usize::MAX))
}

/// Bytes as a float, exact up to 2^53.
pub fn small(bytes: u64) -> f64 {
    let kib = u32::try_from(bytes / 1_024).unwrap_or(u32::MAX);
    f64::from(kib) * 1_024.0
}
