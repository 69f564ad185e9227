//! The consensus journal of a real validator is torn and flipped while it is dead: it refuses with a code, or it comes back and agrees
//! with the others. Three validators go on meanwhile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use dure_score::{Amount, Call, OrderId, call::TokenPay};
use dure_tests::network::{self, Network};

const PAID_IN: u64 = 50_000;
const EACH: u64 = 10;
/// How long a node with a damaged journal may take until it has refused or is back.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug)]
enum Harm {
    Flip,
    Tear,
}

/// The largest file of each kind: of each partition of the engine's storage, and beside it.
fn files(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut found: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = next.strip_prefix(folder).unwrap().display().to_string();
            let own = path.file_name().unwrap().to_str().unwrap();
            let kind = if inside.is_empty() { own.to_owned() } else { inside };
            let size = |path: &Path| fs::metadata(path).unwrap().len();
            if size(&path) > found.get(&kind).map_or(0, |best| size(best)) {
                found.insert(kind, path);
            }
        }
    }
    found
}

fn damage(path: &Path, harm: Harm) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    match harm {
        Harm::Flip => bytes[middle] ^= 1,
        Harm::Tear => bytes.truncate(middle),
    }
    fs::write(path, bytes).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::remove_dir_all(to).ok();
    assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
}

/// What the node says as it refuses; nothing if it is back and goes on with the others.
async fn comes_back(network: &mut Network, least: u64) -> Option<String> {
    let until = Instant::now() + PATIENCE;
    let node = network.node(0);
    while Instant::now() < until {
        if let Err(error) = network.cluster.nodes[0].check_alive() {
            return Some(error.to_string());
        }
        if node.status().await.is_ok_and(|status| status.height > least) {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("with a damaged journal it neither refuses nor follows");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_consensus_journal_is_refused_or_harmless() {
    let mut network = network::start().await;
    let (_, phone) = network.citizen("mina@sebyeol.example", PAID_IN).await;
    let merchant = network.deployment.members.merchant("M000105").unwrap();
    let folder = network.deployment.layout.node(0).join("consensus");
    let (aside, mut paid) = (folder.with_extension("aside"), 0);
    let kinds: Vec<String> = files(&folder).into_keys().collect();
    assert!(kinds.iter().any(|kind| kind == "validator") && kinds.len() > 5, "{kinds:?}");
    let mut refusals = 0;
    for kind in kinds {
        for harm in [Harm::Flip, Harm::Tear] {
            network.cluster.nodes[0].kill().unwrap();
            let Some(path) = files(&folder).remove(&kind) else { panic!("{kind} has gone") };
            copy(&folder, &aside);
            damage(&path, harm);
            let order = OrderId::new(&format!("S-JOURNAL-{paid}")).unwrap();
            let call = TokenPay { merchant, order, amount: Amount::new(EACH), cashback: None };
            phone.send(Call::TokenPay(call)).await.unwrap();
            paid += 1;
            let before = network.client.status().await.unwrap().height;
            network.cluster.nodes[0].restart().unwrap();
            let refusal = comes_back(&mut network, before).await;
            match &refusal {
                None => eprintln!("{kind}, {harm:?}: harmless"),
                Some(said) => {
                    refusals += 1;
                    let last = said.lines().last().unwrap_or_default();
                    eprintln!("{kind}, {harm:?}: refused: {last}");
                    assert!(last.starts_with("ledger-node: ") && last.ends_with(')'), "no code: {said}");
                    // It was dead in between, so what it had before the damage is no older than its votes.
                    copy(&aside, &folder);
                    network.cluster.nodes[0].restart().unwrap();
                }
            }
            network.assert_agreement().await;
        }
    }
    assert!(refusals > 0, "no damage was noticed");
    let shop = network.node(0).account(&merchant).await.unwrap().unwrap();
    assert_eq!(shop.balance.get(), paid * EACH);
}
