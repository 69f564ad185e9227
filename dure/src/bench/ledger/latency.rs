//! How long a payment takes from the moment in which its sender meant to send it until its receipt is back, at a given rate.

use dure_load::{Pace, Report};

use super::{
    capacity::{told, whole},
    world::{Send, World},
};
use crate::{console::say, error::DureError};

/// Connections to each node; payments come one by one, as people pay.
pub const CONNECTIONS: (u16, u16) = (32, 1);

/// Of so many payments one is followed at most, so that following costs little.
const SPARSEST: f64 = 50.0;

/// So many are followed at least, if there are as many: ten of them are slower than the 99th percentile.
const SAMPLES: f64 = 1_000.0;

/// Seconds before the measured span.
const WARM_S: f64 = 3.0;

/// Sends `rate` payments a second.
pub fn steady(rate: f64, seconds: (f64, f64)) -> Send {
    Send {
        pace: Pace::Rate(rate),
        // A second more than the span lasts, so that they do not run out before it is over.
        count: whole(rate * (seconds.0 + seconds.1 + 1.0)),
        hot: false,
        seconds,
        sample_every: whole((rate * seconds.1 / SAMPLES).clamp(1.0, SPARSEST)),
        connections: CONNECTIONS,
    }
}

/// Measures at a steady rate for `span_s` seconds.
pub async fn measure(world: &mut World, rate: f64, span_s: f64) -> Result<Report, DureError> {
    let report = world.load(&steady(rate, (WARM_S, span_s))).await?;
    let latency = report.latency;
    say(&format!(
        "  at {rate:.0}/s: p50 {:.0} ms, p99 {:.0} ms, longest {:.0} ms of {}; {}",
        latency.p50_ms,
        latency.p99_ms,
        latency.max_ms,
        latency.samples,
        told(&report)
    ));
    Ok(report)
}
