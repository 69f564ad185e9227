//! Seeds of the contract: a town's day, its records and receipts.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_score::{
    Call, CampaignId, Genesis, Receipt, SignedTx, call::*, codec, ids::Hash32, limits::MINUTE_MS,
    mandate::Mandate, record::Role, signature::SigningKey,
};
use serde_json::json;

use crate::{
    forms,
    score::{self, *},
};

/// Values of one form among the seeds: more say nothing new.
const OF_A_FORM: usize = 3;

struct Day {
    town: Ledger,
    script: Vec<u8>,
    scripts: Vec<Vec<u8>>,
    done: Vec<(SignedTx, Receipt)>,
}

impl Day {
    fn call(&mut self, signer: &str, odd: u8, call: Call) -> Receipt {
        let number = score::SIGNERS.iter().position(|name| *name == signer).expect("one of the signers");
        self.script.extend(score::step(number as u8, odd, &call));
        self.town.time += [0, 86_400_000, 31 * 86_400_000, 366 * 86_400_000][usize::from(odd & 3)];
        let tx = self.town.transaction(signer, call).sign(&key(signer));
        let receipt = self.town.send(tx.clone());
        self.done.push((tx, receipt.clone()));
        receipt
    }

    /// The script so far is one seed; the next goes on from a fresh town.
    fn end(&mut self) {
        self.scripts.push(std::mem::take(&mut self.script));
        self.town = score::town();
    }

    fn quorum(&mut self, first: &str, second: &str, proposed: ProposedCall) {
        let proposal = self.call(first, 0, propose(proposed)).tx;
        self.call(second, 0, approve(proposal));
    }
}

fn day() -> Day {
    let mut day = Day { town: score::town(), script: vec![], scripts: vec![], done: vec![] };
    let paid = day.call("mina", 0, pay("cafe", "o-2", 7_000)).tx;
    day.call("mina", 0, pay_with_cashback("cafe", "o-3", 1_000, 2));
    day.call("cafe", 0, refund(paid, 2_000));
    day.call("jun", 0, transfer("mina", 500));
    day.call("mina", 0, pay("mall", "o-4", 1_000_000));
    day.end();
    day.call("banker", 0, charge("mina", 9_000, "d-9", 0));
    day.call("mina", 1, cash_out("d-9", "p-9"));
    day.call("banker", 0, confirm("p-9"));
    day.call("banker", 3, expire(&["mina", "jun"]));
    day.end();
    let height = day.town.height;
    day.call("banker", 0, open_batch("b-1", 0, height));
    day.call("banker", 0, redeem("b-1", "p-1", "cafe", 3_000));
    day.call("banker", 0, redeem("b-1", "p-2", "cafe", 1_000));
    day.call("banker", 0, confirm("p-1"));
    day.call("banker", 0, reject("p-2"));
    day.call("banker", 0, close_batch("b-1", 3_000));
    day.end();
    governance(&mut day);
    people(&mut day);
    day
}

fn governance(day: &mut Day) {
    let open = CampaignOpen { campaign: CampaignId(3), terms: points_terms() };
    day.quorum("mayor", "deputy", ProposedCall::CampaignOpen(open));
    day.quorum(
        "mayor",
        "deputy",
        ProposedCall::TokenIssue(TokenIssue { campaign: CampaignId(3), amount: won(5_000) }),
    );
    day.call("mayor", 0, grant(3, 1, &[("mina", 100), ("jun", 200)]));
    day.quorum("mayor", "deputy", amend(3, points_terms()));
    day.quorum("mayor", "deputy", close_campaign(3));
    day.end();
    day.quorum("op1", "op2", ProposedCall::ScoreRegister(register_version(2, Hash32::new([2; 32]))));
    day.quorum("op1", "op3", ProposedCall::ScoreActivate(activate_version(2, 1_000)));
    day.quorum("op2", "op3", ProposedCall::ValidatorsUpdate(seats(&["v1", "v2", "v3", "v4"])));
    day.end();
    let open = CampaignOpen { campaign: CampaignId(4), terms: voucher_terms() };
    day.call("mayor", 0, Call::CampaignOpen(open));
    day.call("mayor", 0, Call::TokenIssue(TokenIssue { campaign: CampaignId(1), amount: won(1) }));
    day.call("op1", 0, Call::ScoreRegister(register_version(2, Hash32::new([2; 32]))));
    day.end();
}

fn people(day: &mut Day) {
    day.call("registrar", 0, issue_certificate("mina", "mina-2", Role::Holder));
    day.call("mina-2", 0, pay("cafe", "o-5", 10));
    day.call("mina", 0, revoke("mina-2"));
    day.call("registrar", 0, freeze("mina"));
    day.call("registrar", 0, unfreeze("mina"));
    day.call("registrar", 0, Call::AccountRebind(rebind("mina", "mina-2")));
    day.call("mina-2", 3, renew());
    day.call("nobody", 0, pay("cafe", "o-6", 10));
    day.end();
    day.call("registrar", 0, issue_certificate("cafe", "cafe-till", Role::Terminal));
    for (number, merchant) in [(1, None), (2, Some(bid("cafe")))] {
        let mandate = Mandate {
            chain: chain(),
            certificate: cert("mina"),
            number,
            cap: won(3_000),
            expires_at: day.town.time + 2 * MINUTE_MS,
            merchant,
            cashback: None,
        };
        let signature = key("mina").sign(&mandate.message());
        let order = dure_score::OrderId::new(&format!("m-{number}")).expect("an id");
        let call = TokenPayMandate { mandate, signature, order, amount: won(2_500) };
        day.call("cafe-till", 0, Call::TokenPayMandate(call));
    }
    day.end();
    for odd in [4, 8, 12, 16, 20, 24, 28] {
        day.call("jun", odd, transfer("mina", 1));
    }
    day.call("registrar", 0, register("sora", merchant_class()));
    day.end();
}

pub fn scripts() -> Vec<Vec<u8>> {
    day().scripts
}

pub fn transactions() -> Vec<Vec<u8>> {
    let of = |(tx, _): (SignedTx, Receipt)| [tx.wire().to_vec(), codec::encode(tx.transaction())];
    day().done.into_iter().flat_map(of).collect()
}

/// CBOR of everything that the day left behind.
fn values() -> Vec<Vec<u8>> {
    let mut town = score::town();
    let (mut found, day) = (Vec::new(), day());
    for (tx, _) in &day.done {
        town.send(tx.clone());
    }
    found.extend(town.state.0.values().chain(day.town.state.0.values()).cloned());
    for (tx, receipt) in &day.done {
        found.push(codec::encode(receipt));
        found.push(codec::encode(&receipt.outcome));
        found.extend(receipt.refusal().map(codec::encode));
        found.extend(receipt.effects.iter().map(codec::encode));
        found.push(codec::encode(&tx.transaction().call));
        found.push(codec::encode(&tx.transaction().signer));
        if let Call::TokenPayMandate(call) = &tx.transaction().call {
            found.push(codec::encode(&call.mandate));
        }
        if let Call::GovernancePropose(call) = &tx.transaction().call {
            found.push(codec::encode(&call.proposed));
        }
    }
    let agreed: Genesis = genesis();
    found.push(codec::encode(&agreed));
    found.push(codec::encode(&agreed.institutions[0]));
    found.push(codec::encode(&agreed.coin));
    found.push(codec::encode(&chain()));
    found.push(codec::encode(&key("mina").public_key()));
    found.push(codec::encode(&key("mina").sign(b"x")));
    found.push(codec::encode(&bid("mina")));
    found.push(codec::encode(&day.done[0].0.id()));
    found.push(codec::encode(&won(1_000)));
    found
}

pub fn cbor() -> Vec<Vec<u8>> {
    let values = values();
    let of = |(number, (_, check)): (usize, &forms::Form)| {
        let good = values.iter().filter(|value| check(value)).take(OF_A_FORM);
        good.map(|value| [&[number as u8], value.as_slice()].concat()).collect::<Vec<_>>()
    };
    forms::CBOR.iter().enumerate().flat_map(of).collect()
}

pub fn json() -> Vec<Vec<u8>> {
    let values = values();
    let of = |(number, (_, convert)): (usize, &forms::Conversion)| {
        let good = values.iter().filter_map(|value| convert(value)).take(OF_A_FORM);
        good.map(|value| [&[number as u8], value.as_slice()].concat()).collect::<Vec<_>>()
    };
    forms::CONVERTED.iter().enumerate().flat_map(of).collect()
}

pub fn signatures() -> Vec<Vec<u8>> {
    let key = SigningKey::from_seed([9; 32]);
    let of = |message: &&[u8]| {
        [key.public_key().as_bytes().as_slice(), key.sign(message).as_bytes(), message].concat()
    };
    [b"".as_slice(), b"a message"].iter().map(of).collect()
}

pub fn windows() -> Vec<Vec<u8>> {
    let far = [&[127][..], &[0, 0, 0, 0, 0, 1, 0, 0]].concat();
    vec![vec![1, 1, 1, 0xff, 2, 100, 0x9c], vec![5, 0xfc, 1, 1, 1, 126, 126, 0x82], far]
}

/// Blocks as a node serves them.
pub fn served_blocks() -> Vec<Vec<u8>> {
    let done = day().done;
    let of = |done: &[(SignedTx, Receipt)]| {
        let root = dure_proof::receipts_root(
            &done.iter().map(|(_, receipt)| receipt.to_bytes()).collect::<Vec<_>>(),
        );
        let zero = Hash32::default();
        let block = json!({
            "height": 1, "digest": zero, "parent": zero, "time_ms": 1, "proposer": key("v1").public_key(),
            "items_root": zero, "state_root": zero, "receipts_root": root,
            "transactions": done.iter().map(|(tx, _)| STANDARD.encode(tx.wire())).collect::<Vec<_>>(),
            "receipts": done.iter().map(|(_, receipt)| receipt).collect::<Vec<_>>(),
        });
        block.to_string().into_bytes()
    };
    [&[][..]].into_iter().chain(done.chunks(3).take(6)).map(of).collect()
}

/// A deposit, a batch and a payout in JSON, by the question that a client asks for them.
pub fn served_records() -> Vec<(u8, Vec<u8>)> {
    let values = values();
    let of = |(question, name): (u8, &str)| {
        let (_, convert) = forms::CONVERTED.iter().find(|(form, _)| *form == name).expect("one of the forms");
        values.iter().find_map(|value| convert(value)).map(|json| (question, json))
    };
    [(16, "Deposit"), (17, "Batch"), (18, "Payout")].into_iter().filter_map(of).collect()
}
