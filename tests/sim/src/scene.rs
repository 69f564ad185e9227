//! What happens in one seed, and whoever watches it: load and faults go in, every block, vote and answer is checked.

use std::{
    collections::VecDeque,
    sync::{Arc, OnceLock, Weak, atomic::Ordering},
    time::Duration,
};

use dure_consensus::{
    Application, Finalized, Stopped,
    simulation::{Action, Scenario, Vote},
};
use dure_score::TxId;
use ledger_node::history::ledger::Ledger;
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

use crate::{
    Violation,
    chain::Chain,
    fleet::{self, Fleet, application},
    load::{Expect, Load, Submission},
    plan::{ENCORE, Event, Plan, SUPERVISOR, Treason},
    process::Answer,
    promise::Promise,
    seams::Seams,
    town::{START_MS, Town},
    votes::Votes,
};

/// Last events kept for the report.
const KEPT: usize = 40;

/// What injected faults of disks say. One may come to light long after the storm: the engine keeps a failed write to
/// its next attempt, and dies then.
const DISK_FAULTS: [&str; 2] = ["injected storage fault", "a simulated disk failed"];

/// Faults kept for the report: more than a seed has.
const MAX_FAULTS: usize = 400;

/// How long after a storm of its disks a process may still die of it.
const AFTERMATH: Duration = Duration::from_millis(300);

/// All that changes.
pub struct State {
    pub(crate) fleet: Fleet,
    /// The chain so far.
    pub chain: Chain,
    votes: Votes,
    pub(crate) load: Load,
    events: VecDeque<(Duration, Event)>,
    pub(crate) now: Duration,
    opened: bool,
    pub(crate) healed: Option<u64>,
    stormy_until: Duration,
    pub(crate) voted_since: Vec<bool>,
    pub(crate) promises: Vec<Promise>,
    outbox: Vec<Action>,
    faults: Vec<String>,
    log: VecDeque<String>,
    trace: Sha256,
    violation: Option<Violation>,
}

/// One seed at play.
pub struct Scene {
    /// Who is there.
    pub town: Town,
    /// What goes wrong.
    pub plan: Plan,
    /// Where bugs may be planted.
    pub seams: Arc<dyn Seams>,
    state: Mutex<State>,
    me: OnceLock<Weak<Scene>>,
}

impl Scene {
    /// Of a seed, before anything has happened.
    pub fn new(seed: u64, seams: Arc<dyn Seams>) -> Arc<Self> {
        let plan = Plan::new(seed);
        let town = Town::new(plan.validators, plan.epoch_blocks);
        let mut fleet = Fleet::new(seed, plan.validators);
        let state_root = genesis_root(&town);
        let state = State {
            chain: Chain::new(&town, state_root),
            votes: Votes::default(),
            load: Load::new(seed, &plan),
            events: plan.events.iter().cloned().collect(),
            now: Duration::ZERO,
            opened: false,
            healed: None,
            stormy_until: Duration::ZERO,
            voted_since: vec![false; plan.validators],
            promises: Vec::new(),
            outbox: Vec::new(),
            faults: Vec::new(),
            log: VecDeque::new(),
            trace: Sha256::new(),
            violation: None,
            fleet: std::mem::replace(&mut fleet, Fleet::new(seed, 0)),
        };
        let scene = Arc::new(Self { town, plan, seams, state: Mutex::new(state), me: OnceLock::new() });
        scene.me.set(Arc::downgrade(&scene)).unwrap();
        scene
    }

    /// A final block was taken over by a validator.
    pub fn applied(&self, node: usize, ledger: &Ledger, block: &Finalized) {
        let state = &mut *self.state.lock();
        let height = block.block.header.height;
        let digest = hex::encode(&block.digest[..4]);
        state
            .note(|| format!("{node} applies {height} ({digest}, {} transactions)", block.block.items.len()));
        let checked = state.chain.applied(node, ledger, block);
        state.judge(checked);
        state.fleet.machines[node].durable = height;
    }

    /// How it ended: what broke, the last events, the hash over all events, blocks and transactions.
    pub fn conclude(&self) -> (Option<Violation>, Vec<String>, String, u64, usize) {
        let state = &mut *self.state.lock();
        for machine in &mut state.fleet.machines {
            machine.process = None;
        }
        let trace = hex::encode(state.trace.clone().finalize());
        let (height, transactions) = (state.chain.height(), state.chain.transactions());
        let events = state.faults.iter().chain(&state.log).cloned().collect();
        (state.violation.clone(), events, trace, height, transactions)
    }
}

fn genesis_root(town: &Town) -> dure_score::Hash32 {
    let store = Arc::new(ledger_node::store::MemoryStore::default());
    Ledger::open(store, town.genesis.clone(), &town.origin()).unwrap().head().state_root
}

impl State {
    pub(crate) fn note(&mut self, what: impl FnOnce() -> String) {
        let line = format!("{:>6} ms  {}", self.now.as_millis(), what());
        self.trace.update(line.as_bytes());
        if self.log.len() >= KEPT {
            self.log.pop_front();
        }
        self.log.push_back(line);
    }

    /// Notes what is wrong with machines and network: few lines, and the first things that one wants to know.
    fn fault(&mut self, what: impl FnOnce() -> String) {
        if self.faults.len() < MAX_FAULTS {
            let line = format!("{:>6} ms  {}", self.now.as_millis(), what());
            self.trace.update(line.as_bytes());
            self.faults.push(line);
        }
    }

    pub(crate) fn judge(&mut self, checked: Result<(), Violation>) {
        if let Err(violation) = checked {
            self.note(|| format!("BROKEN {}: {}", violation.invariant, violation.detail));
            self.violation.get_or_insert(violation);
        }
    }

    fn crash(&mut self, scene: &Scene, node: usize, back_at: Duration) -> Option<Action> {
        let machine = &mut self.fleet.machines[node];
        machine.process.take()?;
        machine.back_at = Some(back_at);
        scene.seams.ended(node, &machine.disk);
        self.fault(|| format!("{node} crashes"));
        Some(Action::Crash(node))
    }

    fn events(&mut self, scene: &Scene, actions: &mut Vec<Action>) {
        while let Some((_, event)) = self.events.pop_front_if(|(at, _)| *at <= self.now) {
            match event {
                Event::Crash(node, down) => actions.extend(self.crash(scene, node, self.now + down)),
                Event::Disks(fail) => {
                    self.fleet.storm.store(fail, Ordering::Relaxed);
                    self.stormy_until = if fail { Duration::MAX } else { self.now + AFTERMATH };
                    self.fault(|| format!("disks fail: {fail}"));
                }
                Event::World(action) => {
                    if let Action::Skew { node, ms } = action {
                        self.fleet.machines[node].skew_ms.store(ms, Ordering::Relaxed);
                    }
                    self.fault(|| format!("{action:?}"));
                    actions.push(action);
                }
            }
        }
    }

    fn heal(&mut self, scene: &Scene, actions: &mut Vec<Action>) {
        if self.healed.is_some() || self.now < scene.plan.heal {
            return;
        }
        self.healed = Some(self.chain.height());
        self.fault(|| "everything heals".to_owned());
        self.fleet.storm.store(false, Ordering::Relaxed);
        self.stormy_until = self.stormy_until.min(self.now + AFTERMATH);
        for action in scene.plan.healing() {
            if let Action::Skew { node, ms } = action {
                self.fleet.machines[node].skew_ms.store(ms, Ordering::Relaxed);
            }
            actions.push(action);
        }
    }

    fn start_those_down(&mut self, scene: &Scene, actions: &mut Vec<Action>) {
        for node in 0..self.fleet.machines.len() {
            let machine = &mut self.fleet.machines[node];
            if machine.process.is_none() && machine.back_at.is_some_and(|at| at <= self.now) {
                machine.back_at = None;
                let life = machine.lives;
                actions.extend(scene.seams.beside_start(node, life));
                actions.push(Action::Start(node));
                self.fault(|| format!("{node} starts its life {life}"));
            }
        }
    }

    fn submit(&mut self, scene: &Scene, submission: &Submission) {
        let node = submission.node;
        let machine = &self.fleet.machines[node];
        let Some(process) = machine.process.clone() else { return };
        let now_ms = self.clock_ms(node);
        let answer = scene.seams.door(node, &submission.wire);
        let answer = answer.unwrap_or_else(|| process.admit(&submission.wire, now_ms));
        let life = machine.lives;
        if answer != (Answer::Pending { new: false }) {
            self.note(|| format!("{node} gets {}: {}", short(&submission.id), said(&answer)));
        }
        match &answer {
            Answer::Pending { new } => {
                if submission.expect == Expect::Refused {
                    let detail = format!("validator {node} lets {} in, which can never apply", submission.id);
                    self.judge(Err(Violation::new("I8 only good transactions", detail)));
                }
                if submission.expect == Expect::Once && scene.plan.is_honest(node) {
                    self.promises.push(Promise { id: submission.id, node, life });
                }
                if *new {
                    self.pass_on(node, &submission.wire);
                }
            }
            Answer::Final(receipt) => {
                if scene.plan.is_honest(node) && self.chain.receipt(&submission.id) != Some(receipt) {
                    let detail =
                        format!("validator {node} shows a receipt of {} that is not so", submission.id);
                    self.judge(Err(Violation::new("I6 acknowledged survives", detail)));
                }
            }
            Answer::Refused(_) => {}
        }
    }

    fn clock_ms(&self, node: usize) -> u64 {
        let skew = self.fleet.machines[node].skew_ms.load(Ordering::Relaxed);
        (START_MS + self.now.as_millis() as u64).saturating_add_signed(skew)
    }

    fn pass_on(&mut self, from: usize, wire: &[u8]) {
        for to in (0..self.fleet.machines.len()).filter(|to| *to != from) {
            self.outbox.push(Action::Send { from, to, message: wire.to_vec() });
        }
    }
}

impl Scenario for Scene {
    fn boot(&self, node: usize) -> Option<Arc<dyn Application>> {
        let scene = self.me.get()?.upgrade()?;
        let state = &mut *self.state.lock();
        let opened = state.fleet.open(node, &self.town, &*self.seams);
        match opened {
            Ok(process) => {
                if self.plan.is_honest(node) {
                    let durable = state.fleet.machines[node].durable;
                    let checked = state.chain.reopened(node, &process.ledger, durable);
                    state.judge(checked);
                }
                let cast = (&self.plan, &self.town, &*self.seams);
                let skew_ms = &state.fleet.machines[node].skew_ms;
                let seen = Arc::new(move |node: usize, ledger: &Ledger, block: &Finalized| {
                    scene.applied(node, ledger, block)
                });
                Some(application(cast, node, &process, skew_ms, seen))
            }
            Err(error) => {
                state.fault(|| format!("{node} cannot open its ledger: {error}"));
                None
            }
        }
    }

    fn step(&self, now: Duration) -> Vec<Action> {
        let state = &mut *self.state.lock();
        state.now = now;
        let mut actions = std::mem::take(&mut state.outbox);
        if state.violation.is_some() {
            return vec![Action::Stop];
        }
        if !std::mem::replace(&mut state.opened, true) {
            for (node, treason) in &self.plan.traitors {
                if let Treason::Wire(role) = treason {
                    actions.push(Action::Role { node: *node, role: *role });
                }
                state.fault(|| format!("{node} is a traitor: {treason:?}"));
            }
        }
        state.events(self, &mut actions);
        state.heal(self, &mut actions);
        state.start_those_down(self, &mut actions);
        let first = now >= Duration::from_millis(100) && state.load.is_new();
        let closing = state.healed.is_some() && now > self.plan.heal + ENCORE / 2;
        let mut sent = if first { state.load.settle(&self.town) } else { Vec::new() };
        sent.extend(state.load.step(&self.town, &state.chain, now.as_millis() as u64, closing));
        for submission in &sent {
            state.submit(self, submission);
        }
        if state.settled(self) {
            actions.push(Action::Stop);
        }
        actions
    }

    fn received(&self, node: usize, _: usize, message: &[u8]) {
        let state = &mut *self.state.lock();
        if let Some(process) = state.fleet.machines[node].process.clone() {
            let answer = process.admit(message, state.clock_ms(node));
            state.trace.update(said(&answer).as_bytes());
        }
    }

    fn voted(&self, node: usize, vote: Vote) {
        let state = &mut *self.state.lock();
        if !self.plan.is_honest(node) {
            return;
        }
        if state.healed.is_some() && !matches!(vote.ballot, dure_consensus::simulation::Ballot::Nullify) {
            state.voted_since[node] = true;
        }
        state.trace.update(format!("{node} {vote:?}").as_bytes());
        let checked = state.votes.see(node, &vote);
        state.judge(checked);
    }

    fn ended(&self, node: usize, reason: &Stopped) {
        let state = &mut *self.state.lock();
        state.fault(|| format!("{node} ends: {reason}"));
        let machine = &mut state.fleet.machines[node];
        machine.process = None;
        machine.back_at = Some(state.now + SUPERVISOR);
        self.seams.ended(node, &machine.disk);
        let disk = DISK_FAULTS.iter().any(|fault| reason.to_string().contains(fault));
        // The node's duty starts it again by itself.
        let clock = *reason == Stopped::ClockSetBack;
        if !disk && !clock && state.now > state.stormy_until && fleet::treason(&self.plan, node).is_none() {
            let detail = format!("validator {node}, whose disk is well: {reason}");
            state.judge(Err(Violation::new("I10 a validator does not die", detail)));
        }
    }
}

fn short(id: &TxId) -> String {
    hex::encode(&id.as_bytes()[..4])
}

fn said(answer: &Answer) -> String {
    match answer {
        Answer::Pending { new } => format!("waits (new: {new})"),
        Answer::Final(receipt) => format!("final in {}", receipt.height),
        Answer::Refused(code) => code.clone(),
    }
}
