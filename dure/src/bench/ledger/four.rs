//! Four validators: their highest rate beside PostgreSQL's, how long a payment takes, what it leaves on the disk, and what
//! a death costs.

use std::path::Path;

use dure_load::Report;
use serde_json::json;

use super::{
    capacity,
    disk::{self, occupied},
    growth::small,
    latency, recovery,
    world::World,
};
use crate::{
    bench::{
        Part, Scale,
        figures::Figures,
        machine::cores_f64,
        postgres::{Postgres, Rate},
    },
    console::say,
    error::DureError,
    process::Guard,
};

/// Of the highest rate: where latency is wanted low, and where it must at least be bounded.
const HALF: f64 = 0.5;
const HIGH: f64 = 0.9;

/// Least load under which latency and recovery are looked at, a second: without payments there is nothing to see.
const LEAST_PER_S: f64 = 20.0;

/// Four validators under measurement.
pub struct Four<'a> {
    world: &'a mut World,
    scale: &'a Scale,
    guard: &'a Guard,
    /// What signatures alone allow, a second.
    bound: f64,
    /// Payments sent so far.
    accepted: u64,
    /// The highest rate, a second.
    per_s: f64,
}

impl<'a> Four<'a> {
    /// Not started yet; `bound` is what signatures alone allow, a second.
    pub fn new(world: &'a mut World, scale: &'a Scale, guard: &'a Guard, bound: f64) -> Self {
        Self { world, scale, guard, bound, accepted: 0, per_s: 0.0 }
    }

    /// Starts them and measures what is wanted.
    pub async fn measure(
        &mut self,
        folder: &Path,
        wanted: &dyn Fn(Part) -> bool,
        figures: &mut Figures,
    ) -> Result<(), DureError> {
        let before = occupied(&self.world.node_folder(0))?;
        self.world.start().await?;
        self.fastest(folder, wanted(Part::Postgres), figures).await?;
        if wanted(Part::Latency) {
            let done = self.latency(figures).await;
            figures.note("latency", done);
        }
        if wanted(Part::LedgerMax) {
            self.disk(before, figures)?;
            if wanted(Part::Recovery) {
                self.world.start().await?;
            }
        }
        if wanted(Part::Recovery) {
            let done = self.recovery(figures).await;
            figures.note("recovery", done);
        }
        Ok(())
    }

    /// The highest rate, in turn with PostgreSQL's if that is wanted.
    async fn fastest(&mut self, folder: &Path, beside: bool, figures: &mut Figures) -> Result<(), DureError> {
        let span = self.scale.span_s;
        let warm =
            capacity::flat_out(self.world, false, (1.0, span / 3.0), self.scale.in_flight, None).await?;
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
        let (seconds, in_flight) = ((2.0, self.scale.span_s), self.scale.in_flight);
        let report = capacity::flat_out(self.world, hot, seconds, in_flight, expected).await?;
        self.note(&report);
        Ok(report)
    }

    fn share(&self, share: f64) -> f64 {
        (self.per_s * share).max(LEAST_PER_S)
    }

    fn note(&mut self, report: &Report) {
        self.accepted = self.accepted.saturating_add(report.accepted);
        self.per_s = self.per_s.max(report.finalized_per_s);
    }

    async fn latency(&mut self, figures: &mut Figures) -> Result<(), DureError> {
        say("how long a payment takes");
        let half = latency::measure(self.world, self.share(HALF), self.scale.latency_s).await?;
        let high = latency::measure(self.world, self.share(HIGH), self.scale.latency_s).await?;
        self.accepted = self.accepted.saturating_add(half.accepted).saturating_add(high.accepted);
        figures.set("half_load_p50_ms", half.latency.p50_ms);
        figures.set("half_load_p99_ms", half.latency.p99_ms);
        figures.set("high_load_p99_ms", high.latency.p99_ms);
        figures.keep("half_load", capacity::raw(&half));
        figures.keep("high_load", capacity::raw(&high));
        Ok(())
    }

    async fn recovery(&mut self, figures: &mut Figures) -> Result<(), DureError> {
        say("validators die under half of the load");
        let found = recovery::measure(self.world, self.share(HALF), self.scale.deaths).await?;
        figures.set("leader_death_ms", found.death_ms);
        figures.set("catch_up_s", found.catch_up_s);
        figures.keep("recovery", found.raw);
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
