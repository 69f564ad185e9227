//! What a node does where its configuration is silent.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::MIB;
use crate::tree;

pub(super) const fn one() -> usize {
    1
}

pub(super) const fn two() -> usize {
    2
}

pub(super) fn this_machine() -> Vec<IpAddr> {
    vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
}

pub(super) const fn heartbeat() -> u64 {
    200
}

/// Room for hours of empty blocks, so that somebody can make space before anything breaks.
pub(super) const fn quarter_gib() -> u64 {
    256 * 1024 * 1024
}

/// Holds the last three million leaves that changed.
pub(super) const fn tree_cache() -> usize {
    tree::CACHE_BYTES / MIB
}

pub(super) fn filter() -> String {
    "info,commonware=warn,actix_server=warn".to_owned()
}
