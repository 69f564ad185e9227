//! The counter: a phone without an owner, a person without a phone, two officers.

use actix_web::web::Data;
use dure_db::{DbError, devices, testing::both};
use dure_score::{
    Bid, CertId, PublicKey, TxId,
    call::{
        AccountFreeze, AccountRebind, AccountUnfreeze, Call, GovernanceApprove, GovernancePropose,
        ProposedCall,
    },
    ids::Code,
    record::Role,
    tx::possession_message,
};
use serde_json::{Value, json};

use super::{
    enrolment::{PROOF, TAG, certify, ticket},
    http::{Answer, get_as, post, post_as},
    ledger::{BANK, OFFICERS, key},
    node::Node,
};
use crate::{
    app::App,
    follower::{Terms, WriteError, write_with_terms},
};

/// The key that the new phone makes.
const PHONE: u8 = 77;

/// An officer comes in with the key of `seed`.
async fn enter(app: &Data<App>, seed: u8) -> Answer {
    let challenge = post(app, "/v1/counter/challenge", json!({})).await.json["challenge"].clone();
    let message =
        [b"dure:counter:v1\0", app.chain.as_str().as_bytes(), b"\0", challenge.as_str().unwrap().as_bytes()];
    let certificate: CertId = key(seed).public_key().certificate_id(&app.chain);
    let signature = key(seed).sign(&message.concat());
    let body = json!({ "certificate": certificate, "challenge": challenge, "signature": signature });
    post(app, "/v1/counter/enter", body).await
}

async fn decide(node: &Node, app: &Data<App>, cookie: &str, seed: u8, call: Call) -> (TxId, Answer) {
    let tx = node.ledger.lock().sign(seed, call);
    let mut body = super::transactions::submission(&tx);
    body["reason"] = json!("신분증 확인");
    let answer = post_as(app, cookie, "/v1/counter/decisions", body).await;
    follow(app, node).await;
    (tx.id(), answer)
}

/// Lets the read model see every block.
async fn follow(app: &Data<App>, node: &Node) {
    let blocks = node.ledger.lock().blocks.clone();
    let write = move |c: &mut _| write_with_terms(c, &blocks, &Terms::new()).map(|_| ());
    app.db.transaction::<_, WriteError, _>(write).await.unwrap();
}

fn propose(proposed: ProposedCall) -> Call {
    Call::GovernancePropose(GovernancePropose { proposed })
}

fn approve(proposal: TxId) -> Call {
    Call::GovernanceApprove(GovernanceApprove { proposal })
}

/// The phone's steps up to its signature; answers its token and what the officer sees.
async fn bring_phone(app: &Data<App>, officer: &str, bid: &Value) -> (Value, Value) {
    let public_key = key(PHONE).public_key();
    let brought =
        json!({ "public_key": public_key, "device_name": "새 전화", "device_tag": TAG, "pin_proof": PROOF });
    let waiting = post(app, "/v1/new-phone/start", brought).await;
    assert_eq!(waiting.status, 200, "{}", waiting.text);
    let token = json!({ "token": waiting.json["token"] });
    // Whoever has seen the key cannot take the phone's place with a PIN of their own.
    let other = json!({ "public_key": public_key, "device_name": "x", "device_tag": TAG, "pin_proof": "B".repeat(44) });
    post(app, "/v1/new-phone/start", other).await.assert_problem(422, "CERTIFICATE_EXISTS");
    assert_eq!(post(app, "/v1/new-phone/state", token.clone()).await.json["state"], "waiting");
    let path = format!("/v1/counter/phones/{}", waiting.json["number"].as_str().unwrap());
    assert_eq!(get_as(app, officer, &path).await.json["bid"], Value::Null);
    post_as(app, "", &path, json!({ "bid": bid })).await.assert_problem(401, "NOT_SIGNED_IN");
    assert_eq!(post_as(app, officer, &path, json!({ "bid": bid })).await.status, 200);
    let named = post(app, "/v1/new-phone/state", token.clone()).await.json;
    assert_eq!((named["state"].as_str(), named["masked_name"].as_str()), (Some("named"), Some("김*나")));
    let owner: Bid = bid.as_str().unwrap().parse().unwrap();
    let sign = |seed: u8| key(seed).sign(&possession_message(&app.chain, &owner, Role::Holder, &public_key));
    let body = |seed: u8| json!({ "token": waiting.json["token"], "possession": sign(seed) });
    post(app, "/v1/new-phone/sign", body(78)).await.assert_problem(422, "BAD_POSSESSION");
    assert_eq!(post(app, "/v1/new-phone/sign", body(PHONE)).await.status, 204);
    assert_eq!(post(app, "/v1/new-phone/state", token.clone()).await.json["state"], "signed");
    (token, get_as(app, officer, &path).await.json)
}

/// An approval that came too late in its own time is made anew: the case is still there.
async fn keeps_a_case_after_a_late_approval(
    node: &Node,
    app: &Data<App>,
    cookie: &str,
    officer: u8,
    proposal: TxId,
) {
    let late = {
        let mut ledger = node.ledger.lock();
        let late = ledger.sign(officer, approve(proposal));
        ledger.now += 120_000;
        late
    };
    let body = super::transactions::submission(&late);
    post_as(app, cookie, "/v1/counter/decisions", body).await.assert_problem(422, "EXPIRED");
    assert_eq!(get_as(app, cookie, "/v1/counter/cases").await.json.as_array().unwrap().len(), 1);
}

/// The phone's own half is gone from where it waited: a locked device leaves no share behind.
async fn leaves_no_share(app: &Data<App>, certificate: String) {
    let left = app.db.run::<_, DbError, _>(move |c| {
        Ok((dure_db::new_phones::by_certificate(c, &certificate)?, devices::find(c, &certificate)?))
    });
    let (phone, device) = left.await.unwrap();
    assert_eq!((phone.unwrap().pin_share.as_str(), device.unwrap().name.as_str()), ("", "새 전화"));
}

#[test]
fn two_officers_move_an_account_to_a_new_phone() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let former = certify(&app, &ticket(&app).await, 50).await;
        let bid = former.json["bid"].clone();
        let [one, two] = OFFICERS;
        let (first, second) = (enter(&app, one).await, enter(&app, two).await);
        assert_eq!((first.status, first.json["quorum"].as_u64()), (200, Some(2)), "{}", first.text);
        let (first, second) = (first.cookie(), second.cookie());

        let search = |q: &str, reason: &str| json!({ "q": q, "reason": reason });
        post_as(&app, &first, "/v1/counter/people", search("mina@x.kr", " "))
            .await
            .assert_problem(400, "BAD_FIELD");
        post_as(&app, &first, "/v1/counter/people", search("who@x.kr", "no"))
            .await
            .assert_problem(404, "NOT_FOUND");
        let found = post_as(&app, &first, "/v1/counter/people", search("010-5550-0001", "분실")).await.json;
        assert_eq!((found["name"].as_str(), found["birth"].as_str()), (Some("김미나"), Some("1994-03-12")));
        assert_eq!(found["devices"].as_array().unwrap().len(), 1);

        let (token, phone) = bring_phone(&app, &first, &bid).await;
        let parsed = |value: &Value| serde_json::from_value::<PublicKey>(value.clone()).unwrap();
        let rebind = AccountRebind {
            member: bid.as_str().unwrap().parse().unwrap(),
            public_key: parsed(&phone["public_key"]),
            possession: serde_json::from_value(phone["possession"].clone()).unwrap(),
        };
        let (proposal, answer) =
            decide(&node, &app, &first, one, propose(ProposedCall::AccountRebind(rebind))).await;
        assert_eq!(answer.json, json!({ "status": "applied", "executed": false }), "{}", answer.text);
        let cases = get_as(&app, &second, "/v1/counter/cases").await.json;
        assert_eq!((cases[0]["name"].as_str(), cases[0]["mine"].as_bool()), (Some("김미나"), Some(false)));
        assert_eq!(get_as(&app, &first, "/v1/counter/cases").await.json[0]["mine"], true);
        let (_, alone) = decide(&node, &app, &first, one, approve(proposal)).await;
        alone.assert_problem(422, "ALREADY_APPROVED");
        assert_eq!(post(&app, "/v1/new-phone/state", token.clone()).await.json["state"], "signed");
        keeps_a_case_after_a_late_approval(&node, &app, &second, two, proposal).await;
        // A phone that has gone away is told before the ledger moves anything to its key.
        let end = |ms: i64| {
            use diesel::prelude::*;
            use dure_db::schema::new_phones::dsl;
            let late = move |c: &mut _| {
                diesel::update(dsl::new_phones).set(dsl::expires_at.eq(dure_db::now_ms() + ms)).execute(c)?;
                Ok(())
            };
            app.db.run::<_, DbError, _>(late)
        };
        end(-1).await.unwrap();
        let (_, gone) = decide(&node, &app, &second, two, approve(proposal)).await;
        gone.assert_problem(409, "PHONE_GONE");
        end(60_000).await.unwrap();
        let (_, agreed) = decide(&node, &app, &second, two, approve(proposal)).await;
        assert_eq!(agreed.json, json!({ "status": "applied", "executed": true }), "{}", agreed.text);

        assert_eq!(post(&app, "/v1/new-phone/state", token).await.json["state"], "done");
        assert_eq!(get_as(&app, &second, "/v1/counter/cases").await.json, json!([]));
        get_as(&app, &former.cookie(), "/v1/me").await.assert_problem(401, "NOT_SIGNED_IN");
        let certificate = key(PHONE).public_key().certificate_id(&app.chain).to_string();
        let resume = json!({ "certificate": certificate, "device_tag": TAG, "proof": PROOF });
        let resumed = post(&app, "/v1/session/resume", resume).await;
        assert_eq!(resumed.json["share"].as_str().unwrap().len(), 64, "{}", resumed.text);
        let me = get_as(&app, &resumed.cookie(), "/v1/me").await.json;
        assert_eq!((me["bid"].clone(), me["status"].as_str()), (bid, Some("active")));
        let looks = get_as(&app, &resumed.cookie(), "/v1/me/look-ups").await.json;
        let reasons: Vec<&str> =
            looks.as_array().unwrap().iter().map(|one| one["reason"].as_str().unwrap()).collect();
        assert!(reasons.contains(&"분실") && reasons.contains(&"신분증 확인"), "{reasons:?}");
        leaves_no_share(&app, certificate).await;
        node.stop().await;
    });
}

#[test]
fn only_officers_of_a_registrar_come_in_and_only_with_matters_of_the_counter() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let former = certify(&app, &ticket(&app).await, 50).await;
        let member: Bid = former.json["bid"].as_str().unwrap().parse().unwrap();
        for stranger in [BANK, 50, 99] {
            enter(&app, stranger).await.assert_problem(403, "NOT_AN_OFFICER");
        }
        let [one, two] = OFFICERS;
        let challenge = post(&app, "/v1/counter/challenge", json!({})).await.json["challenge"].clone();
        let certificate: CertId = key(one).public_key().certificate_id(&app.chain);
        let forged =
            json!({ "certificate": certificate, "challenge": challenge, "signature": key(two).sign(b"x") });
        post(&app, "/v1/counter/enter", forged.clone()).await.assert_problem(403, "NOT_AN_OFFICER");
        post(&app, "/v1/counter/enter", forged).await.assert_problem(401, "TICKET_EXPIRED");
        let cookie = enter(&app, one).await.cookie();
        let freeze = Call::AccountFreeze(AccountFreeze { member, reason: Code::new("COURT").unwrap() });
        let (_, answer) = decide(&node, &app, &cookie, one, freeze.clone()).await;
        answer.assert_problem(403, "CALL_NOT_ALLOWED");
        let (_, answer) = decide(
            &node,
            &app,
            &cookie,
            two,
            propose(ProposedCall::AccountUnfreeze(AccountUnfreeze { member })),
        )
        .await;
        answer.assert_problem(403, "NOT_YOUR_DEVICE");
        // Not frozen: the ledger would refuse at the end; the case is open until then. A phone that nobody has named is none.
        let rebind =
            AccountRebind { member, public_key: key(PHONE).public_key(), possession: key(PHONE).sign(b"x") };
        let (_, answer) =
            decide(&node, &app, &cookie, one, propose(ProposedCall::AccountRebind(rebind))).await;
        answer.assert_problem(404, "NOT_FOUND");
        // A frozen account goes on when two agree.
        node.ledger.lock().apply(super::ledger::REGISTRAR, freeze);
        let unfreeze = propose(ProposedCall::AccountUnfreeze(AccountUnfreeze { member }));
        let (proposal, _) = decide(&node, &app, &cookie, one, unfreeze).await;
        let other = enter(&app, two).await.cookie();
        let (_, answer) = decide(&node, &app, &other, two, approve(proposal)).await;
        assert_eq!(answer.json["executed"], true, "{}", answer.text);
        assert_eq!(get_as(&app, &former.cookie(), "/v1/me").await.json["status"], "active");
        assert_eq!(post_as(&app, &cookie, "/v1/counter/leave", json!({})).await.status, 204);
        get_as(&app, &cookie, "/v1/counter/me").await.assert_problem(401, "NOT_SIGNED_IN");
        node.stop().await;
    });
}
