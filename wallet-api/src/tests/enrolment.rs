//! Enrolment: the whole way, and everything that may go wrong on it.

use actix_web::web::Data;
use dure_db::{DbError, codes, now_ms, outbox, people, testing::both};
use dure_score::{Bid, record::Role, tx::possession_message};
use serde_json::{Value, json};

use super::{
    http::{Answer, get_as, post},
    ledger::key,
    node::Node,
};
use crate::app::App;

pub const PROOF: &str = "cmlnaHQtcGluLXJpZ2h0LXBpbi1yaWdodC1waW4h";

/// 32 bytes, as a browser derives them from its salt.
pub const TAG: &str = "dGFndGFndGFndGFndGFndGFndGFndGFndGFndGFndGE=";

pub fn mina() -> Value {
    json!({ "email": "Mina@x.kr", "name": "김미나", "birth": "1994-03-12", "lang": "ko" })
}

/// The code in the newest mail that waits.
pub async fn mailed_code(app: &App) -> Option<String> {
    let mails = app.db.run::<_, DbError, _>(|c| outbox::due(c, now_ms(), 10)).await.unwrap();
    let body = &mails.last()?.body;
    body.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
}

/// The first two steps.
pub async fn ticket(app: &Data<App>) -> Value {
    let started = post(app, "/v1/enrolment/start", mina()).await;
    assert_eq!(started.status, 202, "{}", started.text);
    let code = mailed_code(app).await.unwrap();
    let confirmed =
        post(app, "/v1/enrolment/confirm", json!({ "enrolment": started.json["enrolment"], "code": code }))
            .await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text);
    confirmed.json
}

/// The third step with the key of `seed`.
pub async fn certify(app: &Data<App>, ticket: &Value, seed: u8) -> Answer {
    post(app, "/v1/enrolment/certify", request(app, ticket, seed)).await
}

pub fn request(app: &Data<App>, ticket: &Value, seed: u8) -> Value {
    let bid: Bid = ticket["bid"].as_str().unwrap().parse().unwrap();
    let public_key = key(seed).public_key();
    let possession = key(seed).sign(&possession_message(&app.chain, &bid, Role::Holder, &public_key));
    json!({
        "ticket": ticket["ticket"], "public_key": public_key, "possession": possession,
        "device_name": "phone", "device_tag": TAG, "pin_proof": PROOF,
    })
}

#[test]
fn a_person_becomes_a_certified_device_with_a_session() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let ticket = ticket(&app).await;
        assert_eq!((ticket["chain"].as_str(), ticket["role"].as_str()), (Some("test-1"), Some("holder")));
        let certified = certify(&app, &ticket, 50).await;
        assert_eq!(certified.status, 200, "{}", certified.text);
        assert_eq!(certified.json["share"].as_str().unwrap().len(), 64);
        let me = get_as(&app, &certified.cookie(), "/v1/me").await;
        assert_eq!(
            (me.json["name"].as_str(), me.json["bid"].as_str()),
            (Some("김미나"), ticket["bid"].as_str())
        );
        assert_eq!(me.json["devices"][0]["current"], true);
        assert_eq!(get_as(&app, &certified.cookie(), "/v1/nonce").await.json["next"], 1);
        assert_eq!(node.ledger.lock().blocks.len(), 2, "member.register and certificate.issue");
        // The ticket is used up.
        certify(&app, &ticket, 51).await.assert_problem(401, "TICKET_EXPIRED");
        // A second device of the same person needs a new code and registers nobody anew.
        let again = super::enrolment::ticket(&app).await;
        assert_eq!(again["bid"], ticket["bid"]);
        assert_eq!(certify(&app, &again, 51).await.status, 200);
        assert_eq!(node.ledger.lock().blocks.len(), 3);
        node.stop().await;
    });
}

#[test]
fn a_lost_answer_is_given_again() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let ticket = ticket(&app).await;
        let first = certify(&app, &ticket, 50).await;
        let again = certify(&app, &ticket, 50).await;
        assert_eq!((again.status, &again.json), (200, &first.json), "{}", again.text);
        assert_eq!(get_as(&app, &again.cookie(), "/v1/me").await.status, 200);
        assert_eq!(node.ledger.lock().blocks.len(), 2, "nothing is certified twice");
        // Who has not the key, the salt and the PIN gets nothing.
        for (field, value, status, code) in [
            ("possession", json!(key(50).sign(b"something else")), 422, "BAD_POSSESSION"),
            ("device_tag", json!(TAG.replace("dGFn", "AAAA")), 404, "UNKNOWN_DEVICE"),
            ("device_tag", json!("dGFn"), 400, "BAD_FIELD"),
            ("pin_proof", json!(PROOF.replace('c', "d")), 401, "PIN_WRONG"),
        ] {
            let mut body = request(&app, &ticket, 50);
            body[field] = value;
            post(&app, "/v1/enrolment/certify", body).await.assert_problem(status, code);
        }
        node.stop().await;
    });
}

#[test]
fn a_ticket_is_for_one_key_also_when_two_come_at_once() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let ticket = ticket(&app).await;
        let answers = futures::future::join_all((50..54).map(|seed| certify(&app, &ticket, seed))).await;
        let good = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(good, 1);
        assert_eq!(answers.iter().filter(|answer| answer.code() == "TICKET_EXPIRED").count(), 3);
        assert_eq!(node.ledger.lock().blocks.len(), 2, "member.register and one certificate.issue");
        node.stop().await;
    });
}

#[test]
fn an_applied_certificate_is_not_looked_up_at_a_node_that_lags() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let ticket = ticket(&app).await;
        node.ledger.lock().lags = true;
        assert_eq!(certify(&app, &ticket, 50).await.status, 200);
        node.stop().await;
    });
}

#[test]
fn strangers_cannot_use_up_a_persons_codes() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let mut stranger = mina();
        stranger["birth"] = json!("1990-01-01");
        for _ in 0..codes::RATE {
            assert_eq!(post(&app, "/v1/enrolment/start", stranger.clone()).await.status, 202);
        }
        post(&app, "/v1/enrolment/start", stranger).await.assert_problem(429, "TOO_MANY_CODES");
        for spaces in 0..codes::RATE {
            let mut body = mina();
            // The same name to the registrar, so the same budget.
            body["name"] = json!(format!("김미나{}", " ".repeat(spaces as usize)));
            assert_eq!(post(&app, "/v1/enrolment/start", body).await.status, 202);
        }
        assert!(mailed_code(&app).await.is_some());
        post(&app, "/v1/enrolment/start", mina()).await.assert_problem(429, "TOO_MANY_CODES");
        node.stop().await;
    });
}

#[test]
fn nobody_learns_who_is_known() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        for (field, value) in [("email", "nobody@x.kr"), ("name", "이준"), ("birth", "1990-01-01")] {
            let mut body = mina();
            body[field] = json!(value);
            let answer = post(&app, "/v1/enrolment/start", body).await;
            assert_eq!(answer.status, 202);
            assert_eq!(answer.json.as_object().unwrap().keys().collect::<Vec<_>>(), ["enrolment"]);
            assert_eq!(mailed_code(&app).await, None, "no mail goes out");
            let guess = json!({ "enrolment": answer.json["enrolment"], "code": "123456" });
            let wrong = post(&app, "/v1/enrolment/confirm", guess).await;
            wrong.assert_problem(401, "CODE_WRONG");
            assert_eq!(wrong.json["tries_left"], 4);
        }
        assert!(app.db.run::<_, DbError, _>(|c| people::by_email(c, "mina@x.kr")).await.unwrap().is_none());
        node.stop().await;
    });
}

#[test]
fn a_code_has_five_tries() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let started = post(&app, "/v1/enrolment/start", mina()).await;
        let code = mailed_code(&app).await.unwrap();
        let wrong = if code == "111111" { "222222" } else { "111111" };
        let confirm = |code: String| {
            let body = json!({ "enrolment": started.json["enrolment"], "code": code });
            let app = app.clone();
            async move { post(&app, "/v1/enrolment/confirm", body).await }
        };
        for left in (1..5).rev() {
            let answer = confirm(wrong.to_owned()).await;
            answer.assert_problem(401, "CODE_WRONG");
            assert_eq!(answer.json["tries_left"], left);
        }
        confirm(wrong.to_owned()).await.assert_problem(401, "CODE_EXPIRED");
        confirm(code).await.assert_problem(401, "CODE_EXPIRED");
        node.stop().await;
    });
}

#[test]
fn a_key_must_be_the_devices_own_and_strong() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let ticket = ticket(&app).await;
        let body = |public_key: Value, possession: Value, proof: &str, name: &str| {
            json!({ "ticket": ticket["ticket"], "public_key": public_key, "possession": possession,
                    "device_name": name, "device_tag": TAG, "pin_proof": proof })
        };
        let (good_key, bad_signature) = (json!(key(50).public_key()), json!(key(50).sign(b"something else")));
        let weak = json!(format!("01{}", "00".repeat(31)));
        for (body, status, code) in [
            (body(good_key.clone(), bad_signature.clone(), PROOF, "phone"), 422, "BAD_POSSESSION"),
            (body(weak, bad_signature.clone(), PROOF, "phone"), 422, "WEAK_KEY"),
            (body(json!("xyz"), bad_signature.clone(), PROOF, "phone"), 400, "BAD_FIELD"),
            (body(good_key.clone(), json!("00"), PROOF, "phone"), 400, "BAD_FIELD"),
            (body(good_key.clone(), bad_signature.clone(), "short", "phone"), 400, "BAD_FIELD"),
            (body(good_key, bad_signature, PROOF, " "), 400, "BAD_FIELD"),
        ] {
            post(&app, "/v1/enrolment/certify", body).await.assert_problem(status, code);
        }
        assert!(node.ledger.lock().blocks.is_empty());
        node.stop().await;
    });
}
