//! Steps of members and their devices.

use dure_score::{
    Call, PublicKey,
    call::{AccountFreeze, CertificateIssue, CertificateRenew, MemberRegister},
    record::{MemberClass, Role},
};

use super::Pair;
use crate::{
    steps::{PEOPLE, Step},
    support::*,
};

pub const ALL: [Role; 4] = [Role::Holder, Role::Staff, Role::Officer, Role::Terminal];

impl Pair {
    pub(super) fn people(&mut self, step: Step) {
        match step {
            Step::Register { who, fresh } => {
                let member = if fresh { self.fresh("stranger") } else { PEOPLE[who].to_owned() };
                let member = if member == "nobody" { "bank".to_owned() } else { member };
                let by = if who == 0 { self.holder("mina") } else { self.officer("registry", 0) };
                let call = MemberRegister { bid: bid(&member), class: MemberClass::Citizen };
                self.send(&by, Call::MemberRegister(call));
            }
            Step::Device { owner, by, role, flaw } => {
                let role = match role {
                    0..4 => Role::Holder,
                    4 | 5 => Role::Staff,
                    6 => Role::Terminal,
                    _ => Role::Officer,
                };
                let call = self.key_for(PEOPLE[owner], role, flaw);
                let by = if by < 2 { self.holder(PEOPLE[owner]) } else { self.officer("registry", by) };
                self.send(&by, Call::CertificateIssue(call));
            }
            Step::Revoke { owner, which, by } => self.revoke(owner, which, by),
            Step::Phones { owner } => {
                for _ in 0..6 {
                    let call = self.key_for(PEOPLE[owner], Role::Holder, 9);
                    let by = self.officer("registry", 0);
                    self.send(&by, Call::CertificateIssue(call));
                }
            }
            Step::Renew { who } => {
                let by = match who {
                    7 => self.officer("registry", 0),
                    _ => self.device(PEOPLE[who], &ALL, who),
                };
                self.send(&by, Call::CertificateRenew(CertificateRenew {}));
            }
            Step::Freeze { who, by } => {
                let signer = match by {
                    0..5 => self.holder(PEOPLE[who]),
                    5 | 6 => self.officer("registry", 0),
                    7 => self.device(PEOPLE[who], &[Role::Staff, Role::Terminal], 0),
                    _ => self.holder(PEOPLE[(who + 1) % 6]),
                };
                let call = AccountFreeze { member: self.id(who), reason: code("LOST") };
                self.send(&signer, Call::AccountFreeze(call));
            }
            _ => unreachable!("a step of another kind"),
        }
    }

    /// A new device's key, with one flaw or none.
    pub(super) fn key_for(&mut self, owner: &str, role: Role, flaw: u8) -> CertificateIssue {
        let name = match flaw {
            2 => self.holder(owner),
            _ => self.fresh(owner),
        };
        let Call::CertificateIssue(mut call) = issue_certificate(owner, &name, role) else { unreachable!() };
        match flaw {
            0 => call.public_key = PublicKey::new([0; 32]),
            1 => call.possession = key("thief").sign(b"nothing"),
            2 => {}
            _ => self.devices.push((owner.to_owned(), name)),
        }
        call
    }

    fn revoke(&mut self, owner: usize, which: u8, by: usize) {
        let of = self.devices.iter().filter(|(of, _)| of == PEOPLE[owner]);
        let names: Vec<String> = of.map(|(_, name)| name.clone()).collect();
        // Mostly not the first, so that people keep a device.
        let device = match (names.len(), which) {
            (0, _) => "thief".to_owned(),
            (_, 0) => names[0].clone(),
            (some, _) => names[(some - 1).min(usize::from(which))].clone(),
        };
        let signer = match by {
            0..4 => self.holder(PEOPLE[owner]),
            4..6 => self.officer("registry", 0),
            6 => self.holder(PEOPLE[(owner + 1) % 6]),
            7 => self.officer("audit", 0),
            _ => return self.revoke_officer(which),
        };
        self.send(&signer, revoke(&device));
    }

    /// An officer's key, by an officer alone.
    fn revoke_officer(&mut self, which: u8) {
        let (office, by) =
            [("registry", "registry"), ("city", "city"), ("lab", "registry"), ("audit", "audit")]
                [usize::from(which) % 4];
        let of = self.devices.iter().filter(|(of, _)| of == office);
        let names: Vec<String> = of.map(|(_, name)| name.clone()).collect();
        let device = names[usize::from(which) % names.len()].clone();
        let signer = self.officer(by, 0);
        self.send(&signer, revoke(&device));
    }
}
