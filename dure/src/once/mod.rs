//! The main job, once, through the real processes: their HTTP, their files, their crashes. Every step is checked;
//! the summary is one JSON object.

mod checks;
mod crash;
mod device;
mod hostile;
mod mailbox;
mod money;
mod prove;
mod rest;
mod settle;
mod stage;
mod summary;
mod wait;

use std::{fs, path::Path, time::Instant};

use dure_db::Db;
use dure_ledger_client::LedgerClient;

use crate::{
    console::say,
    demo::{Cluster, first_day},
    error::DureError,
    process::{Guard, Ports},
    setup::Deployment,
};

use checks::Checks;

pub use device::Device;
pub use mailbox::{code as mailed_code, mails};
pub use rest::Rest;
pub use stage::Stage;
pub use summary::Summary;

/// Plays the main job in the fresh folder `root` and returns the summary. What was there from an earlier run is
/// removed first; all that was started is stopped in any case.
pub async fn run(root: &Path, city: &Path, guard: &Guard) -> Result<Summary, DureError> {
    let begun = Instant::now();
    if root.exists() {
        fs::remove_dir_all(root).map_err(|source| DureError::io("empty", root, source))?;
    }
    let deployment = Deployment::init(root, city, Ports::free()?)?;
    deployment.ports.check_free()?;
    say("starting four validators, the wallet, the till, the bank and its gateway");
    let mut cluster = Cluster::start_nodes(&deployment, guard).await?;
    let client = LedgerClient::new(deployment.ports.node_urls());
    let db = Db::connect(&deployment.database_url).map_err(|error| DureError::Database(error.to_string()))?;
    first_day::run(&deployment, &client, &db).await?;
    cluster.start_services(&deployment, guard).await?;
    let mut stage =
        Stage { deployment, cluster, client, db, checks: Checks::default(), finality_ms: Vec::new() };
    let played = play(&mut stage).await;
    let summary = match played {
        Ok((settled, proven)) => summary::collect(&mut stage, settled, proven, begun).await,
        Err(error) => Err(error),
    };
    let killed = stage.cluster.stop()?;
    let mut summary = summary?;
    summary.checks.note("clean_stop", killed.is_empty(), format!("{killed:?} had to be killed"));
    Ok(summary)
}

async fn play(stage: &mut Stage) -> Result<(settle::Settled, prove::Proven), DureError> {
    say("enrolment: two citizens, two tills");
    let cast = money::enrol(stage).await?;
    say("money in: deposits at the bank, a grant from the list");
    money::charge(stage, &cast).await?;
    money::grant(stage).await?;
    say("money around: pay by QR, send, refund a part");
    let paid = money::pay_and_send(stage, &cast).await?;
    say("what must be refused");
    hostile::run(stage, &cast, &paid).await?;
    say("a validator is killed while payments go on");
    crash::run(stage, &cast).await?;
    say("settlement");
    let settled = settle::run(stage).await?;
    say("proofs, and an audit of a copy");
    let proven = prove::run(stage, &paid).await?;
    Ok((settled, proven))
}
