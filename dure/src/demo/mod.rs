//! `dure demo`: the whole product on one machine, until somebody stops it.

mod cluster;
pub mod first_day;
mod greeting;

use std::{path::Path, time::Duration};

use dure_db::Db;
use dure_ledger_client::LedgerClient;

use crate::{
    console::say,
    error::DureError,
    lan::Lan,
    process::{Guard, Ports},
    setup::Deployment,
};

pub use cluster::{Cluster, binary, wait_answer};

/// How often the processes are looked at: a crash is told within a second.
const LOOK: Duration = Duration::from_secs(1);

/// From where the demo is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// From this machine alone, by plain HTTP.
    ThisMachine,
    /// From the machine's network as well, by HTTPS.
    Lan {
        /// The wallet's port; 8443 if none is asked for. The till is one above.
        port: Option<u16>,
    },
}

/// Runs the demo in `root` until `stop` completes or a process ends by itself. Data stays for the next time.
pub async fn run(
    root: &Path,
    city: &Path,
    ports: Ports,
    network: Network,
    guard: &Guard,
    stop: impl Future<Output = ()>,
) -> Result<(), DureError> {
    ports.check_free()?;
    let mut deployment = Deployment::init(root, city, ports)?;
    let lan = match network {
        Network::ThisMachine => None,
        Network::Lan { port } => Some(Lan::open(&deployment.layout, port)?),
    };
    if let Some(lan) = &lan {
        deployment = deployment.reached_from(lan.outside())?;
        lan.serve(&deployment.ports).await?;
    }
    say(&format!("data in {}", deployment.layout.root().display()));
    let mut cluster = Cluster::start_nodes(&deployment, guard).await?;
    let lived = live(&deployment, lan.as_ref(), &mut cluster, guard, stop).await;
    say("stopping");
    for name in cluster.stop()? {
        say(&format!("{name} did not stop by itself and was killed"));
    }
    lived
}

async fn live(
    deployment: &Deployment,
    lan: Option<&Lan>,
    cluster: &mut Cluster,
    guard: &Guard,
    stop: impl Future<Output = ()>,
) -> Result<(), DureError> {
    say("four validators run");
    let client = LedgerClient::new(deployment.ports.node_urls());
    let db = Db::connect(&deployment.database_url).map_err(|error| DureError::Database(error.to_string()))?;
    first_day::run(deployment, &client, &db).await?;
    say("campaigns are open and funded, people and shops are registered");
    cluster.start_services(deployment, guard).await?;
    greeting::tell(deployment, lan)?;
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return Ok(()),
            () = tokio::time::sleep(LOOK) => cluster.check_alive()?,
        }
    }
}
