//! What a node does where its configuration is silent, and the reason is worth a line.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::state::tree;

/// Bytes of a MiB.
pub(super) const MIB: usize = 1024 * 1024;

/// Room for hours of empty blocks, so that somebody can make space before anything breaks.
pub(super) const MIN_FREE_BYTES: u64 = 256 * 1024 * 1024;

/// Holds the last three million leaves that changed.
pub(super) const TREE_CACHE_MB: usize = tree::CACHE_BYTES / MIB;

/// An office or a shop behind one address: twenty programs with six connections each, as browsers hold them.
pub(super) const CONNECTIONS_PER_ADDRESS: usize = 128;

/// Services on this machine are the institution's own.
pub(super) fn this_machine() -> Vec<IpAddr> {
    vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
}
