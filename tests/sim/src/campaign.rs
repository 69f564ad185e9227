//! Many seeds on all cores, with progress, and what a failing one needs to be played again.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    Violation,
    seams::Seams,
    seed::{Outcome, play},
};

/// Makes a seed's parts.
pub type Planting = Arc<dyn Fn() -> Arc<dyn Seams> + Send + Sync>;

/// How often progress is shown.
const PROGRESS: Duration = Duration::from_secs(5);

/// What many seeds came to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Seeds played.
    pub seeds: u64,
    /// Blocks of all.
    pub blocks: u64,
    /// Transactions in them.
    pub transactions: u64,
    /// Simulated time of all.
    pub simulated: Duration,
    /// The failing seed with the lowest number.
    pub failure: Option<Box<Outcome>>,
}

/// A range of seeds.
pub struct Campaign {
    /// The first.
    pub from: u64,
    /// How many.
    pub seeds: u64,
    /// Threads; each plays one seed at a time.
    pub threads: usize,
    /// Plays each seed twice and compares.
    pub twice: bool,
    /// What validators are made of.
    pub planting: Planting,
    /// Whether progress goes to stderr.
    pub progress: bool,
}

/// One seed, whatever happens: a panic of the harness counts as a failure of that seed.
pub fn play_safely(seed: u64, planting: &Planting, twice: bool) -> Outcome {
    let once = || {
        let seams = planting();
        catch_unwind(AssertUnwindSafe(|| play(seed, seams)))
    };
    let failed = |why: String| Outcome {
        seed,
        violation: Some(Violation::new("the simulation itself", why)),
        trace: String::new(),
        events: Vec::new(),
        blocks: 0,
        transactions: 0,
        elapsed: Duration::ZERO,
    };
    let first = match once() {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => return failed(error.to_string()),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            return failed(format!("panic: {}", text.unwrap_or_default()));
        }
    };
    if twice && !matches!(once(), Ok(Ok(second)) if second == first) {
        return failed("the same seed went another way the second time".to_owned());
    }
    first
}

impl Campaign {
    /// Plays until the end or the first failure. Seeds below a failing one are still finished, so that the lowest is
    /// reported.
    pub fn run(&self) -> Summary {
        let (next, stop) = (AtomicU64::new(self.from), AtomicBool::new(false));
        let end = self.from.saturating_add(self.seeds);
        let (sender, outcomes) = mpsc::channel();
        let mut summary = Summary::default();
        thread::scope(|scope| {
            for _ in 0..self.threads.max(1) {
                let (sender, next, stop) = (sender.clone(), &next, &stop);
                scope.spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= end || sender.send(play_safely(seed, &self.planting, self.twice)).is_err()
                        {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            let (start, mut told) = (Instant::now(), Instant::now());
            for outcome in outcomes {
                if outcome.violation.is_some() {
                    stop.store(true, Ordering::Relaxed);
                }
                summary.take(outcome);
                if self.progress && told.elapsed() >= PROGRESS {
                    told = Instant::now();
                    let rate = summary.seeds as f64 / start.elapsed().as_secs_f64();
                    eprintln!(
                        "{} of {} seeds, {} blocks, {rate:.1} seeds/s",
                        summary.seeds, self.seeds, summary.blocks
                    );
                }
            }
        });
        summary
    }
}

impl Summary {
    fn take(&mut self, outcome: Outcome) {
        self.seeds += 1;
        self.blocks += outcome.blocks;
        self.transactions += outcome.transactions as u64;
        self.simulated += outcome.elapsed;
        let lower = self.failure.as_ref().is_none_or(|known| outcome.seed < known.seed);
        if outcome.violation.is_some() && lower {
            self.failure = Some(Box::new(outcome));
        }
    }
}

/// Writes what a failing seed did, and the command that plays it again.
pub fn explain(outcome: &Outcome, bug: Option<&str>, out: &mut impl std::io::Write) -> std::io::Result<()> {
    let Some(violation) = &outcome.violation else { return Ok(()) };
    writeln!(out, "seed {} breaks: {}", outcome.seed, violation.invariant)?;
    writeln!(out, "  {}", violation.detail)?;
    writeln!(out, "last events:")?;
    for event in &outcome.events {
        writeln!(out, "  {event}")?;
    }
    let (feature, bug) = match bug {
        Some(bug) => (" --features planted", format!(" --bug {bug}")),
        None => ("", String::new()),
    };
    writeln!(out, "again: cargo run -p dure-sim{feature} -- run --seed {}{bug}", outcome.seed)?;
    out.flush()
}

/// Panics inside simulated processes are part of the play: nobody needs to read them.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|_| {}));
}
