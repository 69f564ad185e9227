//! The PIN: right ones open, five wrong ones end the device on the ledger.

use dure_db::{DbError, devices, now_ms, outgoing, testing::both};
use dure_score::{Overlay, key::Key, record::Certificate};
use serde_json::json;

use super::{
    enrolment::{PROOF, TAG, certify, ticket},
    http::{get_as, post, post_as},
    ledger::key,
    node::Node,
};
use crate::ledger::{revocations, round};
use dure_service::device::{LAST_TRY_MS, revoke_call, revoke_purpose};

const WRONG: &str = "d3JvbmctcGluLXdyb25nLXBpbi13cm9uZy1waW4h";

/// What the ledger says of the device with the key of seed 50.
fn is_revoked(node: &Node) -> bool {
    let ledger = node.ledger.lock();
    let id = key(50).public_key().certificate_id(&ledger.chain);
    let certificate: Option<Certificate> = Overlay::new(&ledger.state).read(&Key::Certificate(&id)).unwrap();
    certificate.unwrap().revoked
}

#[test]
fn five_wrong_pins_revoke_the_certificate() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let certified = certify(&app, &ticket(&app).await, 50).await;
        let certificate = certified.json["certificate"].clone();
        let unlock = |proof: &str| json!({ "certificate": certificate, "device_tag": TAG, "proof": proof });
        for left in [4, 3] {
            let wrong = post(&app, "/v1/pin/unlock", unlock(WRONG)).await;
            wrong.assert_problem(401, "PIN_WRONG");
            assert_eq!(wrong.json["tries_left"], left);
        }
        // A right one gives the share and starts the count again.
        let right = post(&app, "/v1/pin/unlock", unlock(PROOF)).await;
        assert_eq!(right.json["share"], certified.json["share"]);
        let resumed = post(&app, "/v1/session/resume", unlock(PROOF)).await;
        assert_eq!(get_as(&app, &resumed.cookie(), "/v1/me").await.status, 200);
        for left in [4, 3, 2, 1] {
            let wrong = post(&app, "/v1/session/resume", unlock(WRONG)).await;
            assert_eq!((wrong.code(), wrong.json["tries_left"].as_i64()), ("PIN_WRONG", Some(left)));
        }
        post(&app, "/v1/pin/unlock", unlock(WRONG)).await.assert_problem(401, "PIN_LOCKED");
        post(&app, "/v1/pin/unlock", unlock(PROOF)).await.assert_problem(401, "PIN_LOCKED");
        get_as(&app, &resumed.cookie(), "/v1/me").await.assert_problem(401, "NOT_SIGNED_IN");
        assert!(is_revoked(&node));
        node.stop().await;
    });
}

#[test]
fn a_revocation_is_stored_before_it_is_sent() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let certified = certify(&app, &ticket(&app).await, 50).await;
        let certificate = certified.json["certificate"].as_str().unwrap().to_owned();
        // As if we died between the fifth wrong PIN and the ledger.
        let (officer, name) = (app.officer.clone(), certificate.clone());
        let purpose = revoke_purpose(&certificate);
        let (call, stored_as) = (revoke_call(&name).unwrap(), purpose.clone());
        app.db.transaction::<_, DbError, _>(move |c| officer.prepare(c, &stored_as, call)).await.unwrap();
        let signer = app.officer.certificate().to_string();
        let mut pending =
            app.db.run::<_, DbError, _>(move |c| outgoing::pending(c, &signer, 9)).await.unwrap();
        assert_eq!(pending.len(), 1);
        let first = pending.remove(0);
        // Sent twice, it applies once and gives the same receipt.
        let receipt = app.officer.deliver(first.clone()).await.unwrap();
        assert!(receipt.is_applied());
        assert_eq!(app.officer.deliver(first).await.unwrap(), receipt);
        let stored =
            app.db.run::<_, DbError, _>(move |c| outgoing::find(c, &purpose)).await.unwrap().unwrap();
        assert_eq!(stored.state, outgoing::State::Final);
        node.stop().await;
    });
}

#[test]
fn a_stranger_who_knows_the_certificate_uses_up_no_tries() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let certified = certify(&app, &ticket(&app).await, 50).await;
        let certificate = certified.json["certificate"].clone();
        for tag in ["", "x", "$", "AAAA", WRONG, &TAG.replace("dGFn", "AAAA"), &TAG[1..]] {
            let body = json!({ "certificate": certificate, "device_tag": tag, "proof": WRONG });
            post(&app, "/v1/pin/unlock", body).await.assert_problem(404, "UNKNOWN_DEVICE");
        }
        let missing = json!({ "certificate": certificate, "proof": WRONG });
        post(&app, "/v1/pin/unlock", missing).await.assert_problem(400, "MALFORMED");
        let wrong = json!({ "certificate": certificate, "device_tag": TAG, "proof": WRONG });
        assert_eq!(post(&app, "/v1/pin/unlock", wrong).await.json["tries_left"], 4);
        node.stop().await;
    });
}

/// A device whose fifth wrong PIN was counted, then we died; ends it one way or the other.
async fn cut_off(db: dure_db::Db, at_start: bool) {
    let (node, app) = Node::start(db).await;
    let certified = certify(&app, &ticket(&app).await, 50).await;
    let certificate = certified.json["certificate"].as_str().unwrap().to_owned();
    let name = certificate.clone();
    let at = if at_start { now_ms() - LAST_TRY_MS } else { now_ms() };
    let tries =
        move |c: &mut _| (0..devices::PIN_TRIES).try_for_each(|_| devices::begin_try(c, &name, at).map(drop));
    app.db.run::<_, DbError, _>(tries).await.unwrap();
    if at_start {
        round(&app, &mut revocations(&app)).await;
    } else {
        let body = json!({ "certificate": certificate, "device_tag": TAG, "proof": PROOF });
        post(&app, "/v1/pin/unlock", body).await.assert_problem(401, "PIN_LOCKED");
    }
    get_as(&app, &certified.cookie(), "/v1/me").await.assert_problem(401, "NOT_SIGNED_IN");
    let device = app.db.run::<_, DbError, _>(move |c| devices::find(c, &certificate)).await.unwrap().unwrap();
    assert!(device.pin_share.is_none() && device.revoked_at.is_some());
    assert!(is_revoked(&node));
    node.stop().await;
}

#[test]
fn a_fifth_try_that_was_cut_off_locks_at_start() {
    both(|db| cut_off(db, true));
}

#[test]
fn a_fifth_try_that_was_cut_off_locks_on_the_next_one() {
    both(|db| cut_off(db, false));
}

#[test]
fn a_locked_device_is_revoked_whatever_else_waits() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let certified = certify(&app, &ticket(&app).await, 50).await;
        let certificate = certified.json["certificate"].as_str().unwrap().to_owned();
        let signer = app.officer.certificate().to_string();
        app.db
            .transaction::<_, DbError, _>(move |c| {
                let damaged = |_| outgoing::Built { tx: "00".into(), wire: vec![1, 2, 3] };
                outgoing::prepare(c, "damaged", &signer, 0, 0, damaged)?;
                // Its revocation was lost.
                devices::lock(c, &certificate, 1)
            })
            .await
            .unwrap();
        let mut revoked = revocations(&app);
        round(&app, &mut revoked).await;
        assert!(is_revoked(&node));
        assert_eq!(revoked.done(), 1);
        let height = node.ledger.lock().blocks.len();
        round(&app, &mut revocations(&app)).await;
        assert_eq!(node.ledger.lock().blocks.len(), height, "once is enough");
        node.stop().await;
    });
}

#[test]
fn resuming_ends_the_former_session() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let certified = certify(&app, &ticket(&app).await, 50).await;
        let former = certified.cookie();
        let body = json!({ "certificate": certified.json["certificate"], "device_tag": TAG, "proof": PROOF });
        let resumed = post_as(&app, &former, "/v1/session/resume", body).await;
        assert_eq!(get_as(&app, &resumed.cookie(), "/v1/me").await.status, 200);
        get_as(&app, &former, "/v1/me").await.assert_problem(401, "NOT_SIGNED_IN");
        node.stop().await;
    });
}

#[test]
fn an_unknown_device_is_told_to_enrol() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let body = json!({ "certificate": "00".repeat(16), "device_tag": TAG, "proof": PROOF });
        post(&app, "/v1/pin/unlock", body).await.assert_problem(404, "UNKNOWN_DEVICE");
        node.stop().await;
    });
}
