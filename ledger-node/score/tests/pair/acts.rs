//! Acts of institutions: alone, by a quorum, or by whom they are none of the business.

use dure_score::{
    Call, CampaignId, PublicKey, TxId,
    call::*,
    ids::{Address, Title},
    record::{CampaignTerms, Role, ValidatorSeat},
};

use super::{Pair, city::terms};
use crate::{
    steps::{Act, OFFICES, PEOPLE, Way},
    support::*,
};

/// The same act without a proposal.
fn direct(call: ProposedCall) -> Call {
    use ProposedCall as P;
    match call {
        P::CampaignOpen(call) => Call::CampaignOpen(call),
        P::TokenIssue(call) => Call::TokenIssue(call),
        P::CampaignAmend(call) => Call::CampaignAmend(call),
        P::CampaignClose(call) => Call::CampaignClose(call),
        P::AccountUnfreeze(call) => Call::AccountUnfreeze(call),
        P::AccountRebind(call) => Call::AccountRebind(call),
        P::CertificateIssue(call) => Call::CertificateIssue(call),
        P::CertificateRevoke(call) => Call::CertificateRevoke(call),
        P::ScoreRegister(call) => Call::ScoreRegister(call),
        P::ScoreActivate(call) => Call::ScoreActivate(call),
        P::ValidatorsUpdate(call) => Call::ValidatorsUpdate(call),
    }
}

/// The offices whose business it is: one that acts alone, one that needs two.
fn offices(act: &Act) -> (&'static str, &'static str) {
    match act {
        Act::Open { .. } | Act::Issue { .. } | Act::Amend { .. } | Act::Close { .. } => ("campus", "city"),
        Act::Unfreeze { .. } | Act::Rebind { .. } => ("registry", "court"),
        Act::NewOfficer { .. } | Act::EndOfficer { .. } => ("audit", "city"),
        Act::Version { .. } | Act::Activate { .. } | Act::Seats { .. } => ("lab", "network"),
    }
}

impl Pair {
    pub(super) fn act(&mut self, act: &Act, way: Way) {
        let (one, two) = offices(act);
        let office = match way {
            Way::Alone | Way::ProposedAlone => one,
            Way::Together | Way::Proposed | Way::Bold => two,
            Way::Other(at) => OFFICES[at].0,
        };
        let call = self.proposed(act, office);
        let officer = self.officer(office, 0);
        if matches!(way, Way::Alone | Way::Bold) || way == Way::Other(3) {
            self.send(&officer, direct(call));
            return;
        }
        let proposal = self.send(&officer, Call::GovernancePropose(GovernancePropose { proposed: call }));
        if let (Some(proposal), Way::Together) = (proposal, way) {
            let second = self.officer(office, 1);
            self.send(&second, Call::GovernanceApprove(GovernanceApprove { proposal }));
        }
    }

    /// Mostly an open proposal, by the next officer of its office.
    pub(super) fn approve(&mut self, proposal: u8, by: usize, which: u8) {
        let motions = self.model().motions.iter();
        let known: Vec<(TxId, dure_score::Bid)> =
            motions.filter(|(_, m)| !m.done || proposal < 20).map(|(id, m)| (*id, m.office)).collect();
        let (proposal, office) = match known.len() {
            some if some > 0 && proposal < 240 => known[usize::from(proposal) % some],
            _ => (TxId::new([proposal; 32]), bid("city")),
        };
        let own = OFFICES.iter().position(|(name, _)| bid(name) == office).unwrap();
        let office = if by == 0 { usize::from(which) % 8 } else { own };
        let officer = self.officer(OFFICES[office].0, usize::from(which));
        self.send(&officer, Call::GovernanceApprove(GovernanceApprove { proposal }));
    }

    fn proposed(&mut self, act: &Act, office: &str) -> ProposedCall {
        use ProposedCall as P;
        match act {
            Act::Open { campaign, kind } => {
                let funder = if *kind == 5 { "city" } else { office };
                let terms = terms(*kind, funder);
                P::CampaignOpen(CampaignOpen { campaign: CampaignId(*campaign), terms })
            }
            Act::Issue { campaign, amount } => {
                P::TokenIssue(TokenIssue { campaign: CampaignId(*campaign), amount: won(*amount) })
            }
            Act::Amend { campaign, change } => {
                let terms = self.changed(*campaign, *change);
                P::CampaignAmend(CampaignAmend { campaign: CampaignId(*campaign), terms })
            }
            Act::Close { campaign } => P::CampaignClose(CampaignClose { campaign: CampaignId(*campaign) }),
            Act::Unfreeze { who } => {
                // Mostly one who is frozen.
                let frozen =
                    PEOPLE.iter().position(|n| self.model().people.get(&bid(n)).is_some_and(|p| p.frozen));
                let who = if *who == 6 { 6 } else { frozen.unwrap_or(*who) };
                P::AccountUnfreeze(AccountUnfreeze { member: self.id(who) })
            }
            Act::Rebind { who, flaw } => {
                let call = self.key_for(PEOPLE[*who], Role::Holder, *flaw);
                let CertificateIssue { owner: member, public_key, possession, .. } = call;
                P::AccountRebind(AccountRebind { member, public_key, possession })
            }
            Act::NewOfficer { flaw } => {
                let role = if *flaw == 3 { Role::Staff } else { Role::Officer };
                let owner = if *flaw == 4 { "bank" } else { office };
                P::CertificateIssue(self.key_for(owner, role, *flaw))
            }
            Act::EndOfficer { which, flaw } => {
                let owner = if *flaw == 0 { "bank" } else { office };
                let of = self.devices.iter().filter(|(of, _)| of == owner);
                let names: Vec<String> = of.map(|(_, name)| name.clone()).collect();
                let name = if *flaw == 1 {
                    "thief".into()
                } else {
                    names[usize::from(*which) % names.len()].clone()
                };
                P::CertificateRevoke(CertificateRevoke { certificate: cert(&name) })
            }
            _ => self.network_act(act),
        }
    }

    fn network_act(&mut self, act: &Act) -> ProposedCall {
        use ProposedCall as P;
        let name = |flaw: u8| code(if flaw == 0 { "other" } else { "token" });
        let last = self.model().registry.last();
        match act {
            Act::Version { flaw } => {
                let version = if *flaw == 1 { last + 2 } else { last + 1 };
                let code_hash = SameRules::hash(version);
                P::ScoreRegister(ScoreRegister { name: name(*flaw), version, code_hash })
            }
            Act::Activate { flaw } => {
                let version = match flaw {
                    1 => last + 1,
                    2 => 1,
                    3 => 0,
                    _ => last,
                };
                // Far off, where the build has no such version: a node without it would stop there.
                let ahead = match flaw {
                    4 => 8,
                    _ if version <= self.ledger.versions => 9 + u64::from(*flaw),
                    _ => 1_000_000,
                };
                P::ScoreActivate(ScoreActivate {
                    name: name(*flaw),
                    version,
                    at_height: self.ledger.height + ahead,
                })
            }
            Act::Seats { leave, join, flaw } => self.seats(*leave, *join, *flaw),
            _ => unreachable!("an act of another kind"),
        }
    }

    fn seats(&mut self, leave: usize, join: usize, flaw: u8) -> ProposedCall {
        let (_, last) = self.model().seats.last_key_value().unwrap();
        let mut keys: Vec<PublicKey> = last.keys().skip(leave).map(|key| PublicKey::new(*key)).collect();
        keys.reverse();
        for _ in 0..join {
            let name = self.fresh("validator");
            keys.push(key(&name).public_key());
        }
        match flaw {
            0 => keys.truncate(3),
            1 => keys.push(keys[0]),
            2 => keys.push(PublicKey::new([0; 32])),
            _ => {}
        }
        let seat = |(at, public_key): (usize, PublicKey)| ValidatorSeat {
            public_key,
            address: (at % 2 == 0).then(|| Address::new("127.0.0.1:7000").unwrap()),
        };
        let validators = keys.into_iter().enumerate().map(seat).collect();
        ProposedCall::ValidatorsUpdate(ValidatorsUpdate { validators })
    }

    /// The campaign's terms with one change.
    fn changed(&self, campaign: u32, change: u8) -> CampaignTerms {
        let known = self.model().campaigns.get(&campaign);
        let mut new = known.map_or_else(|| terms(0, "city"), |campaign| campaign.terms.clone());
        match change {
            0 => new.categories.clear(),
            1 => new.categories = vec![code("5814")],
            2 => new.categories.push(code("5311")),
            3 => new.regions.push(code("R1")),
            4 => new.merchants.push(bid("mall")),
            5 => new.large_merchants = !new.large_merchants,
            6 => new.transferable = !new.transferable,
            7 => new.reusable = !new.reusable,
            8 => new.cash_out_bps = new.cash_out_bps.saturating_add(500),
            9 => new.cash_out_bps = new.cash_out_bps.saturating_sub(500),
            10 => new.holding_cap = won(4_000),
            11 => new.person_cap = won(9_000),
            12 => new.monthly_cashback_cap = won(300),
            13 => new.cashback_bps = 1_000,
            14 => new.ceiling = won(1),
            15 => new.ceiling = won(new.ceiling.get() + 50_000),
            16 => new.funder = bid("bank"),
            17 => new.ends_at = new.starts_at,
            18 => new.validity_ms = 10 * 86_400_000,
            19 => new.holding_cap = won(0),
            20 => new.monthly_charge_cap = won(2_000),
            21 => new.cash_out_bps = u16::MAX,
            22 => new.reuse_bps = 500,
            23..26 => new.cash_out_bps = new.cash_out_bps.min(6_000),
            _ => new.name = Title::new("새 이름").unwrap(),
        }
        new
    }

    /// What is somebody else's business.
    pub(super) fn meddle(&mut self, by: usize, what: u8) {
        let signer = self.anybody(by);
        let (mayor_call, nobody) = (TokenIssue { campaign: CampaignId(1), amount: won(1) }, bid("nobody"));
        let call = match what {
            0 => charge("mina", 10, "D-x", 0),
            1 => grant(1, 255, &[("mina", 1)]),
            2 => transfer("jun", 1),
            3 => pay("cafe", "O-x", 1),
            4 => refund(self.model().bills.keys().next().copied().unwrap_or_default(), 1),
            5 => expire(&["mina"]),
            6 => open_batch("B-x", 1, 1),
            7 => redeem("B0", "P-x", "cafe", 1),
            8 => confirm("P-x"),
            9 => reject("P-x"),
            10 => close_batch("B0", 0),
            11 => Call::TokenIssue(mayor_call),
            12 => {
                Call::GovernancePropose(GovernancePropose { proposed: ProposedCall::TokenIssue(mayor_call) })
            }
            13 => Call::AccountFreeze(AccountFreeze { member: nobody, reason: code("LOST") }),
            14 => Call::AccountUnfreeze(AccountUnfreeze { member: nobody }),
            15 => Call::CampaignClose(CampaignClose { campaign: CampaignId(0) }),
            16 => Call::CampaignAmend(CampaignAmend { campaign: CampaignId(9), terms: terms(0, "city") }),
            17 => Call::MemberRegister(MemberRegister {
                bid: nobody,
                class: dure_score::record::MemberClass::Citizen,
            }),
            18 => issue_certificate("mina", "mina-x", Role::Holder),
            19 => Call::CertificateRenew(CertificateRenew {}),
            20 => self.seats(0, 0, 9).pipe(direct),
            21 => self.network_act(&Act::Version { flaw: 0 }).pipe(direct),
            22 => self.network_act(&Act::Activate { flaw: 3 }).pipe(direct),
            23 => self.proposed(&Act::Rebind { who: 6, flaw: 9 }, "court").pipe(direct),
            24 => Call::GovernanceApprove(GovernanceApprove {
                proposal: self.model().motions.keys().next().copied().unwrap_or_default(),
            }),
            25 => Call::CampaignOpen(CampaignOpen { campaign: CampaignId(8), terms: terms(0, "city") }),
            26 => revoke("mayor"),
            _ => return self.cash_out_of_another(&signer),
        };
        self.send(&signer, call);
    }

    fn cash_out_of_another(&mut self, signer: &str) {
        let Some(deposit) = self.model().slips.keys().next().cloned() else { return };
        let deposit = dure_score::ids::DepositRef::new(&deposit).unwrap();
        let payout = dure_score::PayoutId::new("C-x").unwrap();
        self.send(signer, Call::TokenCashOut(TokenCashOut { deposit, payout }));
    }
}

/// Reads a chain of calls from left to right.
trait Pipe: Sized {
    fn pipe<T>(self, next: impl FnOnce(Self) -> T) -> T {
        next(self)
    }
}
impl Pipe for ProposedCall {}
