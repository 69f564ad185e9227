//! Four validators as processes, in a temporary folder, on free ports.

use std::path::PathBuf;

use dure::{
    city::City,
    demo::{Cluster, binary, first_day},
    process::{Guard, Ports},
    setup::Deployment,
    signatory::Signatory,
};
use dure_db::Db;
use dure_ledger_client::{LedgerClient, Signer};
use dure_score::{
    Amount, Bid, Call, CampaignId,
    call::{CertificateIssue, TokenCharge},
    ids::DepositRef,
    record::Role,
    signature::SigningKey,
    tx::possession_message,
};
use tempfile::TempDir;

/// The network. Dropping it stops everything.
pub struct Network {
    /// Its set-up.
    pub deployment: Deployment,
    /// Its processes.
    pub cluster: Cluster,
    /// Ends them should the test die.
    pub guard: Guard,
    /// A client of all nodes.
    pub client: LedgerClient,
    /// The database.
    pub db: Db,
    folder: TempDir,
}

/// Starts four validators and plays the first day.
pub async fn start() -> Network {
    start_prepared(|_| {}).await
}

/// Starts four validators and plays the first day; `prepare` may change files of the deployment before.
pub async fn start_prepared(prepare: impl FnOnce(&Deployment)) -> Network {
    let folder = tempfile::tempdir().unwrap();
    let deployment = Deployment::init(folder.path(), &City::demo_folder(), Ports::free().unwrap()).unwrap();
    prepare(&deployment);
    let guard = Guard::start(&binary("dure").unwrap()).unwrap();
    let cluster = Cluster::start_nodes(&deployment, &guard).await.unwrap();
    let client = LedgerClient::new(deployment.ports.node_urls());
    let db = Db::connect(&deployment.database_url).unwrap();
    first_day::run(&deployment, &client, &db).await.unwrap();
    Network { deployment, cluster, guard, client, db, folder }
}

/// Changes one value of a node's configuration file (`number` from 1). The key must be there already.
pub fn configure(deployment: &Deployment, number: usize, key: &str, value: &str) {
    let path = deployment.layout.config(&format!("node{number}"));
    let text = std::fs::read_to_string(&path).unwrap();
    let with_key = |line: &&str| line.split('=').next().is_some_and(|name| name.trim() == key);
    assert_eq!(text.lines().filter(with_key).count(), 1, "{key} in {text}");
    let line = |line: &str| if with_key(&line) { format!("{key} = {value}") } else { line.to_owned() };
    let text: Vec<String> = text.lines().map(line).collect();
    std::fs::write(&path, text.join("\n")).unwrap();
}

impl Network {
    /// Keeps the network's files, for somebody to look at, and says where they are.
    pub fn keep(&mut self) -> PathBuf {
        self.folder.disable_cleanup(true);
        self.folder.path().to_owned()
    }

    /// A client of one node only.
    pub fn node(&self, index: usize) -> LedgerClient {
        LedgerClient::new(vec![self.deployment.ports.node_urls()[index].clone()])
    }

    /// Certifies a new device of a registered citizen and charges it.
    pub async fn citizen(&self, email: &str, won: u64) -> (Bid, Signatory) {
        let chain = &self.deployment.chain;
        let owner = self.deployment.members.citizen(email).unwrap();
        let key = SigningKey::from_seed(rand::random());
        let public_key = key.public_key();
        let possession = Signer::sign(&key, &possession_message(chain, &owner, Role::Holder, &public_key));
        let registrar = self.deployment.key("registry-wallet", &self.client).unwrap();
        let issue = CertificateIssue { owner, public_key, role: Role::Holder, possession };
        registrar.send(Call::CertificateIssue(issue)).await.unwrap();
        let bank = self.deployment.key("bank-1", &self.client).unwrap();
        let charge = TokenCharge {
            to: owner,
            amount: Amount::new(won),
            deposit: DepositRef::new(&format!("D-{email}")).unwrap(),
            campaign: CampaignId::COIN,
        };
        bank.send(Call::TokenCharge(charge)).await.unwrap();
        (owner, Signatory::new(Box::new(key), &self.client, chain))
    }

    /// Waits until all nodes show one height, and asserts that block and state are the same there.
    pub async fn assert_agreement(&self) -> u64 {
        let nodes: Vec<LedgerClient> = (0..4).map(|index| self.node(index)).collect();
        // Sixty seconds in steps of 20 ms: the slowest catch-up that is still healthy.
        for _ in 0..3_000 {
            let statuses = futures::future::join_all(nodes.iter().map(LedgerClient::status)).await;
            let statuses: Vec<_> = statuses.into_iter().flatten().collect();
            if statuses.len() == 4 && statuses.iter().all(|status| status.height == statuses[0].height) {
                for status in &statuses {
                    assert_eq!(status.digest, statuses[0].digest, "two blocks at height {}", status.height);
                    assert_eq!(
                        status.state_root, statuses[0].state_root,
                        "two states at height {}",
                        status.height
                    );
                }
                return statuses[0].height;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("the validators did not come together within a minute");
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // What does not stop is killed; a test that failed has told so already.
        self.cluster.stop().ok();
    }
}
