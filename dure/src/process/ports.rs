//! Ports on the loopback address: the published ones, or free ones for tests and scripted runs.

use std::net::{Ipv4Addr, TcpListener};

use serde::{Deserialize, Serialize};

use crate::error::DureError;

/// Validators of the demo: the smallest number that survives one faulty.
pub const NODES: usize = 4;

/// Where every process listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ports {
    /// The nodes' HTTP.
    pub nodes_http: [u16; NODES],
    /// The nodes' talk among themselves.
    pub nodes_p2p: [u16; NODES],
    /// Citizens' wallet.
    pub wallet: u16,
    /// The till.
    pub till: u16,
    /// The sandbox bank.
    pub bank: u16,
}

impl Ports {
    /// The ports that the documentation names.
    pub const fn published() -> Self {
        Self {
            nodes_http: [7101, 7102, 7103, 7104],
            nodes_p2p: [7201, 7202, 7203, 7204],
            wallet: 8080,
            till: 8081,
            bank: 8090,
        }
    }

    /// Eleven ports that are free now. They lie below the range from which the system takes ports for outgoing
    /// connections, so that none is lost between this look and the process that binds it.
    pub fn free() -> Result<Self, DureError> {
        // 200 tries of 11 ports each: on a machine where that fails, something else is wrong.
        for _ in 0..200 {
            let start = rand::random_range(15_000u16..32_000);
            let run: Vec<u16> = (start..start.saturating_add(11)).collect();
            if run.iter().all(|port| is_free(*port))
                && let [a, b, c, d, e, f, g, h, wallet, till, bank] = *run.as_slice()
            {
                let (nodes_http, nodes_p2p) = ([a, b, c, d], [e, f, g, h]);
                return Ok(Self { nodes_http, nodes_p2p, wallet, till, bank });
            }
        }
        Err(DureError::NoFreePorts)
    }

    /// Refuses if any of the ports is taken, and names all that are.
    pub fn check_free(&self) -> Result<(), DureError> {
        let ports: Vec<u16> = self.all().into_iter().filter(|port| !is_free(*port)).collect();
        if ports.is_empty() { Ok(()) } else { Err(DureError::PortsTaken { ports }) }
    }

    fn all(&self) -> Vec<u16> {
        let services = [self.wallet, self.till, self.bank];
        self.nodes_http.iter().chain(&self.nodes_p2p).chain(&services).copied().collect()
    }

    /// Base addresses of the nodes' HTTP.
    pub fn node_urls(&self) -> Vec<String> {
        self.nodes_http.iter().map(|port| url(*port)).collect()
    }
}

/// `http://127.0.0.1:<port>`.
pub fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_taken_port_is_named() {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        let ports = Ports { wallet: port, ..Ports::free().unwrap() };
        assert!(matches!(ports.check_free(), Err(DureError::PortsTaken { ports }) if ports == [port]));
    }
}
