//! `/v1/enrolment/…`: from a mail address to a certificate.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_score::CertId;
use serde_json::json;

use crate::support::certify_body;
use crate::support::{World, run};

#[test]
fn the_first_device_is_the_owners_and_the_next_a_terminal() {
    run(|world| async move {
        let shop = world.shop("cafe").await;
        for (device, role) in [("owner's phone", "holder"), ("counter", "terminal")] {
            let mut browser = world.browser();
            let enrolment = browser.start(&shop.email.to_uppercase()).await;
            let code = world.mailed_code(&shop.email).await;
            let body = json!({ "enrolment": enrolment, "code": code });
            let confirmed = browser.post("/v1/enrolment/confirm", body.clone()).await;
            assert_eq!(confirmed.json["role"], role, "{confirmed:?}");
            assert_eq!(confirmed.json["bid"], shop.bid.to_string());
            assert_eq!(confirmed.json["chain"], "test-1");
            let again = browser.post("/v1/enrolment/confirm", body).await;
            assert_eq!((again.status, again.code()), (401, "CODE_EXPIRED"));

            let body = certify_body(&confirmed.json, device, &World::key_of(device));
            let enrolled = browser.sign_in("/v1/enrolment/certify", body.clone()).await;
            assert_eq!(enrolled.status, 200, "{enrolled:?}");
            assert_eq!(enrolled.json["share"].as_str().unwrap().len(), 64);
            let certificate: CertId = enrolled.json["certificate"].as_str().unwrap().parse().unwrap();
            assert!(!world.ledger.is_revoked(certificate));
            let me = browser.get("/v1/me").await.json;
            assert_eq!((&me["bid"], &me["certificate"]), (&json!(shop.bid), &json!(certificate)));
            assert_eq!(browser.get("/v1/nonce").await.json["next"], 1);
            let body = certify_body(&confirmed.json, device, &World::key_of("another key"));
            let spent = browser.post("/v1/enrolment/certify", body).await;
            assert_eq!((spent.status, spent.code()), (401, "TICKET_EXPIRED"));
        }
    });
}

#[test]
fn an_unknown_address_gets_the_same_answers_and_no_mail() {
    run(|world| async move {
        let shop = world.shop("cafe").await;
        let browser = world.browser();
        let (known, unknown) =
            (browser.start(&shop.email).await, browser.start("nobody@sebyeol.example").await);
        assert_eq!(known.len(), unknown.len());
        assert_eq!(world.mails().await, 1);
        let right = world.mailed_code(&shop.email).await;
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for enrolment in [known, unknown] {
            for tries_left in (1..5).rev() {
                let body = json!({ "enrolment": enrolment, "code": wrong });
                let answer = browser.post("/v1/enrolment/confirm", body).await;
                assert_eq!((answer.status, answer.code()), (401, "CODE_WRONG"));
                assert_eq!(answer.json["tries_left"], tries_left);
            }
            for code in [wrong, &right] {
                let body = json!({ "enrolment": enrolment, "code": code });
                let answer = browser.post("/v1/enrolment/confirm", body).await;
                assert_eq!((answer.status, answer.code()), (401, "CODE_EXPIRED"));
            }
        }
    });
}

#[test]
fn a_key_that_is_not_the_applicants_is_refused() {
    run(|world| async move {
        let shop = world.shop("cafe").await;
        let browser = world.browser();
        let enrolment = browser.start(&shop.email).await;
        let code = world.mailed_code(&shop.email).await;
        let body = json!({ "enrolment": enrolment, "code": code });
        let confirmed = browser.post("/v1/enrolment/confirm", body).await.json;
        let good = certify_body(&confirmed, "counter", &World::key_of("counter"));

        let mut foreign = good.clone();
        foreign["public_key"] = json!(World::key_of("other").public_key());
        let mut weak = good.clone();
        weak["public_key"] = json!(format!("01{}", "0".repeat(62)));
        let mut nameless = good.clone();
        nameless["device_name"] = json!("  ");
        let mut proofless = good.clone();
        proofless["pin_proof"] = json!("123456");
        let expected = [
            (foreign, 422, "BAD_POSSESSION"),
            (weak, 422, "WEAK_KEY"),
            (nameless, 400, "BAD_FIELD"),
            (proofless, 400, "BAD_FIELD"),
        ];
        for (body, status, code) in expected {
            let answer = browser.post("/v1/enrolment/certify", body).await;
            assert_eq!((answer.status, answer.code()), (status, code));
        }
        // The ledger is away: nothing is lost, the same request succeeds later.
        world.ledger.set_down(true);
        let away = browser.post("/v1/enrolment/certify", good.clone()).await;
        assert_eq!((away.status, away.code()), (503, "LEDGER_UNAVAILABLE"));
        world.ledger.set_down(false);
        let answer = browser.post("/v1/enrolment/certify", good).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    });
}

async fn confirmed(world: &World, email: &str) -> serde_json::Value {
    let browser = world.browser();
    let enrolment = browser.start(email).await;
    let code = world.mailed_code(email).await;
    let body = json!({ "enrolment": enrolment, "code": code });
    let answer = browser.post("/v1/enrolment/confirm", body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json
}

#[test]
fn a_lost_answer_is_given_again_for_the_same_key_and_pin() {
    run(|world| async move {
        let shop = world.shop("cafe").await;
        let confirmed = confirmed(&world, &shop.email).await;
        let body = certify_body(&confirmed, "counter", &World::key_of("counter"));
        let mut browser = world.browser();
        let first = browser.sign_in("/v1/enrolment/certify", body.clone()).await;
        let lost = browser.cookie.take();
        let again = browser.sign_in("/v1/enrolment/certify", body.clone()).await;
        assert_eq!((again.status, &again.json), (200, &first.json), "{again:?}");
        assert_ne!(browser.cookie, lost);
        assert_eq!(browser.get("/v1/me").await.status, 200);

        let change = |name: &str, value: serde_json::Value| {
            let mut body = body.clone();
            body[name] = value;
            body
        };
        let wrong = json!(STANDARD.encode([8; 32]));
        let answer = browser.post("/v1/enrolment/certify", change("pin_proof", wrong.clone())).await;
        assert_eq!((answer.status, answer.code()), (401, "PIN_WRONG"));
        assert_eq!(answer.json["tries_left"], 4);
        let answer = browser.post("/v1/enrolment/certify", change("device_tag", wrong)).await;
        assert_eq!((answer.status, answer.code()), (404, "UNKNOWN_DEVICE"));
        let answer =
            browser.post("/v1/enrolment/certify", change("possession", json!("0".repeat(128)))).await;
        assert_eq!((answer.status, answer.code()), (422, "BAD_POSSESSION"));
    });
}

#[test]
fn one_ticket_makes_one_device_and_a_shop_has_one_first_device() {
    run(|world| async move {
        let shop = world.shop("cafe").await;
        let (one, two) = (confirmed(&world, &shop.email).await, confirmed(&world, &shop.email).await);
        assert_eq!((&one["role"], &two["role"]), (&json!("holder"), &json!("holder")));
        // The answer is open: the ticket is the first key's, and so is the place of the first device.
        world.ledger.set_down(true);
        let browser = world.browser();
        let first = certify_body(&one, "counter", &World::key_of("counter"));
        let away = browser.post("/v1/enrolment/certify", first.clone()).await;
        assert_eq!((away.status, away.code()), (503, "LEDGER_UNAVAILABLE"));
        world.ledger.set_down(false);
        for ticket in [&one, &two] {
            let other = certify_body(ticket, "thief", &World::key_of("thief"));
            let refused = browser.post("/v1/enrolment/certify", other).await;
            assert_eq!((refused.status, refused.code()), (401, "TICKET_EXPIRED"));
        }
        let (left, right) = tokio::join!(
            browser.post("/v1/enrolment/certify", first.clone()),
            browser.post("/v1/enrolment/certify", first)
        );
        assert_eq!((left.status, &left.json), (200, &right.json), "{left:?} {right:?}");
        let late = certify_body(&two, "late", &World::key_of("late"));
        let late = browser.post("/v1/enrolment/certify", late).await;
        assert_eq!((late.status, late.code()), (401, "TICKET_EXPIRED"));
        assert_eq!(confirmed(&world, &shop.email).await["role"], "terminal");
    });
}
