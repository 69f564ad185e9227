//! One run: sign, send, measure, let everything become final.

use std::{
    rc::Rc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use dure_score::limits::MINUTE_MS;
use tokio::{
    task::{LocalSet, spawn_local},
    time::{interval, sleep},
};

use crate::{
    Latency, LoadError, Pace, Payments, Report, Sample, Spec,
    finality::{Counted, Finality},
    gate::Gate,
    probe::{Probes, Seen, probe},
    sender::{Sending, send},
    sign_payments, usage,
};

/// How often the gate is looked after.
const TICK: Duration = Duration::from_millis(1);

/// One point of the curve.
const POINT: Duration = Duration::from_millis(100);

/// Probes of each node.
const PROBES: usize = 32;

/// Payments stay valid for this long: a minute less than the contract allows, for clocks and set-up.
const VALID_MS: u64 = 9 * MINUTE_MS;

/// Longest wait until everything that was taken in is final.
const DRAIN: Duration = Duration::from_secs(120);

/// Longest wait for the nodes' first answers.
const ANSWER: Duration = Duration::from_secs(10);

/// Longest wait for a node that lags behind the others at the end.
const LAG: Duration = Duration::from_secs(10);

/// Signs and sends payments as told. Runs on a thread and a runtime of its own.
pub fn run(spec: &Spec) -> Result<Report, LoadError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let valid_until = u64::try_from(since.as_millis()).unwrap_or(u64::MAX).saturating_add(VALID_MS);
    let payments = sign_payments(&spec.crowd, spec.first, spec.count, spec.hot, valid_until)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(LoadError::Runtime)?;
    runtime.block_on(LocalSet::new().run_until(drive(spec, payments)))
}

/// A moment: what was final and used up by then.
struct Mark {
    when: Instant,
    least: Counted,
    own: Duration,
    nodes: Vec<Option<Duration>>,
}

struct Run<'a> {
    spec: &'a Spec,
    sending: Rc<Sending>,
    probes: Rc<Probes>,
    finality: Rc<Finality>,
    /// What was final before anything was sent.
    base: Vec<Counted>,
    begun: Instant,
}

async fn drive(spec: &Spec, payments: Payments) -> Result<Report, LoadError> {
    let finality = Finality::follow(&spec.nodes);
    let base = first_counts(&finality, spec.nodes.len()).await?;
    let every = usize::try_from(spec.sample_every).unwrap_or(0);
    let gate = Gate::new(payments.len(), every);
    let sending = Rc::new(Sending { payments, gate, tally: Default::default() });
    let probes = Rc::new(Probes::default());
    for address in &spec.nodes {
        for _ in 0..spec.connections.max(1) {
            spawn_local(send(Rc::clone(&sending), *address, usize::from(spec.depth.max(1))));
        }
        for _ in 0..PROBES {
            spawn_local(probe(Rc::clone(&probes), Rc::clone(&sending), *address));
        }
    }
    let run = Run { spec, sending, probes, finality, base, begun: Instant::now() };
    let (from, to, curve) = run.measure().await;
    let ran_out = run.sending.gate.is_exhausted();
    run.sending.gate.close();
    run.drain().await?;
    Ok(run.report(&from, &to, curve, ran_out))
}

async fn first_counts(finality: &Finality, nodes: usize) -> Result<Vec<Counted>, LoadError> {
    let until = Instant::now() + ANSWER;
    loop {
        match finality.counts() {
            Some(counts) if counts.len() == nodes => return Ok(counts),
            _ if Instant::now() > until => {
                let reason = "not every node tells its metrics".to_owned();
                return Err(LoadError::Node { node: nodes, reason });
            }
            _ => sleep(TICK).await,
        }
    }
}

impl Run<'_> {
    /// Sends until the span is over, or nothing is left to send.
    async fn measure(&self) -> (Mark, Mark, Vec<u64>) {
        let warm = Duration::from_secs_f64(self.spec.warm_s);
        let span = Duration::from_secs_f64(self.spec.measure_s);
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let (mut from, mut curve) = (None::<Mark>, Vec::new());
        loop {
            ticks.tick().await;
            let now = Instant::now();
            self.let_go(now);
            let out = self.sending.gate.is_exhausted();
            let Some(mark) = &from else {
                if out || now.saturating_duration_since(self.begun) >= warm {
                    from = Some(self.mark());
                }
                continue;
            };
            let into = now.saturating_duration_since(mark.when);
            let points = u32::try_from(curve.len()).unwrap_or(u32::MAX);
            if into >= POINT.saturating_mul(points) {
                curve.push(self.least().applied.saturating_sub(mark.least.applied));
            }
            if into >= span || out {
                break;
            }
        }
        let to = self.mark();
        (from.unwrap_or_else(|| self.mark()), to, curve)
    }

    /// Opens the gate as far as the pace allows.
    fn let_go(&self, now: Instant) {
        let allowed = match self.spec.pace {
            Pace::Window(window) => self.least().all().saturating_add(window.into()),
            Pace::Rate(rate) => whole(now.saturating_duration_since(self.begun).as_secs_f64() * rate),
        };
        self.sending.gate.tick(now);
        let free = self.sending.gate.allow(usize::try_from(allowed).unwrap_or(usize::MAX));
        let every = usize::try_from(self.spec.sample_every).unwrap_or(0);
        if every == 0 {
            return;
        }
        for at in free.filter(|at| at.is_multiple_of(every)) {
            let meant = match self.spec.pace {
                Pace::Window(_) => now,
                Pace::Rate(rate) => {
                    let index = u32::try_from(at).unwrap_or(u32::MAX);
                    self.begun + Duration::from_secs_f64(f64::from(index) / rate.max(0.001))
                }
            };
            self.probes.add(at, meant);
        }
    }

    /// What became final on every node since the beginning.
    fn least(&self) -> Counted {
        let since = self.since();
        since.iter().copied().min_by_key(|counted| counted.all()).unwrap_or_default()
    }

    fn since(&self) -> Vec<Counted> {
        let counts = self.finality.counts().unwrap_or_default();
        let minus = |(now, base): (&Counted, &Counted)| Counted {
            applied: now.applied.saturating_sub(base.applied),
            refused: now.refused.saturating_sub(base.refused),
        };
        counts.iter().zip(&self.base).map(minus).collect()
    }

    fn mark(&self) -> Mark {
        let nodes = self.spec.pids.iter().map(|pid| usage::cpu(*pid)).collect();
        Mark { when: Instant::now(), least: self.least(), own: usage::own_cpu(), nodes }
    }

    /// Waits until everything that was taken in is final, if possible on every node.
    async fn drain(&self) -> Result<(), LoadError> {
        let until = Instant::now() + DRAIN;
        let mut lag = None;
        loop {
            // Copies of one payment may have been taken in by several nodes: fewer may be final than were accepted.
            let accepted = self.sending.tally.borrow().accepted;
            let most = self.since().iter().map(|counted| counted.all()).max().unwrap_or(0);
            let least = self.least().all();
            let copies = self.sending.tally.borrow().broken.saturating_mul(self.spec.depth.into());
            if most.saturating_add(copies) >= accepted && self.probes.is_idle() {
                let since = *lag.get_or_insert_with(Instant::now);
                if least >= most || since.elapsed() > LAG {
                    return Ok(());
                }
            } else if Instant::now() > until {
                let missing = accepted.saturating_sub(most);
                return Err(LoadError::NotFinal { missing, seconds: DRAIN.as_secs() });
            }
            self.sending.gate.tick(Instant::now());
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn report(&self, from: &Mark, to: &Mark, curve: Vec<u64>, ran_out: bool) -> Report {
        let span = to.when.saturating_duration_since(from.when).as_secs_f64();
        let finalized = to.least.applied.saturating_sub(from.least.applied);
        let tally = self.sending.tally.borrow().clone();
        let used = |(from, to): (&Option<Duration>, &Option<Duration>)| match (from, to) {
            (Some(from), Some(to)) => to.saturating_sub(*from).as_secs_f64(),
            _ => -1.0,
        };
        Report {
            span_s: span,
            finalized,
            finalized_per_s: float(finalized) / span.max(f64::MIN_POSITIVE),
            accepted: tally.accepted,
            refused: tally.refused,
            busy: tally.busy,
            broken: tally.broken,
            without_effect: self.since().iter().map(|counted| counted.refused).max().unwrap_or(0),
            example: tally.example,
            latency: latency(&self.probes.seen(), from.when, to.when),
            own_cpu_s: to.own.saturating_sub(from.own).as_secs_f64(),
            node_cpu_s: from.nodes.iter().zip(&to.nodes).map(used).collect(),
            ran_out,
            curve,
        }
    }
}

/// Of the payments that were meant to be sent within the span.
fn latency(seen: &[Seen], from: Instant, to: Instant) -> Latency {
    let mut sample = Sample::default();
    seen.iter().filter(|seen| (from..to).contains(&seen.meant)).for_each(|seen| sample.add(seen.took));
    Latency {
        samples: sample.len(),
        p50_ms: sample.p50(),
        p99_ms: sample.p99(),
        max_ms: sample.quantile(100),
    }
}

/// Counts of a run fit 32 bits.
fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The whole part of a number that is not negative, up to 2^32.
fn whole(number: f64) -> u64 {
    // A duration keeps whole seconds apart from the rest, and converts without `as`.
    Duration::try_from_secs_f64(number.max(0.0)).map_or(u64::MAX, |time| time.as_secs())
}
