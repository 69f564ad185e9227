//! `/v1/pin/unlock`, `/v1/session/…`.

use std::{sync::Arc, time::Duration};

use dure_score::CertId;
use merchant_pos::enrol::keep_revoking;
use serde_json::json;

use crate::support::{PIN_PROOF, run};

const WRONG: [u8; 32] = [8; 32];

#[test]
fn the_right_pin_gives_the_share_and_starts_the_count_again() {
    run(|world| async move {
        let (_shop, till) = world.open_shop("cafe").await;
        for _ in 0..2 {
            for tries_left in (1..5).rev() {
                let answer = till.post("/v1/pin/unlock", till.pin(WRONG)).await;
                assert_eq!((answer.status, answer.code()), (401, "PIN_WRONG"));
                assert_eq!(answer.json["tries_left"], tries_left);
            }
            let answer = till.post("/v1/pin/unlock", till.pin(PIN_PROOF)).await;
            assert_eq!((answer.status, answer.json["share"].as_str().unwrap().len()), (200, 64));
        }
    });
}

#[test]
fn the_fifth_wrong_pin_destroys_the_share_and_revokes_on_the_ledger() {
    run(|world| async move {
        let (_shop, till) = world.open_shop("cafe").await;
        let certificate: CertId = till.certificate.parse().unwrap();
        // The ledger is away just then: the lock holds at once, the revocation follows.
        world.ledger.set_down(true);
        for _ in 0..4 {
            assert_eq!(till.post("/v1/pin/unlock", till.pin(WRONG)).await.code(), "PIN_WRONG");
        }
        for proof in [WRONG, PIN_PROOF] {
            let answer = till.post("/v1/pin/unlock", till.pin(proof)).await;
            assert_eq!((answer.status, answer.code()), (401, "PIN_LOCKED"));
        }
        assert_eq!(till.get("/v1/me").await.code(), "NOT_SIGNED_IN");
        world.ledger.set_down(false);
        let revoking = tokio::spawn(keep_revoking(Arc::clone(&world.till)));
        for _ in 0..500 {
            if world.ledger.is_revoked(certificate) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        revoking.abort();
        assert!(world.ledger.is_revoked(certificate));
    });
}

#[test]
fn sessions_end_and_resume() {
    run(|world| async move {
        let (_shop, mut till) = world.open_shop("cafe").await;
        let ended = till.post("/v1/session/end", json!({})).await;
        assert_eq!(ended.status, 204);
        assert!(ended.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
        assert_eq!(till.get("/v1/me").await.code(), "NOT_SIGNED_IN");
        let body = till.pin(WRONG);
        let refused = till.sign_in("/v1/session/resume", body).await;
        assert!(refused.headers.get("set-cookie").is_none());
        let body = till.pin(PIN_PROOF);
        assert_eq!(till.sign_in("/v1/session/resume", body).await.status, 200);
        assert_eq!(till.get("/v1/me").await.status, 200);
    });
}

#[test]
fn a_revocation_on_the_ledger_signs_the_device_out() {
    run(|world| async move {
        use dure_score::{Call, call::CertificateRevoke};
        let (shop, owner) = world.open_shop("cafe").await;
        let lost = world.enrol(&shop, "lost till").await;
        let certificate = lost.certificate.parse().unwrap();
        let call = Call::CertificateRevoke(CertificateRevoke { certificate });
        let receipt = world.ledger.call(&crate::support::World::key_of("cafe till 1"), call);
        assert!(receipt.is_applied(), "{receipt:?}");
        world.follow().await;
        assert_eq!(lost.get("/v1/me").await.code(), "NOT_SIGNED_IN");
        assert_eq!(lost.post("/v1/pin/unlock", lost.pin(PIN_PROOF)).await.code(), "PIN_LOCKED");
        assert_eq!(owner.get("/v1/me").await.status, 200);
    });
}
