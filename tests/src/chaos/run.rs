//! Cycles of kills on one network: everything stays, nothing is started anew but what was killed.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use dure::process::NODES;
use dure_ledger_client::LedgerClient;

use super::{
    fault::Fault,
    follow::Follower,
    judge::{Counts, Judge},
    load::{Desk, Load, Style},
    people::Town,
    plan::Plan,
};
use crate::network::{self, Network};

/// Devices of citizens: four each.
pub const PHONES: usize = 24;
/// Coin of every citizen, won: few run out of it, some do.
pub const COIN: u64 = 5_000;
/// How long a killed node may take until it answers, and has all that the others had: many times what it takes, for busy machines.
const BACK: Duration = Duration::from_secs(90);
/// Pause between two looks.
const POLL: Duration = Duration::from_millis(10);

/// How the clients of a run of kills behave: at most a few hundred requests a second in all, so that what they cause can be checked
/// in every cycle.
pub const fn style(seed: u64) -> Style {
    Style {
        seed,
        requests: None,
        pause: Duration::from_millis(20),
        most: 300,
        conflict: 0.2,
        validity: Duration::from_secs(20),
        patience: Duration::from_secs(2),
    }
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Cycles.
    pub cycles: u64,
    /// Kills, those of starting nodes included.
    pub kills: u64,
    /// How requests ended.
    pub counts: Counts,
    /// Blocks that were compared and replayed.
    pub blocks: u64,
    /// Wall-clock time of the cycles, and of the check at the end.
    pub took: (Duration, Duration),
}

/// A fault, where it was, and what is left to look at.
#[derive(Debug, thiserror::Error)]
#[error("cycle {cycle}: {fault} ({}); data kept in {}", fault.code(), folder.display())]
pub struct Failure {
    /// In which cycle, from 0.
    pub cycle: u64,
    /// What.
    pub fault: Fault,
    /// The deployment's folder.
    pub folder: PathBuf,
}

/// Makes a network and kills its validators in so many cycles; `tell` is called after each of them.
pub async fn run(cycles: u64, seed: u64, mut tell: impl FnMut(&Report)) -> Result<Report, Box<Failure>> {
    let mut network = network::start().await;
    let mut report = Report::default();
    let result = all(&mut network, cycles, seed, &mut report, &mut tell).await;
    result.map_err(|fault| Box::new(Failure { cycle: report.cycles, fault, folder: network.keep() }))?;
    Ok(report)
}

async fn all(
    network: &mut Network,
    cycles: u64,
    seed: u64,
    report: &mut Report,
    tell: &mut impl FnMut(&Report),
) -> Result<(), Fault> {
    let town = Arc::new(Town::settle(network, PHONES, COIN).await?);
    let nodes: Vec<LedgerClient> = (0..NODES).map(|node| network.node(node)).collect();
    let mut ledger = Follower::new(Arc::clone(&town), nodes);
    let mut judge = Judge::default();
    let begun = Instant::now();
    let mut load = Load::start(&town, &network.deployment.ports.node_urls(), style(seed));
    for cycle in 0..cycles {
        let plan = Plan::of(seed, cycle);
        report.kills += strike(network, &plan).await?;
        come_together(network).await?;
        load.check().await?;
        go_on(network, &load.desk).await?;
        // Taken before the look at the ledger: all that clients know is there.
        let history = load.desk.take();
        ledger.advance().await?;
        judge.hear(history, &ledger)?;
        let struck: Vec<_> =
            plan.victims.iter().map(|victim| (victim.node, network.node(victim.node))).collect();
        judge.look_up(&struck, &ledger).await?;
        report.cycles = cycle + 1;
        (report.counts, report.blocks) = (judge.counts, ledger.height - town.start);
        report.took.0 = begun.elapsed();
        tell(report);
    }
    let ending = Instant::now();
    let desk = load.stop().await?;
    settle(network, &desk, &mut ledger, &mut judge).await?;
    ledger.again().await?;
    let everybody: Vec<_> = (0..NODES).map(|node| (node, network.node(node))).collect();
    judge.finish(&everybody, &ledger).await?;
    books(network, &ledger).await?;
    (report.counts, report.blocks) = (judge.counts, ledger.height - town.start);
    report.took.1 = ending.elapsed();
    Ok(())
}

/// Kills and starts again as planned. Returns how many kills that were.
pub async fn strike(network: &mut Network, plan: &Plan) -> Result<u64, Fault> {
    let nodes = &mut network.cluster.nodes;
    let mut kills = 0;
    tokio::time::sleep(plan.before).await;
    for victim in &plan.victims {
        exactly(victim.after).await;
        nodes[victim.node].check_alive()?;
        nodes[victim.node].kill()?;
        kills += 1;
    }
    for victim in &plan.victims {
        exactly(victim.down).await;
        nodes[victim.node].restart()?;
    }
    for victim in &plan.victims {
        if let Some(again) = victim.again {
            exactly(again).await;
            nodes[victim.node].check_alive()?;
            nodes[victim.node].kill()?;
            nodes[victim.node].restart()?;
            kills += 1;
        }
    }
    Ok(kills)
}

/// Sleeps to the microsecond: timers have milliseconds only.
async fn exactly(pause: Duration) {
    let until = Instant::now() + pause;
    tokio::time::sleep(pause.saturating_sub(Duration::from_millis(2))).await;
    while Instant::now() < until {
        std::hint::spin_loop();
    }
}

/// Waits until every node answers and has what any of them had when this began.
pub async fn come_together(network: &mut Network) -> Result<(), Fault> {
    let until = Instant::now() + BACK;
    let nodes: Vec<LedgerClient> = (0..NODES).map(|node| network.node(node)).collect();
    let mut goal = None;
    while Instant::now() < until {
        for node in &mut network.cluster.nodes {
            node.check_alive()?;
        }
        let statuses = futures::future::join_all(nodes.iter().map(LedgerClient::status)).await;
        let heights: Vec<u64> = statuses.into_iter().flatten().map(|status| status.height).collect();
        let most = heights.iter().max().copied().unwrap_or(0);
        if heights.len() == NODES {
            let goal = *goal.get_or_insert(most);
            if heights.iter().all(|height| *height >= goal) {
                return Ok(());
            }
        }
        tokio::time::sleep(POLL).await;
    }
    Err(Fault::Late { what: "every node is back and has all blocks".to_owned(), seconds: BACK.as_secs() })
}

/// Waits until another request is answered.
async fn go_on(network: &mut Network, desk: &Desk) -> Result<(), Fault> {
    let (until, told) = (Instant::now() + BACK, desk.told());
    while desk.told() == told {
        if Instant::now() > until {
            return Err(Fault::Late { what: "payments go on".to_owned(), seconds: BACK.as_secs() });
        }
        for node in &mut network.cluster.nodes {
            node.check_alive()?;
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

/// Waits until nothing is open any more: what no block had when its time was over is void.
pub async fn settle(
    network: &mut Network,
    desk: &Desk,
    ledger: &mut Follower,
    judge: &mut Judge,
) -> Result<(), Fault> {
    let until = Instant::now() + BACK;
    loop {
        come_together(network).await?;
        let history = desk.take();
        ledger.advance().await?;
        judge.hear(history, ledger)?;
        if judge.is_done() {
            return Ok(());
        }
        if Instant::now() > until {
            let what = format!("every request has an outcome (open until {:?})", judge.open_until());
            return Err(Fault::Late { what, seconds: BACK.as_secs() });
        }
        tokio::time::sleep(POLL * 10).await;
    }
}

/// All coin is where the model has it, and the ledger's totals say the same.
async fn books(network: &Network, ledger: &Follower) -> Result<(), Fault> {
    for number in 0..NODES {
        let node = network.node(number);
        let fault = |found: String, why: &str| Fault::Read {
            node: number + 1,
            found,
            height: ledger.height,
            why: why.to_owned(),
        };
        for (owner, balance) in ledger.bank().balances() {
            let account = node.account(owner).await.map_err(Fault::answer("an account"))?;
            let held = account.map_or(0, |account| account.balance.get());
            if held != *balance {
                return Err(fault(format!("{held} of {owner}"), &format!("the model has {balance}")));
            }
        }
        let supply = node.supply().await.map_err(Fault::answer("the supply"))?;
        let coin = supply.iter().find(|line| line.campaign == dure_score::CampaignId::COIN);
        let coin = coin.and_then(|line| line.supply.existing()).map(dure_score::Amount::get);
        if coin != Some(ledger.bank().total()) {
            let why = format!("all accounts hold {}", ledger.bank().total());
            return Err(fault(format!("a supply of {coin:?}"), &why));
        }
    }
    Ok(())
}
