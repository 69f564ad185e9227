//! A ledger of made-up people, on validators that run as processes.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Stdio,
};

use dure_load::{Crowd, Pace, Report, Spec};
use dure_score::{Genesis, PublicKey, signature::SigningKey};
use ledger_node::{
    NodeConfig,
    config::{LogFormat, OrdererKind, ValidatorAddress},
    consensus::keys::note_fresh,
    history::archive::found,
    store::RocksStore,
};
use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::{
    demo::{binary, wait_answer},
    error::DureError,
    process::{Child, Guard, NODES, Ports, Program, url},
    setup::write_private,
};

/// Validators, their folders and processes, and the people on their ledger.
pub struct World {
    /// Who is on it.
    pub crowd: Crowd,
    /// The processes, in their order.
    pub nodes: Vec<Child>,
    /// Where each answers.
    pub addresses: Vec<SocketAddr>,
    folder: PathBuf,
    guard: Guard,
    /// Number of the next payment.
    next: u64,
}

/// What to send.
#[derive(Clone, Copy, Debug)]
pub struct Send {
    /// How fast.
    pub pace: Pace,
    /// Payments that are signed beforehand.
    pub count: u32,
    /// All to one shop.
    pub hot: bool,
    /// Seconds before the measured span, and of it.
    pub seconds: (f64, f64),
    /// Every so many-th payment is followed.
    pub sample_every: u32,
    /// Connections to each node, and requests in one piece.
    pub connections: (u16, u16),
}

impl World {
    /// Makes the folders of four validators below `folder`, or of one that orders alone. Nothing runs yet.
    pub fn found(folder: &Path, crowd: Crowd, alone: bool, guard: &Guard) -> Result<Self, DureError> {
        let ports = Ports::free()?;
        let count = if alone { 1 } else { NODES };
        let mut keys: Vec<(PublicKey, [u8; 32])> = (0..count)
            .map(|_| {
                let seed: [u8; 32] = rand::random();
                (SigningKey::from_seed(seed).public_key(), seed)
            })
            .collect();
        keys.sort_by_key(|(public, _)| *public.as_bytes());
        let validators: Vec<PublicKey> = keys.iter().map(|(public, _)| *public).collect();
        let genesis = crowd.genesis(validators.clone())?;
        fs::create_dir_all(folder).map_err(|source| DureError::io("make", folder, source))?;
        let path = folder.join("genesis.json");
        let json = serde_json::to_vec(&genesis).map_err(|error| DureError::file(&path, error))?;
        write_private(&path, &json)?;
        let seats = validators.iter().zip(&ports.nodes_p2p);
        let seats: Vec<_> = seats
            .map(|(public_key, port)| ValidatorAddress { public_key: *public_key, address: local(*port) })
            .collect();
        for (index, (public, seed)) in keys.iter().enumerate() {
            write_private(&folder.join(format!("node{index}.seed")), hex::encode(seed).as_bytes())?;
            let note = note_fresh(&node_folder(folder, index), public);
            note.map_err(|error| DureError::Key { name: format!("node{index}"), reason: error.to_string() })?;
            write_config(folder, index, &ports, &seats, alone)?;
        }
        fill(folder, count, &crowd, &genesis)?;
        let addresses = ports.nodes_http.iter().take(count).map(|port| local(*port)).collect();
        let (folder, guard) = (folder.to_owned(), guard.clone());
        Ok(Self { crowd, nodes: Vec::new(), addresses, folder, guard, next: 0 })
    }

    /// Starts every node and waits until each answers.
    pub async fn start(&mut self) -> Result<(), DureError> {
        for index in 0..self.addresses.len() {
            let name = format!("node{index}");
            let config = self.folder.join(format!("{name}.toml")).display().to_string();
            let args = vec!["--config".to_owned(), config];
            let log = self.folder.join(format!("{name}.log"));
            let program = Program { name, binary: binary("ledger-node")?, args, log };
            self.nodes.push(program.start(&self.guard)?);
        }
        for (node, address) in self.nodes.iter_mut().zip(&self.addresses) {
            wait_answer(node, &format!("{}/v1/status", url(address.port()))).await?;
        }
        Ok(())
    }

    /// Stops every node in order.
    pub fn stop(&mut self) -> Result<(), DureError> {
        self.nodes.iter_mut().for_each(Child::ask_to_stop);
        for node in &mut self.nodes {
            node.wait_stopped()?;
        }
        self.nodes.clear();
        Ok(())
    }

    /// Folder of a node.
    pub fn node_folder(&self, index: usize) -> PathBuf {
        node_folder(&self.folder, index)
    }

    /// A running node.
    pub fn node(&mut self, index: usize) -> Result<&mut Child, DureError> {
        self.nodes.get_mut(index).ok_or_else(|| DureError::Data(format!("there is no node {index}")))
    }

    /// Sends payments from a process of their own and waits for what comes of it.
    pub async fn load(&mut self, send: &Send) -> Result<Report, DureError> {
        self.nodes.iter_mut().try_for_each(Child::check_alive)?;
        generate(&self.spec(send)).await
    }

    /// What the generator is to be told. The payments count as sent.
    pub fn spec(&mut self, send: &Send) -> Spec {
        let spec = Spec {
            crowd: self.crowd.clone(),
            nodes: self.addresses.clone(),
            pids: self.nodes.iter().map(Child::pid).collect(),
            first: self.next,
            count: send.count,
            hot: send.hot,
            pace: send.pace,
            warm_s: send.seconds.0,
            measure_s: send.seconds.1,
            sample_every: send.sample_every,
            connections: send.connections.0,
            depth: send.connections.1,
        };
        self.next = self.next.saturating_add(send.count.into());
        spec
    }
}

/// Runs the generator as a process of its own.
pub async fn generate(spec: &Spec) -> Result<Report, DureError> {
    let own = std::env::current_exe().map_err(|source| DureError::io("find", Path::new("dure"), source))?;
    // A test's own program is not the tool.
    let own = if own.ends_with("dure") { own } else { binary("dure")? };
    let mut command = Command::new(&own);
    command.arg("load").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|source| DureError::io("start", &own, source))?;
    let told = serde_json::to_vec(spec).map_err(|error| DureError::Data(error.to_string()))?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(&told).await.map_err(|source| DureError::io("write to", &own, source))?;
    }
    let output = child.wait_with_output().await.map_err(|source| DureError::io("read from", &own, source))?;
    if !output.status.success() {
        return Err(DureError::Data(format!("the load generator failed ({})", output.status)));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| DureError::file(&own, error))
}

/// Founds the first node's ledger and copies it to the others.
fn fill(folder: &Path, count: usize, crowd: &Crowd, genesis: &Genesis) -> Result<(), DureError> {
    let first = node_folder(folder, 0).join("ledger");
    {
        let store = RocksStore::open(&first).map_err(ledger_node::history::archive::ArchiveError::from)?;
        found(&store, genesis, &mut crowd.records(genesis)?)?;
    }
    for index in 1..count {
        copy(&first, &node_folder(folder, index).join("ledger"))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), DureError> {
    fs::create_dir_all(to).map_err(|source| DureError::io("make", to, source))?;
    for entry in fs::read_dir(from).map_err(|source| DureError::io("read", from, source))? {
        let entry = entry.map_err(|source| DureError::io("read", from, source))?;
        let target = to.join(entry.file_name());
        fs::copy(entry.path(), &target).map_err(|source| DureError::io("copy", &target, source))?;
    }
    Ok(())
}

fn write_config(
    folder: &Path,
    index: usize,
    ports: &Ports,
    seats: &[ValidatorAddress],
    alone: bool,
) -> Result<(), DureError> {
    let (Some(http), Some(p2p)) = (ports.nodes_http.get(index), ports.nodes_p2p.get(index)) else {
        return Err(DureError::Data(format!("there is no node {index}")));
    };
    let others = ports.nodes_http.iter().take(seats.len()).filter(|port| *port != http);
    let key = folder.join(format!("node{index}.seed"));
    let orderer = if alone { OrdererKind::Solo } else { OrdererKind::Bft };
    let config = NodeConfig {
        http_listen: local(*http),
        p2p_listen: local(*p2p),
        log_format: LogFormat::Text,
        log_filter: "warn".to_owned(),
        peers: others.map(|port| url(*port)).collect(),
        validators: if alone { Vec::new() } else { seats.to_vec() },
        ..NodeConfig::new(folder.join("genesis.json"), key, node_folder(folder, index), orderer)
    };
    let path = folder.join(format!("node{index}.toml"));
    let text = config.to_toml().map_err(|error| DureError::file(&path, error))?;
    write_private(&path, text.as_bytes())
}

fn node_folder(folder: &Path, index: usize) -> PathBuf {
    folder.join(format!("node{index}"))
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
