//! Small payments without a PIN, and screens that lock.

use actix_web::web::Data;
use dure_db::{DbError, device_choices, devices, testing::both};
use dure_score::{
    Amount, Bid, CampaignId, OrderId,
    call::{Call, TokenCharge, TokenPay},
    ids::DepositRef,
};
use serde_json::{Value, json};

use super::{
    enrolment::{PROOF, TAG, certify, ticket},
    follower::SHOP,
    http::{Answer, get_as, post_as},
    ledger::{BANK, bid, key},
    node::Node,
};
use crate::app::App;

const AGAIN: &str = "/v1/pin/again";
const CHOICES: &str = "/v1/devices/choices";

fn choices(free: &str, rest: i64) -> Value {
    json!({ "free_amount": free, "lock_after_ms": rest })
}

/// Makes the last right PIN older than it is.
async fn age(app: &Data<App>, certificate: &str, ms: i64) {
    let certificate = certificate.to_owned();
    let back = move |c: &mut _| devices::right_pin(c, &certificate, dure_db::now_ms() - ms);
    app.db.run::<_, DbError, _>(back).await.unwrap();
}

async fn pay(node: &Node, app: &Data<App>, cookie: &str, won: u64) -> Answer {
    let order = OrderId::new(&format!("S-{won}")).unwrap();
    let call =
        Call::TokenPay(TokenPay { merchant: bid(SHOP), order, amount: Amount::new(won), cashback: None });
    let tx = node.ledger.lock().sign(50, call);
    let body = super::transactions::submission(&tx);
    post_as(app, cookie, "/v1/transactions", body).await
}

#[test]
fn small_payments_need_no_pin_for_a_while_and_large_ones_always_do() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        // First: the registrar's service finds out which nonces are used.
        node.ledger.lock().shop(SHOP);
        let certified = certify(&app, &ticket(&app).await, 50).await;
        let cookie = certified.cookie();
        let certificate = certified.json["certificate"].as_str().unwrap().to_owned();
        let me: Bid = certified.json["bid"].as_str().unwrap().parse().unwrap();
        let deposit = DepositRef::new("D1").unwrap();
        let charge = TokenCharge { to: me, amount: Amount::new(50_000), deposit, campaign: CampaignId::COIN };
        node.ledger.lock().apply(BANK, Call::TokenCharge(charge));
        let again = || post_as(&app, &cookie, AGAIN, json!({ "device_tag": TAG }));
        again().await.assert_problem(401, "PIN_NEEDED");

        for bad in [choices("-1", 0), choices("100001", 0), choices("1e3", 0), choices("0", 1)] {
            post_as(&app, &cookie, CHOICES, bad).await.assert_problem(400, "BAD_FIELD");
        }
        // Loosening wants the PIN for itself: that it was right a moment ago, for something else, is not enough.
        let unlock = json!({ "certificate": certificate, "device_tag": TAG, "proof": PROOF });
        assert_eq!(post_as(&app, "", "/v1/pin/unlock", unlock.clone()).await.status, 200);
        post_as(&app, &cookie, CHOICES, choices("10000", 0)).await.assert_problem(401, "PIN_NEEDED");
        let with = |proof: &str| json!({ "free_amount": "10000", "lock_after_ms": 0, "device_tag": TAG, "proof": proof });
        post_as(&app, &cookie, CHOICES, with(&"B".repeat(44))).await.assert_problem(401, "PIN_WRONG");
        assert_eq!(post_as(&app, &cookie, CHOICES, with(PROOF)).await.status, 204);
        assert_eq!(get_as(&app, &cookie, CHOICES).await.json["free_amount"], "10000");

        // With the PIN just given, any amount passes.
        assert_eq!(pay(&node, &app, &cookie, 20_000).await.json["status"], "final");
        assert_eq!(again().await.json["share"], certified.json["share"]);
        assert_eq!(pay(&node, &app, &cookie, 10_000).await.json["status"], "final");
        pay(&node, &app, &cookie, 10_001).await.assert_problem(401, "PIN_NEEDED");
        // Not without the device's tag, nor after a wrong PIN, nor after five minutes.
        let strange = json!({ "device_tag": "A".repeat(43) + "=" });
        post_as(&app, &cookie, AGAIN, strange).await.assert_problem(401, "PIN_NEEDED");
        let wrong = json!({ "certificate": certificate, "device_tag": TAG, "proof": "B".repeat(44) });
        post_as(&app, "", "/v1/pin/unlock", wrong).await.assert_problem(401, "PIN_WRONG");
        again().await.assert_problem(401, "PIN_NEEDED");
        assert_eq!(post_as(&app, "", "/v1/pin/unlock", unlock).await.status, 200);
        assert_eq!(pay(&node, &app, &cookie, 10_002).await.json["status"], "final");
        age(&app, &certificate, 6 * 60_000).await;
        again().await.assert_problem(401, "PIN_NEEDED");
        // Tightening needs none.
        assert_eq!(post_as(&app, &cookie, CHOICES, choices("0", 60_000)).await.status, 204);
        node.stop().await;
    });
}

#[test]
fn a_screen_that_locks_forgets_its_session_at_rest() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let certified = certify(&app, &ticket(&app).await, 50).await;
        let cookie = certified.cookie();
        let certificate = certified.json["certificate"].as_str().unwrap().to_owned();
        assert_eq!(post_as(&app, &cookie, CHOICES, choices("0", 60_000)).await.status, 204);
        // The next request gives the session its short end; a minute at rest is played by a shorter one.
        assert_eq!(get_as(&app, &cookie, "/v1/me").await.status, 200);
        let token = cookie.split_once('=').unwrap().1.to_owned();
        let life = |token: String| {
            let read = move |c: &mut _| dure_db::sessions::find(c, "wallet", &token, dure_db::now_ms());
            app.db.run::<_, DbError, _>(read)
        };
        let session = life(token.clone()).await.unwrap().unwrap();
        let left = session.expires_at - dure_db::now_ms();
        assert!((50_000..=60_000).contains(&left), "{left}");
        let shorter = device_choices::Choices { certificate, free_amount: 0, lock_after_ms: 1, freed_at: 0 };
        app.db.transaction::<_, DbError, _>(move |c| device_choices::set(c, &shorter)).await.unwrap();
        get_as(&app, &cookie, "/v1/me").await;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        get_as(&app, &cookie, "/v1/me").await.assert_problem(401, "NOT_SIGNED_IN");
        node.stop().await;
    });
}

#[test]
fn a_signature_of_the_devices_key_opens_a_session_once() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let certificate = certify(&app, &ticket(&app).await, 50).await.json["certificate"].clone();
        let signed = |challenge: &Value, seed: u8| {
            let text = challenge["challenge"].as_str().unwrap();
            let message =
                [b"dure:session:v1\0", app.chain.as_str().as_bytes(), b"\0", text.as_bytes()].concat();
            json!({ "certificate": certificate, "challenge": text, "signature": key(seed).sign(&message) })
        };
        let challenge = || async { post_as(&app, "", "/v1/session/challenge", json!({})).await.json };
        let open = |body: Value| post_as_owned(app.clone(), body);
        let first = challenge().await;
        let opened = open(signed(&first, 50)).await;
        assert_eq!((opened.status, opened.text.as_str()), (204, ""));
        assert_eq!(get_as(&app, &opened.cookie(), "/v1/me").await.json["certificate"], certificate);
        open(signed(&first, 50)).await.assert_problem(401, "TICKET_EXPIRED");
        open(signed(&challenge().await, 51)).await.assert_problem(404, "UNKNOWN_DEVICE");
        // A challenge of the counter is none of this.
        let foreign = post_as(&app, "", "/v1/counter/challenge", json!({})).await.json;
        open(signed(&foreign, 50)).await.assert_problem(401, "TICKET_EXPIRED");
        let id = certificate.as_str().unwrap().to_owned();
        app.db.run::<_, DbError, _>(move |c| devices::lock(c, &id, dure_db::now_ms())).await.unwrap();
        open(signed(&challenge().await, 50)).await.assert_problem(401, "PIN_LOCKED");
        node.stop().await;
    });
}

async fn post_as_owned(app: Data<App>, body: Value) -> Answer {
    post_as(&app, "", "/v1/session/open", body).await
}
