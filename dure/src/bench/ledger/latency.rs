//! How long a payment takes from the moment in which its sender meant to send it until its receipt is back, at a given rate.

use dure_load::{Pace, Report};

use super::{
    capacity::{told, whole},
    world::{Send, World},
};
use crate::{console::say, error::DureError};

/// Connections to each node; payments come one by one, as people pay.
pub const CONNECTIONS: (u16, u16) = (32, 1);

/// Every so many-th payment is followed until it is final.
const SAMPLE_EVERY: u32 = 50;

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
        sample_every: SAMPLE_EVERY,
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
