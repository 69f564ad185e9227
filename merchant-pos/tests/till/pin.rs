//! `/v1/pin/unlock`, `/v1/session/…`.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_db::{
    devices::{self, OwnerClass},
    now_ms,
};
use dure_score::CertId;
use dure_service::device::{LAST_TRY_MS, Pins, Revocations};
use merchant_pos::enrol::keep_revoking;
use serde_json::json;

use crate::support::{Browser, PIN_PROOF, World, run};

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

#[test]
fn a_stranger_who_knows_the_certificate_cannot_spend_its_tries() {
    run(|world| async move {
        let (_shop, till) = world.open_shop("cafe").await;
        for tag in ["", "!", &STANDARD.encode([8; 32])] {
            for _ in 0..3 {
                let mut body = till.pin(WRONG);
                body["device_tag"] = json!(tag);
                for path in ["/v1/pin/unlock", "/v1/session/resume"] {
                    let answer = world.browser().post(path, body.clone()).await;
                    assert_eq!((answer.status, answer.code()), (404, "UNKNOWN_DEVICE"));
                }
            }
        }
        assert_eq!(till.post("/v1/pin/unlock", till.pin(WRONG)).await.json["tries_left"], 4);
        assert_eq!(till.post("/v1/pin/unlock", till.pin(PIN_PROOF)).await.status, 200);
    });
}

/// Counts `tries` as a process does that was killed at `at` before it had looked at them.
async fn cut_off(world: &World, till: &Browser, tries: usize, at: i64) {
    for _ in 0..tries {
        let certificate = till.certificate.clone();
        let begin = move |connection: &mut _| devices::begin_try(connection, &certificate, at);
        assert!(world.till.db.run(begin).await.unwrap().is_some());
    }
}

#[test]
fn a_fifth_try_that_was_cut_off_locks_at_the_next_one() {
    run(|world| async move {
        let (_shop, till) = world.open_shop("cafe").await;
        cut_off(&world, &till, 5, now_ms()).await;
        let answer = till.post("/v1/pin/unlock", till.pin(PIN_PROOF)).await;
        assert_eq!((answer.status, answer.code()), (401, "PIN_LOCKED"));
        let certificate = till.certificate.clone();
        let find = move |connection: &mut _| devices::find(connection, &certificate);
        let device = world.till.db.run(find).await.unwrap().unwrap();
        assert!(device.pin_share.is_none() && device.revoked_at.is_some());
        assert_eq!(till.get("/v1/me").await.code(), "NOT_SIGNED_IN");
    });
}

#[test]
fn a_fifth_try_that_was_cut_off_locks_at_the_start() {
    run(|world| async move {
        let (shop, till) = world.open_shop("cafe").await;
        let other = world.enrol(&shop, "cafe till 2").await;
        let long_ago = now_ms() - LAST_TRY_MS;
        cut_off(&world, &till, 5, long_ago).await;
        cut_off(&world, &other, 4, long_ago).await;
        world.till.pins.lock_cut_off().await.unwrap();
        assert_eq!(till.get("/v1/me").await.code(), "NOT_SIGNED_IN");
        assert_eq!(till.post("/v1/pin/unlock", till.pin(PIN_PROOF)).await.code(), "PIN_LOCKED");
        assert_eq!(other.post("/v1/pin/unlock", other.pin(PIN_PROOF)).await.status, 200);
    });
}

#[test]
fn a_fifth_try_that_is_right_survives_another_at_once() {
    run(|world| async move {
        let (_shop, till) = world.open_shop("cafe").await;
        cut_off(&world, &till, 5, now_ms()).await;
        let certificate = till.certificate.clone();
        let right = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let right = move |connection: &mut _| devices::right_pin(connection, &certificate, 1);
            world.till.db.run(right).await.unwrap();
        };
        let (answer, ()) = tokio::join!(till.post("/v1/pin/unlock", till.pin(PIN_PROOF)), right);
        assert_eq!((answer.status, answer.code()), (429, "TOO_MANY_REQUESTS"));
        assert_eq!(till.post("/v1/pin/unlock", till.pin(PIN_PROOF)).await.status, 200);
    });
}

/// What the wallet does beside the till, on the same database and with the same registrar.
struct Wallet {
    pins: Pins,
    revocations: Revocations,
}

impl Wallet {
    fn beside(world: &World) -> Self {
        let (db, officer) = (world.till.db.clone(), Arc::new(World::officer(&world.till.db, &world.ledger)));
        let ledger = Arc::clone(&world.ledger) as _;
        Self {
            pins: Pins::new(db.clone(), Arc::clone(&officer), OwnerClass::Person),
            revocations: Revocations::new(db, ledger, officer, OwnerClass::Person),
        }
    }

    async fn round(&mut self) {
        self.pins.lock_cut_off().await.unwrap();
        self.revocations.pass().await.unwrap();
    }
}

#[test]
fn the_wallet_never_ends_a_shops_first_device() {
    run(|world| async move {
        // Its role on the ledger is that of a person's device.
        let (_shop, till) = world.open_shop("cafe").await;
        cut_off(&world, &till, 5, now_ms() - LAST_TRY_MS).await;
        Wallet::beside(&world).round().await;
        let certificate = till.certificate.clone();
        let find = move |connection: &mut _| devices::find(connection, &certificate);
        let device = world.till.db.run(find).await.unwrap().unwrap();
        assert!(device.pin_share.is_some() && device.revoked_at.is_none(), "it is the till's to judge");
    });
}

#[test]
fn a_fifth_try_that_is_right_opens_while_two_more_services_look_for_cut_off_ones() {
    run(|world| async move {
        let (_shop, till) = world.open_shop("cafe").await;
        let mut wallet = Wallet::beside(&world);
        let second = Pins::new(world.till.db.clone(), Arc::clone(&world.till.officer), OwnerClass::Shop);
        for _ in 0..6 {
            for _ in 0..4 {
                assert_eq!(till.post("/v1/pin/unlock", till.pin(WRONG)).await.code(), "PIN_WRONG");
            }
            let fifth = till.post("/v1/pin/unlock", till.pin(PIN_PROOF));
            let others = async {
                for _ in 0..20 {
                    wallet.round().await;
                    second.lock_cut_off().await.unwrap();
                }
            };
            let (answer, ()) = tokio::join!(fifth, others);
            assert_eq!(answer.status, 200, "{}", answer.code());
        }
    });
}

#[test]
fn wrong_tries_at_two_tills_processes_at_once_end_the_device_once() {
    run(|world| async move {
        let (_shop, till) = world.open_shop("cafe").await;
        let officer = Arc::new(World::officer(&world.till.db, &world.ledger));
        assert!(officer.synchronise().await.unwrap(), "as a service does at its start");
        let second = Arc::new(Pins::new(world.till.db.clone(), officer, OwnerClass::Shop));
        let wrong = || async {
            let proof = dure_service::device::PinProof::parse("proof", &STANDARD.encode(WRONG)).unwrap();
            let tag = till.pin(WRONG)["device_tag"].as_str().unwrap().to_owned();
            second.unlock(till.certificate.clone(), &tag, proof).await.unwrap_err().code().to_owned()
        };
        let mut codes = Vec::new();
        for _ in 0..3 {
            let (here, there) = tokio::join!(till.post("/v1/pin/unlock", till.pin(WRONG)), wrong());
            codes.extend([here.code().to_owned(), there]);
        }
        assert_eq!(codes.iter().filter(|code| *code == "PIN_WRONG").count(), 4, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| *code == "PIN_LOCKED").count(), 2, "{codes:?}");
        assert!(world.ledger.is_revoked(till.certificate.parse().unwrap()));
    });
}
