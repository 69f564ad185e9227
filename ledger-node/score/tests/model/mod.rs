//! A naive ledger, written from the published rules and sharing no rule with the contract: plain lists, names and
//! sums. It reads the same requests and answers each with `Ok`, or with the refusal code and its inputs.
//! Whatever test drives a ledger of [`crate::support`] drives this one too; the two must never differ.
#![allow(dead_code, reason = "each test file uses its own part")]

mod campaigns;
mod cash_out;
mod coin;
mod compare;
mod diary;
mod governance;
mod money;
mod network;
mod pay;
mod people;
mod refund;
mod settlement;

use std::collections::{BTreeMap, BTreeSet};

pub use campaigns::{Book, Campaign, Share};
pub use cash_out::Remainder;
pub use coin::{Heap, Purse};
pub use diary::{Diary, headlines};
use dure_score::{
    Bid, Call, CertId, ChainId, Effect, Genesis, Hash32, Transaction, TxId,
    call::ProposedCall,
    record::{CampaignTerms, Role},
};
pub use governance::{Motion, Office};
pub use money::Slip;
pub use network::Registry;
pub use pay::{Bill, Reward};
pub use people::{Device, Person};
pub use settlement::{Folder, Wire};

/// A refusal: its code and its inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct No(pub &'static str, pub Vec<u64>);

pub type Answer<T = ()> = Result<T, No>;

pub fn no<T>(code: &'static str, inputs: &[u64]) -> Answer<T> {
    Err(No(code, inputs.to_vec()))
}

/// One request as it stands before the rules.
#[derive(Clone, Debug)]
pub struct Ask {
    pub id: TxId,
    pub signer: CertId,
    pub device: Device,
    pub now: u64,
    pub height: u64,
}

/// The answer, and whether it was given at the door (then nothing at all may remain of the request).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub door: bool,
    pub answer: Answer,
}

pub const FOR_EVER: u64 = 9_007_199_254_740_991;
pub const DAY: u64 = 86_400_000;
pub const MOST: u64 = 1_000_000_000_000;

#[derive(Clone, Debug)]
pub struct Model {
    pub chain: ChainId,
    pub minutes_east: u64,
    pub offices: BTreeMap<Bid, Office>,
    pub people: BTreeMap<Bid, Person>,
    pub devices: BTreeMap<CertId, Device>,
    pub numbers: BTreeMap<CertId, BTreeSet<u64>>,
    pub purses: BTreeMap<Bid, Purse>,
    pub campaigns: BTreeMap<u32, Campaign>,
    pub books: BTreeMap<u32, Book>,
    pub shares: BTreeMap<(Bid, u32), Share>,
    pub slips: BTreeMap<String, Slip>,
    pub grants: BTreeMap<Hash32, TxId>,
    pub orders: BTreeMap<(Bid, String), TxId>,
    pub bills: BTreeMap<TxId, Bill>,
    pub mandates: BTreeMap<Hash32, TxId>,
    pub remainders: BTreeMap<String, Remainder>,
    pub folders: BTreeMap<String, Folder>,
    pub wires: BTreeMap<String, Wire>,
    pub motions: BTreeMap<TxId, Motion>,
    pub old_terms: BTreeMap<(u32, u32), CampaignTerms>,
    pub registry: Registry,
    pub seats: BTreeMap<u64, network::Seats>,
    pub epoch_blocks: u64,
    /// Height of the last block that it has seen.
    pub height: u64,
    pub diary: Diary,
    /// What the receipt of the last call must say, in order; lots and balances are the diary's.
    pub told: Vec<Effect>,
}

impl Model {
    /// The ledger of block 0.
    pub fn new(genesis: &Genesis) -> Self {
        let mut model = Self {
            chain: genesis.chain.clone(),
            minutes_east: genesis.utc_offset_minutes.into(),
            offices: BTreeMap::new(),
            people: BTreeMap::new(),
            devices: BTreeMap::new(),
            numbers: BTreeMap::new(),
            purses: BTreeMap::new(),
            campaigns: BTreeMap::new(),
            books: BTreeMap::from([(0, Book::default())]),
            shares: BTreeMap::new(),
            slips: BTreeMap::new(),
            grants: BTreeMap::new(),
            orders: BTreeMap::new(),
            bills: BTreeMap::new(),
            mandates: BTreeMap::new(),
            remainders: BTreeMap::new(),
            folders: BTreeMap::new(),
            wires: BTreeMap::new(),
            motions: BTreeMap::new(),
            old_terms: BTreeMap::new(),
            registry: Registry::first(),
            seats: BTreeMap::new(),
            epoch_blocks: genesis.epoch_blocks,
            height: 0,
            diary: Diary::default(),
            told: Vec::new(),
        };
        model.campaigns.insert(0, Campaign::first(&genesis.coin));
        let keys = genesis.validators.iter();
        model.seats.insert(0, keys.map(|key| (*key.as_bytes(), None)).collect());
        for office in &genesis.institutions {
            let (duties, quorum) = (office.record.duties, u64::from(office.record.quorum));
            model.offices.insert(office.bid, Office { duties, quorum, lapses: Vec::new() });
            for key in &office.officers {
                let device = Device {
                    owner: office.bid,
                    role: Role::Officer,
                    until: FOR_EVER,
                    ended: false,
                    listed: true,
                    key: *key,
                };
                model.devices.insert(people::device_id(&model.chain, key), device);
            }
        }
        model
    }

    /// What the rules say to a request whose signature is good.
    pub fn answer(&mut self, id: TxId, tx: &Transaction, now: u64, height: u64) -> Verdict {
        self.height = height;
        self.told.clear();
        self.registry.reach(height);
        match self.door(tx, now) {
            Err(refusal) => Verdict { door: true, answer: Err(refusal) },
            Ok(device) => {
                let ask = Ask { id, signer: tx.signer, device, now, height };
                Verdict { door: false, answer: self.call(&ask, &tx.call) }
            }
        }
    }

    /// What comes before every call; uses up the number.
    fn door(&mut self, tx: &Transaction, now: u64) -> Answer<Device> {
        let Some(device) = self.devices.get(&tx.signer).cloned() else {
            return no("UNKNOWN_CERTIFICATE", &[]);
        };
        if device.ended {
            return no("REVOKED_CERTIFICATE", &[]);
        }
        if device.until <= now {
            return no("EXPIRED_CERTIFICATE", &[device.until]);
        }
        if tx.valid_until < now {
            return no("EXPIRED", &[tx.valid_until]);
        }
        if tx.valid_until > now + 600_000 {
            return no("VALID_TOO_LONG", &[tx.valid_until]);
        }
        let used = self.numbers.entry(tx.signer).or_default();
        let highest = used.last().copied().unwrap_or(0);
        if tx.nonce == 0 || tx.nonce > highest + 1_000_000 {
            return no("NONCE_OUT_OF_RANGE", &[highest]);
        }
        if tx.nonce + 128 <= highest {
            return no("NONCE_TOO_OLD", &[highest]);
        }
        if !used.insert(tx.nonce) {
            return no("REPLAY", &[]);
        }
        Ok(device)
    }

    fn call(&mut self, ask: &Ask, call: &Call) -> Answer {
        use ProposedCall as P;
        match call {
            Call::MemberRegister(call) => self.register(ask, call),
            Call::CertificateIssue(call) => self.issue_device(ask, call),
            Call::CertificateRevoke(call) => self.end_device(ask, call.certificate),
            Call::CertificateRenew(_) => self.renew(ask),
            Call::AccountFreeze(call) => self.freeze(ask, call),
            Call::AccountUnfreeze(call) => self.alone(ask, &P::AccountUnfreeze(call.clone())),
            Call::AccountRebind(call) => self.alone(ask, &P::AccountRebind(call.clone())),
            Call::CampaignOpen(call) => self.alone(ask, &P::CampaignOpen(call.clone())),
            Call::CampaignAmend(call) => self.alone(ask, &P::CampaignAmend(call.clone())),
            Call::CampaignClose(call) => self.alone(ask, &P::CampaignClose(call.clone())),
            Call::TokenIssue(call) => self.alone(ask, &P::TokenIssue(call.clone())),
            Call::ScoreRegister(call) => self.alone(ask, &P::ScoreRegister(call.clone())),
            Call::ScoreActivate(call) => self.alone(ask, &P::ScoreActivate(call.clone())),
            Call::ValidatorsUpdate(call) => self.alone(ask, &P::ValidatorsUpdate(call.clone())),
            Call::GovernancePropose(call) => self.propose(ask, &call.proposed),
            Call::GovernanceApprove(call) => self.approve(ask, call.proposal),
            Call::TokenCharge(call) => self.charge(ask, call),
            Call::TokenGrant(call) => self.grant(ask, call),
            Call::TokenTransfer(call) => self.transfer(ask, call),
            Call::TokenPay(call) => self.pay(ask, call),
            Call::TokenPayMandate(call) => self.pay_mandate(ask, call),
            Call::TokenRefund(call) => self.refund(ask, call.payment, call.amount.get()),
            Call::TokenCashOut(call) => self.cash_out(ask, &call.deposit, &call.payout),
            Call::TokenExpire(call) => self.expire(ask, &call.owners),
            Call::SettlementOpen(call) => self.open_batch(ask, call),
            Call::SettlementRedeem(call) => self.redeem(ask, call),
            Call::SettlementConfirm(call) => self.decide(ask, &call.payout, None),
            Call::SettlementReject(call) => self.decide(ask, &call.payout, Some(&call.reason)),
            Call::SettlementClose(call) => self.close_batch(ask, &call.batch, call.control_sum.get()),
        }
    }

    /// Months in the channel's civil time, by a table of month lengths.
    pub fn month(&self, time: u64) -> u64 {
        let mut days = (time + self.minutes_east * 60_000) / DAY;
        let (mut year, mut month) = (1970u64, 0usize);
        loop {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            if days < lengths[month] {
                return year * 12 + month as u64;
            }
            days -= lengths[month];
            month += 1;
            if month == 12 {
                (year, month) = (year + 1, 0);
            }
        }
    }
}

/// An amount that may be moved.
pub fn amount_fits(amount: u64) -> Answer {
    if (1..=MOST).contains(&amount) { Ok(()) } else { no("AMOUNT_OUT_OF_RANGE", &[]) }
}
