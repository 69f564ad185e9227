//! How many payments a second four validators make final, and what each of them costs.

use dure_load::{Pace, Report};
use serde_json::{Value, json};

use super::world::{Send, World};
use crate::{console::say, error::DureError};

/// Connections to each node, and requests in one piece, when as much as possible is sent.
pub const CONNECTIONS: (u16, u16) = (64, 4);

/// How much faster than the last measurement the next one may turn out: so many payments are signed.
const ROOM: f64 = 1.6;

/// Guess before anything was measured, a second.
const GUESS: f64 = 8_000.0;

/// Payments for so many a second are signed in any case: a first measurement may have been a slow one.
const LEAST: f64 = 2_000.0;

/// Sends as much as becomes final for `seconds` (before the span, and of it), with so many `in_flight`. `expected` is a former
/// figure, a second.
pub async fn flat_out(
    world: &mut World,
    hot: bool,
    seconds: (f64, f64),
    in_flight: u32,
    expected: Option<f64>,
) -> Result<Report, DureError> {
    let rate = expected.map_or(GUESS, |rate| (rate * ROOM).max(LEAST));
    let count = whole(rate * (seconds.0 + seconds.1)).saturating_add(in_flight);
    let send = Send {
        pace: Pace::Window(in_flight),
        count,
        hot,
        seconds,
        sample_every: 0,
        connections: CONNECTIONS,
    };
    let report = world.load(&send).await?;
    say(&format!("  {}", told(&report)));
    Ok(report)
}

/// One line for people.
pub fn told(report: &Report) -> String {
    let cpu: Vec<String> = cpu_us(report).iter().map(|us| format!("{us:.0}")).collect();
    format!(
        "{:.0} payments/s over {:.1} s; CPU µs a payment: nodes {}, generator {:.1}; busy {:?}, refused {:?}{}",
        report.finalized_per_s,
        report.span_s,
        cpu.join(" "),
        per_payment(report, report.own_cpu_s),
        report.busy,
        report.refused,
        if report.ran_out { "; the payments ran out" } else { "" },
    )
}

/// CPU time of each node, µs a payment.
pub fn cpu_us(report: &Report) -> Vec<f64> {
    report.node_cpu_s.iter().map(|seconds| per_payment(report, *seconds)).collect()
}

fn per_payment(report: &Report, seconds: f64) -> f64 {
    seconds * 1e6 / f64::from(u32::try_from(report.finalized).unwrap_or(u32::MAX)).max(1.0)
}

/// A run for the record.
pub fn raw(report: &Report) -> Value {
    json!({
        "finalized_per_s": report.finalized_per_s,
        "finalized": report.finalized,
        "span_s": report.span_s,
        "node_cpu_us_per_payment": cpu_us(report),
        "node_cpu_s": report.node_cpu_s,
        "generator_cpu_s": report.own_cpu_s,
        "accepted": report.accepted,
        "refused": report.refused,
        "busy": report.busy,
        "broken_connections": report.broken,
        "without_effect": report.without_effect,
        "first_refusal": report.example,
        "latency": report.latency,
        "ran_out": report.ran_out,
    })
}

/// The whole part of a number, up to 2^32.
pub fn whole(number: f64) -> u32 {
    let seconds =
        std::time::Duration::try_from_secs_f64(number.max(0.0)).map_or(u64::MAX, |time| time.as_secs());
    u32::try_from(seconds).unwrap_or(u32::MAX)
}
