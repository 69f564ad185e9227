//! Floods against a running network, and honest payments beside them.
//!
//! Honest people pay at a steady rate from several addresses, whatever the answers take ([`honest`]); somebody else does one kind
//! of harm from an address of their own ([`harm`], [`wire`]). Every 127.x.y.z is this machine, and a client may choose which of
//! them it is, so one machine is enough for many addresses.
//!
//! Who floods shares the cores with the nodes here, which no real one does. So floods are paced: several times what a budget
//! allows, and not as fast as this machine can write.

pub mod harm;
pub mod honest;
pub mod metrics;
pub mod wire;

use std::net::{Ipv4Addr, SocketAddr};

use dure::setup::Deployment;

/// The `number`-th address of this machine; the first is the one that nodes count as their own services'.
pub const fn address(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 0, number)
}

/// Where the nodes' HTTP listens.
pub fn doors(deployment: &Deployment) -> Vec<SocketAddr> {
    deployment.ports.nodes_http.iter().map(|port| SocketAddr::from((address(1), *port))).collect()
}

/// Where the nodes listen for each other.
pub fn back_doors(deployment: &Deployment) -> Vec<SocketAddr> {
    deployment.ports.nodes_p2p.iter().map(|port| SocketAddr::from((address(1), *port))).collect()
}
