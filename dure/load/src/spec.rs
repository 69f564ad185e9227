//! What a run of the generator is told.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::Crowd;

/// How fast payments are sent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// As fast as they become final: at most so many are sent that are not final on every node.
    Window(u32),
    /// So many a second, whether the nodes keep up or not.
    Rate(f64),
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// Who pays whom.
    pub crowd: Crowd,
    /// The nodes' HTTP addresses.
    pub nodes: Vec<SocketAddr>,
    /// The nodes' processes, whose CPU time is told; may be empty.
    pub pids: Vec<u32>,
    /// Number of the first payment: numbers are paid once, ever.
    pub first: u64,
    /// Payments that are signed beforehand.
    pub count: u32,
    /// Everybody pays one shop.
    pub hot: bool,
    /// How fast they are sent.
    pub pace: Pace,
    /// Seconds before the measured span.
    pub warm_s: f64,
    /// Seconds of the measured span; less if the payments run out.
    pub measure_s: f64,
    /// Every so many-th payment is followed until it is final, on a connection of its own; 0 follows none.
    pub sample_every: u32,
    /// Connections to each node.
    pub connections: u16,
    /// Requests that are sent on one connection before an answer is awaited.
    pub depth: u16,
}
