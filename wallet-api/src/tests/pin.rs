//! The PIN: right ones open, five wrong ones end the device on the ledger.

use dure_db::{DbError, outgoing, testing::both};
use dure_score::{Overlay, key::Key, record::Certificate};
use serde_json::json;

use super::{
    enrolment::{PROOF, certify, ticket},
    http::{get_as, post},
    ledger::key,
    node::Node,
};

const WRONG: &str = "d3JvbmctcGluLXdyb25nLXBpbi13cm9uZy1waW4h";

#[test]
fn five_wrong_pins_revoke_the_certificate() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let certified = certify(&app, &ticket(&app).await, 50).await;
        let certificate = certified.json["certificate"].clone();
        let unlock = |proof: &str| json!({ "certificate": certificate, "proof": proof });
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
        get_as(&app, &resumed.cookie(), "/v1/me").await.assert_problem(401, "NO_SESSION");
        let id = key(50).public_key().certificate_id(&app.chain);
        let on_ledger: Certificate =
            Overlay::new(&node.ledger.lock().state).read(&Key::Certificate(&id)).unwrap().unwrap();
        assert!(on_ledger.revoked);
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
        let purpose = crate::ledger::revoke_purpose(&certificate);
        let (call, stored_as) = (crate::ledger::revoke_call(&name).unwrap(), purpose.clone());
        app.db.transaction::<_, DbError, _>(move |c| officer.prepare(c, &stored_as, call)).await.unwrap();
        let signer = app.officer.certificate().to_string();
        let mut pending =
            app.db.run::<_, DbError, _>(move |c| outgoing::pending(c, &signer, 9)).await.unwrap();
        assert_eq!(pending.len(), 1);
        let first = pending.remove(0);
        // Sent twice, it applies once and gives the same receipt.
        let receipt = app.officer.deliver(&app.db, first.clone()).await.unwrap();
        assert!(receipt.is_applied());
        assert_eq!(app.officer.deliver(&app.db, first).await.unwrap(), receipt);
        let stored =
            app.db.run::<_, DbError, _>(move |c| outgoing::find(c, &purpose)).await.unwrap().unwrap();
        assert_eq!(stored.state, outgoing::State::Final);
        node.stop().await;
    });
}

#[test]
fn an_unknown_device_is_told_to_enrol() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let body = json!({ "certificate": "00".repeat(16), "proof": PROOF });
        post(&app, "/v1/pin/unlock", body).await.assert_problem(401, "UNKNOWN_DEVICE");
        node.stop().await;
    });
}
