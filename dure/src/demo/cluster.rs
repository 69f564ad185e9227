//! All processes of the product on one machine.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{
    error::DureError,
    process::{Child, Guard, NODES, Program, url},
    setup::{Deployment, SERVICES, Service},
};

/// How long a process may take until it answers: a cold start on a busy two-core machine.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// Pause between two looks.
const POLL: Duration = Duration::from_millis(50);

/// The running processes.
#[derive(Debug)]
pub struct Cluster {
    /// The validators, in their order.
    pub nodes: Vec<Child>,
    /// Wallet, till, bank, gateway.
    pub services: Vec<Child>,
}

impl Cluster {
    /// Starts the validators and waits until each answers.
    pub async fn start_nodes(deployment: &Deployment, guard: &Guard) -> Result<Self, DureError> {
        let binary = binary("ledger-node")?;
        let mut cluster = Self { nodes: Vec::with_capacity(NODES), services: Vec::new() };
        for index in 0..NODES {
            let name = format!("node{}", index + 1);
            let args = vec!["--config".to_owned(), deployment.layout.config(&name).display().to_string()];
            let log = deployment.layout.log(&name);
            cluster.nodes.push(Program { name, binary: binary.clone(), args, log }.start(guard)?);
        }
        for (node, address) in cluster.nodes.iter_mut().zip(deployment.ports.node_urls()) {
            wait_answer(node, &format!("{address}/v1/status")).await?;
        }
        Ok(cluster)
    }

    /// Starts the services around the ledger and waits until each that has an address answers.
    pub async fn start_services(&mut self, deployment: &Deployment, guard: &Guard) -> Result<(), DureError> {
        for service in SERVICES {
            let name = service.name().to_owned();
            let config = deployment.layout.config(&name).display().to_string();
            let log = deployment.layout.log(&name);
            let program =
                Program { name, binary: binary(service.binary())?, args: service.args(config), log };
            self.services.push(program.start(guard)?);
        }
        for (child, service) in self.services.iter_mut().zip(SERVICES) {
            let port = match service {
                Service::Wallet => deployment.ports.wallet,
                Service::Till => deployment.ports.till,
                Service::Bank => deployment.ports.bank,
                // Files in, files out: it has no address.
                Service::Gateway => continue,
            };
            wait_answer(child, &format!("{}/health", url(port))).await?;
        }
        self.check_alive()
    }

    /// Refuses if any process has ended.
    pub fn check_alive(&mut self) -> Result<(), DureError> {
        self.nodes.iter_mut().chain(&mut self.services).try_for_each(Child::check_alive)
    }

    /// Stops everything: services first, so that none of them complains about lost nodes. Names those that had to
    /// be killed.
    pub fn stop(&mut self) -> Result<Vec<String>, DureError> {
        let mut killed = Vec::new();
        for group in [&mut self.services, &mut self.nodes] {
            group.iter_mut().for_each(Child::ask_to_stop);
            for child in group.iter_mut() {
                if !child.wait_stopped()? {
                    killed.push(child.name().to_owned());
                }
            }
        }
        Ok(killed)
    }
}

/// Where a binary of ours lies: beside this one.
pub fn binary(name: &str) -> Result<PathBuf, DureError> {
    let own = std::env::current_exe().map_err(|source| DureError::io("find", Path::new("dure"), source))?;
    let folder = own.parent().unwrap_or(Path::new("."));
    // Test programs lie one folder deeper.
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    let path = folder.join(name);
    if path.is_file() { Ok(path) } else { Err(DureError::BinaryMissing { path }) }
}

/// Waits until `address` answers with success while `child` lives.
pub async fn wait_answer(child: &mut Child, address: &str) -> Result<(), DureError> {
    let http = reqwest::Client::new();
    let until = Instant::now() + START_PATIENCE;
    while Instant::now() < until {
        child.check_alive()?;
        let answer = http.get(address).timeout(Duration::from_secs(2)).send().await;
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
        tokio::time::sleep(POLL).await;
    }
    Err(DureError::Late {
        what: format!("{} answers at {address}", child.name()),
        seconds: START_PATIENCE.as_secs(),
    })
}
