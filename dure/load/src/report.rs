//! What came of a run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Times from the moment in which a payment was meant to be sent until its receipt was there, ms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Payments followed.
    pub samples: usize,
    /// Half of them took at most this long.
    pub p50_ms: f64,
    /// All but one of a hundred.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The measured span, s.
    pub span_s: f64,
    /// Payments that became final on every node in it.
    pub finalized: u64,
    /// The same, a second.
    pub finalized_per_s: f64,
    /// Payments that a node took in, over the whole run.
    pub accepted: u64,
    /// Payments turned away for good, by HTTP status.
    pub refused: BTreeMap<u16, u64>,
    /// Answers *come back later*, by HTTP status; each was sent again.
    pub busy: BTreeMap<u16, u64>,
    /// Connections that broke; what was on them was sent again.
    pub broken: u64,
    /// Payments that are on the ledger without effect, over the whole run, on the node with the most.
    pub without_effect: u64,
    /// What the first refusal said.
    pub example: Option<String>,
    /// How long payments took; all zero without samples.
    pub latency: Latency,
    /// CPU time of the generator in the span, s.
    pub own_cpu_s: f64,
    /// CPU time of each node in the span, s; -1 for a node that ended meanwhile.
    pub node_cpu_s: Vec<f64>,
    /// Whether the payments ran out before the span was over.
    pub ran_out: bool,
    /// Payments, final on every node, at each tenth of a second of the span.
    pub curve: Vec<u64>,
}
