//! A fifth node for a running network: it joins from a snapshot.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use dure::{
    demo::binary,
    process::{Child, NODES, Program, url},
    setup::write_private,
};
use dure_ledger_client::LedgerClient;
use dure_score::{PublicKey, ids::Address, record::ValidatorSeat, signature::SigningKey};
use ledger_node::{
    NodeConfig,
    config::{Join, LogFormat, OrdererKind, ValidatorAddress},
};

use crate::network::Network;

/// The fifth node.
pub struct Newcomer {
    /// Its process.
    pub process: Child,
    /// A client of it alone.
    pub client: LedgerClient,
    /// Its key.
    pub key: PublicKey,
    p2p: SocketAddr,
}

impl Newcomer {
    /// Makes its files and starts it. It knows the genesis, the four's addresses, and nothing else.
    pub fn start(network: &Network) -> Self {
        let deployment = &network.deployment;
        let (layout, ports) = (&deployment.layout, &deployment.ports);
        let (http, p2p) = (free_port(), SocketAddr::from((Ipv4Addr::LOCALHOST, free_port())));
        let seed: [u8; 32] = rand::random();
        let secret = layout.node_key(NODES);
        write_private(&secret, hex::encode(seed).as_bytes()).unwrap();
        let validators = deployment.validators.iter().zip(&ports.nodes_p2p);
        let config = NodeConfig {
            http_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, http)),
            p2p_listen: p2p,
            log_format: LogFormat::Text,
            join: Join::Snapshot,
            peers: ports.node_urls(),
            validators: validators
                .map(|(public_key, port)| ValidatorAddress {
                    public_key: *public_key,
                    address: SocketAddr::from((Ipv4Addr::LOCALHOST, *port)),
                })
                .collect(),
            ..NodeConfig::new(layout.genesis(), secret, layout.node(NODES), OrdererKind::Bft)
        };
        let name = format!("node{}", NODES + 1);
        let path = layout.config(&name);
        write_private(&path, config.to_toml().unwrap().as_bytes()).unwrap();
        let args = vec!["--config".to_owned(), path.display().to_string()];
        let log = layout.log(&name);
        let program = Program { name, binary: binary("ledger-node").unwrap(), args, log };
        Self {
            process: program.start(&network.guard).unwrap(),
            client: LedgerClient::new(vec![url(http)]),
            key: SigningKey::from_seed(seed).public_key(),
            p2p,
        }
    }

    /// Its seat in a validator set, with the address that the others do not have in their configuration.
    pub fn seat(&self) -> ValidatorSeat {
        let address = Address::new(&self.p2p.to_string()).unwrap();
        ValidatorSeat { public_key: self.key, address: Some(address) }
    }
}

impl Drop for Newcomer {
    fn drop(&mut self) {
        // What does not stop is killed; a test that failed has told so already.
        self.process.ask_to_stop();
        self.process.wait_stopped().ok();
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}
