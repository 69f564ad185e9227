//! Contract and model side by side through one random history. Every transaction goes through
//! [`crate::support::Ledger::send`], which compares the two; here is only who sends what.

mod acts;
mod city;
mod money;
mod people;

use dure_score::{Bid, Call, SignedTx, TxId, call::TokenPayMandate, record::Role};

use crate::{
    steps::{OFFICES, PEOPLE, Step},
    support::{Ledger, START, bid, cert, key, model::Model},
};

pub use city::city;

/// One history.
#[derive(Clone)]
pub struct Pair {
    pub ledger: Ledger,
    sent: Vec<SignedTx>,
    /// Owner → names of the devices that were ever asked for.
    devices: Vec<(String, String)>,
    mandates: Vec<TokenPayMandate>,
    count: u32,
}

impl Pair {
    pub fn model(&self) -> &Model {
        self.ledger.twin.as_ref().unwrap()
    }

    /// The block in which the next transaction lands.
    fn now(&self) -> u64 {
        self.ledger.time + self.ledger.tick
    }

    /// A new name.
    fn fresh(&mut self, what: &str) -> String {
        self.count += 1;
        format!("{what}-{}", self.count)
    }

    fn send(&mut self, signer: &str, call: Call) -> Option<TxId> {
        let tx = self.ledger.transaction(signer, call).sign(&key(signer));
        // Few are kept: what is replayed is the recent past.
        if self.sent.len() > 40 {
            self.sent.remove(0);
        }
        self.sent.push(tx.clone());
        let receipt = self.ledger.send(tx);
        receipt.is_applied().then_some(receipt.tx)
    }

    /// A device of the owner with one of the roles, living if there is one; the `which`th of them.
    fn device(&self, owner: &str, roles: &[Role], which: usize) -> String {
        let now = self.now();
        let named = self.devices.iter().filter(|(of, _)| of == owner);
        let fits = |name: &&String| {
            let device = self.model().devices.get(&cert(name.as_str()));
            device.is_some_and(|d| roles.contains(&d.role) && !d.ended && d.until > now)
        };
        let living: Vec<&String> = named.map(|(_, name)| name).filter(fits).collect();
        match living.len() {
            0 => owner.to_owned(),
            some => living[which % some].clone(),
        }
    }

    fn holder(&self, owner: &str) -> String {
        self.device(owner, &[Role::Holder], 0)
    }

    fn officer(&self, office: &str, which: usize) -> String {
        self.device(office, &[Role::Officer], which)
    }

    /// Somebody: a person's device, or an officer.
    fn anybody(&self, by: usize) -> String {
        match PEOPLE.get(by) {
            Some(name) => self.holder(name),
            None => self.officer(OFFICES[by % OFFICES.len()].0, by),
        }
    }

    pub fn run(&mut self, step: Step) {
        match step {
            Step::Wait { days } => self.ledger.time += days * 86_400_000,
            Step::Hurry { on } => self.ledger.tick = u64::from(!on),
            Step::Replay { back } => self.replay(usize::from(back)),
            Step::Forge { how, from } => self.forge(how, PEOPLE[from]),
            Step::Act { act, way } => self.act(&act, way),
            Step::Approve { proposal, by, which } => self.approve(proposal, by, which),
            Step::Meddle { by, what } => self.meddle(by, what),
            Step::Register { .. }
            | Step::Device { .. }
            | Step::Revoke { .. }
            | Step::Renew { .. }
            | Step::Phones { .. }
            | Step::Freeze { .. } => self.people(step),
            _ => self.money(step),
        }
    }

    /// An old transaction again, unchanged: refused at the door, whatever has changed since.
    fn replay(&mut self, back: usize) {
        if self.sent.is_empty() {
            return;
        }
        let tx = self.sent[self.sent.len() - 1 - back % self.sent.len()].clone();
        let refusal = self.ledger.send(tx).refusal().unwrap().code();
        let door = ["REPLAY", "NONCE_TOO_OLD", "EXPIRED", "REVOKED_CERTIFICATE", "EXPIRED_CERTIFICATE"];
        assert!([door.as_slice(), &["BAD_SIGNATURE", "UNKNOWN_CERTIFICATE"]].concat().contains(&refusal));
    }

    /// What a thief could send: refused without any trace.
    fn forge(&mut self, how: u8, victim: &str) {
        let device = self.holder(victim);
        let mut tx = self.ledger.transaction(&device, crate::support::transfer("jun", 1));
        let mut signer = device.clone();
        let expected = match how {
            0 => {
                signer = "thief".to_owned();
                "BAD_SIGNATURE"
            }
            1 => {
                tx.chain = dure_score::ChainId::new("other-1").unwrap();
                "WRONG_CHAIN"
            }
            2 => {
                tx.valid_until = START - 1;
                "EXPIRED"
            }
            3 => {
                tx.valid_until = self.ledger.time + 600_002;
                "VALID_TOO_LONG"
            }
            4 => {
                tx.nonce = 0;
                "NONCE_OUT_OF_RANGE"
            }
            5 => {
                tx.nonce += 2_000_000;
                "NONCE_OUT_OF_RANGE"
            }
            6 | 7 => {
                // Runs ahead, so that an older number falls out of the window.
                let old = self.ledger.transaction(&device, crate::support::transfer("jun", 1));
                self.ledger.leave_out(&device, 200);
                let ahead = self.ledger.transaction(&device, crate::support::transfer("jun", 1));
                self.ledger.send(ahead.sign(&key(&device)));
                tx = old;
                "NONCE_TOO_OLD"
            }
            _ => {
                tx.signer = cert("thief");
                signer = "thief".to_owned();
                "UNKNOWN_CERTIFICATE"
            }
        };
        let receipt = self.ledger.send(tx.sign(&key(&signer)));
        let living =
            self.model().devices.get(&cert(&device)).is_some_and(|d| !d.ended && d.until > self.now());
        if living || how <= 1 {
            assert_eq!(receipt.refusal().unwrap().code(), expected);
        }
    }

    fn id(&self, at: usize) -> Bid {
        bid(PEOPLE[at])
    }
}
