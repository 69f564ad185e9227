//! The ledger as it is used: validators as processes, payments over HTTP, counted when they are final on all of them.
//!
//! Whatever is held against something else is measured in turn with it, within the same minutes on the same machine.

mod capacity;
mod disk;
mod growth;
mod heads;
mod latency;
mod recovery;
mod world;

use dure_load::{Crowd, Report, signature_rate};
use serde_json::{Map, Value, json};

use super::{
    Part, Scale, Scratch, cores,
    postgres::{Postgres, Rate},
};
use crate::{console::say, error::DureError, process::Guard, setup::now_ms};

use disk::occupied;
use growth::small;
use world::World;

/// What all keys of a run follow from.
pub const SEED: u64 = 20_260;

/// Of the highest rate: where latency is wanted low, and where it must at least be bounded.
const HALF: f64 = 0.5;
const HIGH: f64 = 0.9;

/// The people of a ledger with so many accounts.
pub fn crowd(accounts: u32, payers: u32) -> Crowd {
    // A little in the past: block times must grow from it.
    let time_ms = now_ms().saturating_sub(1_000);
    Crowd { chain: "bench-1".to_owned(), time_ms, seed: SEED, accounts, payers, merchants: 500 }
}

/// Figures by name, and what they were made from.
#[derive(Default)]
pub struct Figures {
    named: Map<String, Value>,
    raw: Map<String, Value>,
}

impl Figures {
    fn set(&mut self, name: &str, value: f64) {
        self.named.insert(name.to_owned(), json!(value));
    }

    fn keep(&mut self, name: &str, value: Value) {
        self.raw.insert(name.to_owned(), value);
    }

    /// A figure of the contract alone.
    pub fn score(&mut self, per_s: f64) {
        self.set("score_pay_per_s", per_s);
    }

    /// One object: the figures, and `raw` beside them.
    pub fn into_value(mut self) -> Value {
        self.named.insert("raw".to_owned(), Value::Object(self.raw));
        Value::Object(self.named)
    }
}

/// Measures the parts that are wanted.
pub async fn measure(
    scale: &Scale,
    wanted: &dyn Fn(Part) -> bool,
    guard: &Guard,
    figures: &mut Figures,
) -> Result<(), DureError> {
    if [Part::LedgerMax, Part::Postgres, Part::Latency, Part::Recovery].into_iter().any(wanted) {
        say("what one core checks of signatures");
        let crowd = crowd(scale.payers, scale.payers);
        let rate = signature_rate(&crowd)?;
        let bound = rate.best_per_s * cores_f64() / 4.0;
        say(&format!("  {:.0} a second; four validators on {} cores: {bound:.0}", rate.best_per_s, cores()));
        figures.set("signature_bound_per_s", bound);
        figures.keep("signatures", json!(rate));
        say("four validators");
        let folder = Scratch::new("ledger")?;
        let mut world = World::found(&folder.0.join("four"), crowd, false, guard)?;
        let mut four = Four { world: &mut world, scale, guard, bound, accepted: 0, per_s: 0.0 };
        let measured = four.measure(&folder.0, wanted, figures).await;
        world.stop()?;
        measured?;
    }
    if wanted(Part::Accounts) {
        say(&format!("ledgers of {} and {} accounts in turn", scale.few, scale.many));
        let folder = Scratch::new("accounts")?;
        let sizes = (scale.few, scale.many);
        let found = growth::accounts(&folder.0, sizes, scale.rounds, scale.span_s / 2.0, guard).await?;
        say(&format!("  {:.2} of the speed, {:.0} MiB", found.ratio, found.rss_mb));
        figures.set("accounts_10m_vs_10k", found.ratio);
        figures.set("rss_10m_mb", found.rss_mb);
        figures.keep("accounts", found.raw);
    }
    if wanted(Part::Long) {
        say(&format!("{} payments straight into a ledger", scale.long));
        let folder = Scratch::new("long")?;
        let found = growth::long(&folder.0, scale.long, scale.window)?;
        say(&format!("  afterwards {:.2} of the speed of the first ones", found.ratio));
        figures.set("after_5m_vs_first", found.ratio);
        figures.keep("long", found.raw);
    }
    Ok(())
}

/// Four validators under measurement.
struct Four<'a> {
    world: &'a mut World,
    scale: &'a Scale,
    guard: &'a Guard,
    bound: f64,
    /// Payments sent so far.
    accepted: u64,
    /// The highest rate, a second.
    per_s: f64,
}

impl Four<'_> {
    async fn measure(
        &mut self,
        folder: &std::path::Path,
        wanted: &dyn Fn(Part) -> bool,
        figures: &mut Figures,
    ) -> Result<(), DureError> {
        let before = occupied(&self.world.node_folder(0))?;
        self.world.start().await?;
        self.fastest(folder, wanted(Part::Postgres), figures).await?;
        if wanted(Part::Latency) {
            self.latency(figures).await?;
        }
        if wanted(Part::LedgerMax) {
            self.disk(before, figures)?;
            if wanted(Part::Recovery) {
                self.world.start().await?;
            }
        }
        if wanted(Part::Recovery) {
            say("validators die under half of the load");
            let found = recovery::measure(self.world, self.per_s * HALF, self.scale.deaths).await?;
            figures.set("leader_death_ms", found.death_ms);
            figures.set("catch_up_s", found.catch_up_s);
            figures.keep("recovery", found.raw);
        }
        Ok(())
    }

    /// The highest rate, in turn with PostgreSQL's if that is wanted.
    async fn fastest(
        &mut self,
        folder: &std::path::Path,
        beside: bool,
        figures: &mut Figures,
    ) -> Result<(), DureError> {
        let span = self.scale.span_s;
        let warm = capacity::flat_out(self.world, false, (1.0, span / 3.0), None).await?;
        self.note(&warm);
        let mut postgres =
            if beside { Some(Postgres::start(&folder.join("postgres"), self.guard)?) } else { None };
        let (mut spread, mut hot, mut theirs) = (Vec::new(), Vec::new(), (Vec::new(), Vec::new()));
        for _ in 0..self.scale.rounds {
            spread.push(self.flat_out(false).await?);
            if let Some(postgres) = &mut postgres {
                theirs.0.push(told(postgres.measure(false, span)?, "spread"));
                hot.push(self.flat_out(true).await?);
                theirs.1.push(told(postgres.measure(true, span)?, "one shop"));
            }
        }
        self.per_s = mean(spread.iter().map(|run| run.finalized_per_s));
        let own: f64 = spread.iter().map(|run| run.own_cpu_s).sum();
        let all: f64 = spread.iter().map(|run| run.span_s * cores_f64()).sum();
        let left = 1.0 - own / all.max(f64::MIN_POSITIVE);
        figures.set("pay_finalized_per_s", self.per_s);
        figures.set("pay_vs_bound", self.per_s / (self.bound * left));
        figures.keep("cpu_share_left_by_generator", json!(left));
        figures.keep("spread", spread.iter().map(capacity::raw).collect());
        if let Some(postgres) = &postgres {
            let rate = |rates: &[Rate]| mean(rates.iter().map(|rate| rate.per_s));
            let hot_per_s = mean(hot.iter().map(|run| run.finalized_per_s));
            figures.set("pay_vs_postgres_spread", self.per_s / rate(&theirs.0));
            figures.set("hot_vs_postgres_hot", hot_per_s / rate(&theirs.1));
            figures.keep("hot", hot.iter().map(capacity::raw).collect());
            figures.keep("hot_per_s", json!(hot_per_s));
            figures.keep(
                "postgres",
                json!({
                    "version": postgres.version()?, "spread": theirs.0, "hot": theirs.1,
                    "spread_per_s": rate(&theirs.0), "hot_per_s": rate(&theirs.1),
                }),
            );
        }
        Ok(())
    }

    async fn flat_out(&mut self, hot: bool) -> Result<Report, DureError> {
        let expected = Some(self.per_s).filter(|rate| *rate > 0.0);
        let report = capacity::flat_out(self.world, hot, (2.0, self.scale.span_s), expected).await?;
        self.note(&report);
        Ok(report)
    }

    fn note(&mut self, report: &Report) {
        self.accepted = self.accepted.saturating_add(report.accepted);
        self.per_s = self.per_s.max(report.finalized_per_s);
    }

    async fn latency(&mut self, figures: &mut Figures) -> Result<(), DureError> {
        say("how long a payment takes");
        let half = latency::measure(self.world, self.per_s * HALF, self.scale.latency_s).await?;
        let high = latency::measure(self.world, self.per_s * HIGH, self.scale.latency_s).await?;
        self.accepted = self.accepted.saturating_add(half.accepted).saturating_add(high.accepted);
        figures.set("half_load_p50_ms", half.latency.p50_ms);
        figures.set("half_load_p99_ms", half.latency.p99_ms);
        figures.set("high_load_p99_ms", high.latency.p99_ms);
        figures.keep("half_load", capacity::raw(&half));
        figures.keep("high_load", capacity::raw(&high));
        Ok(())
    }

    /// What the payments so far occupy on the first node: while it runs, and once its store has settled. Stops the nodes.
    fn disk(&mut self, before: disk::Occupied, figures: &mut Figures) -> Result<(), DureError> {
        let folder = self.world.node_folder(0);
        let running = occupied(&folder)?;
        self.world.stop()?;
        disk::settle(&folder)?;
        let settled = occupied(&folder)?;
        let payments = f64::from(u32::try_from(self.accepted).unwrap_or(u32::MAX)).max(1.0);
        let each = |bytes: u64, before: u64| small(bytes.saturating_sub(before)) / payments;
        let per_payment = each(settled.all(), before.all());
        say(&format!("  {per_payment:.0} bytes on disk a payment"));
        figures.set("disk_bytes_per_payment", per_payment);
        figures.keep(
            "disk",
            json!({
                "payments": self.accepted,
                "before": before,
                "running": running,
                "settled": settled,
                "running_bytes_per_payment": each(running.all(), before.all()),
                "ledger_bytes_per_payment": each(settled.ledger, before.ledger),
                "consensus_bytes_per_payment": each(settled.consensus, before.consensus),
            }),
        );
        Ok(())
    }
}

fn told(rate: Rate, what: &str) -> Rate {
    say(&format!("  PostgreSQL, {what}: {:.0} payments/s", rate.per_s));
    rate
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = f64::from(u32::try_from(values.len()).unwrap_or(u32::MAX)).max(1.0);
    values.sum::<f64>() / count
}

fn cores_f64() -> f64 {
    f64::from(u32::try_from(cores()).unwrap_or(1))
}
