//! Bad input at every entry: a problem document, never a 5xx; and what every answer carries.

use actix_web::test::TestRequest;
use dure_db::{DbError, payer_codes, testing::both};
use serde_json::json;

use super::{
    enrolment::{PROOF, TAG, certify, mina, ticket},
    http::{fresh_key, get_as, post_as, send},
    node::Node,
};
use crate::routes::{document_text, schemas_without_example};

/// Bodies, methods and paths that no route takes.
async fn refuses_bad_requests(app: &actix_web::web::Data<crate::app::App>) {
    let raw = |path: &str, kind: &'static str, bytes: Vec<u8>| {
        let request = TestRequest::post().uri(path).insert_header(fresh_key());
        request.insert_header(("content-type", kind)).set_payload(bytes)
    };
    let json_type = "application/json";
    for (request, status, code) in [
        (raw("/v1/enrolment/start", json_type, b"{".to_vec()), 400, "MALFORMED"),
        (raw("/v1/enrolment/start", json_type, b"[]".to_vec()), 400, "MALFORMED"),
        (raw("/v1/enrolment/start", json_type, vec![0xff; 40]), 400, "MALFORMED"),
        (raw("/v1/enrolment/start", "text/plain", b"{}".to_vec()), 415, "MEDIA_TYPE"),
        (raw("/v1/enrolment/start", json_type, vec![b' '; 70_000]), 413, "BODY_TOO_LARGE"),
        (raw("/v1/pin/unlock", json_type, b"{}".to_vec()), 400, "MALFORMED"),
        (TestRequest::get().uri("/v1/enrolment/start"), 405, "METHOD_NOT_ALLOWED"),
        (TestRequest::delete().uri("/v1/me"), 405, "METHOD_NOT_ALLOWED"),
        (TestRequest::get().uri("/v1/nothing"), 404, "NOT_FOUND"),
        (TestRequest::get().uri("/v1/merchants/by-code/%00%ff"), 404, "NOT_FOUND"),
        (TestRequest::get().uri("/static/../Cargo.toml"), 404, "NOT_FOUND"),
        (TestRequest::get().uri("/v1/me"), 401, "NOT_SIGNED_IN"),
        (
            TestRequest::get().uri("/v1/me").insert_header(("cookie", "dure_wallet=nonsense")),
            401,
            "NOT_SIGNED_IN",
        ),
        (TestRequest::get().uri("/v1/events"), 401, "NOT_SIGNED_IN"),
    ] {
        send(app, request).await.assert_problem(status, code);
    }
}

/// Names of devices that are none, and of devices that are somebody else's.
async fn refuses_bad_device_names(app: &actix_web::web::Data<crate::app::App>, cookie: &str) {
    let certificate = get_as(app, cookie, "/v1/me").await.json["certificate"].as_str().unwrap().to_owned();
    for (device, name, status, code) in [
        (certificate.as_str(), "", 400, "BAD_FIELD"),
        (&certificate, "a\0b", 400, "BAD_FIELD"),
        (&certificate, &"가".repeat(61), 400, "BAD_FIELD"),
        ("ffffffffffffffffffffffffffffffff", "mine", 404, "NOT_FOUND"),
        ("%00", "mine", 404, "NOT_FOUND"),
    ] {
        let (path, body) = (format!("/v1/devices/{device}/name"), json!({ "device_name": name }));
        post_as(app, cookie, &path, body).await.assert_problem(status, code);
    }
    let (path, body) = (format!("/v1/devices/{certificate}/name"), json!({ "device_name": " 새 전화 " }));
    post_as(app, "", &path, body.clone()).await.assert_problem(401, "NOT_SIGNED_IN");
    assert_eq!(post_as(app, cookie, &path, body).await.status, 204);
    assert_eq!(get_as(app, cookie, "/v1/me").await.json["devices"][0]["name"], "새 전화");
}

#[test]
fn bad_input_is_refused_by_name() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let cookie = certify(&app, &ticket(&app).await, 50).await.cookie();
        refuses_bad_requests(&app).await;
        for (path, status, code) in [
            ("/v1/history?limit=0", 400, "BAD_FIELD"),
            ("/v1/history?limit=101", 400, "BAD_FIELD"),
            ("/v1/history?limit=x", 400, "MALFORMED"),
            ("/v1/history?before=x", 400, "BAD_FIELD"),
            ("/v1/history?q=00000000000000000000000000000000000000000", 400, "BAD_FIELD"),
            ("/v1/people/lookup", 400, "MALFORMED"),
            ("/v1/people/lookup?q=mina", 400, "BAD_FIELD"),
            ("/v1/people/lookup?q=nobody@x.kr", 404, "NOT_FOUND"),
            ("/v1/transactions/xyz", 404, "NOT_FOUND"),
        ] {
            get_as(&app, &cookie, path).await.assert_problem(status, code);
        }
        for (body, status, code) in [
            (json!({}), 400, "MALFORMED"),
            (json!({ "body": "%%%", "key": "00", "signature": "00" }), 400, "BAD_FIELD"),
            (
                json!({ "body": "AAAA", "key": "00".repeat(32), "signature": "00".repeat(64) }),
                400,
                "BAD_TRANSACTION",
            ),
            (
                json!({ "body": "%%%", "key": "00".repeat(32), "signature": "00".repeat(64) }),
                400,
                "BAD_TRANSACTION",
            ),
        ] {
            post_as(&app, &cookie, "/v1/transactions", body).await.assert_problem(status, code);
        }
        post_as(&app, &cookie, "/v1/preview", json!({ "body": "////" }))
            .await
            .assert_problem(400, "BAD_TRANSACTION");
        let device = json!({ "certificate": "a\0b", "device_tag": TAG, "proof": PROOF });
        for (path, body, status, code) in [
            ("/v1/enrolment/confirm", json!({ "enrolment": "a\0b", "code": "\0" }), 401, "CODE_EXPIRED"),
            ("/v1/pin/unlock", device, 404, "UNKNOWN_DEVICE"),
        ] {
            post_as(&app, "", path, body).await.assert_problem(status, code);
        }
        refuses_bad_device_names(&app, &cookie).await;
        for (field, value, code) in [
            ("email", "a\0b@x.kr", "BAD_EMAIL"),
            ("email", "nonsense", "BAD_EMAIL"),
            ("birth", "12.03.1994", "BAD_FIELD"),
            ("birth", "1994-13-01", "BAD_FIELD"),
            ("name", " ", "BAD_FIELD"),
        ] {
            let mut body = mina();
            body[field] = json!(value);
            post_as(&app, "", "/v1/enrolment/start", body).await.assert_problem(400, code);
        }
        node.stop().await;
    });
}

#[test]
fn another_sites_page_cannot_act_and_leaving_ends_the_session() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let certified = certify(&app, &ticket(&app).await, 50).await;
        let set = certified.headers.get("set-cookie").unwrap().to_str().unwrap();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(set.contains(part), "{set}");
        }
        let cookie = certified.cookie();
        let end = || TestRequest::post().uri("/v1/session/end").insert_header(("cookie", cookie.clone()));
        let foreign = end().insert_header(("sec-fetch-site", "cross-site"));
        send(&app, foreign).await.assert_problem(403, "CROSS_SITE");
        assert_eq!(get_as(&app, &cookie, "/v1/me").await.status, 200);
        assert_eq!(send(&app, end().insert_header(("sec-fetch-site", "same-origin"))).await.status, 204);
        get_as(&app, &cookie, "/v1/me").await.assert_problem(401, "NOT_SIGNED_IN");
        node.stop().await;
    });
}

#[test]
fn a_code_gets_a_number_until_it_is_taken_back() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let cookie = certify(&app, &ticket(&app).await, 50).await.cookie();
        let ends = dure_db::now_ms() + 100_000;
        let offer = |code: &str, expires_at: i64| json!({ "code": code, "expires_at": expires_at });
        for (code, expires_at, field) in [
            ("", ends, "code"),
            ("%%%%", ends, "code"),
            (&"A".repeat(513), ends, "code"),
            ("hQVD", ends - 200_000, "expires_at"),
            ("hQVD", ends + 100_000, "expires_at"),
            ("hQVD", i64::MAX, "expires_at"),
        ] {
            let answer = post_as(&app, &cookie, "/v1/codes", offer(code, expires_at)).await;
            assert_eq!(answer.json["field"], field, "{}", answer.text);
            answer.assert_problem(400, "BAD_FIELD");
        }
        post_as(&app, "", "/v1/codes", offer("hQVD", ends)).await.assert_problem(401, "NOT_SIGNED_IN");
        let first = post_as(&app, &cookie, "/v1/codes", offer("hQVD", ends)).await.json;
        let number = first["number"].as_str().unwrap().to_owned();
        let take = |number: String| {
            let now = dure_db::now_ms();
            app.db.run::<_, DbError, _>(move |c| payer_codes::take(c, &number, "bakery", now))
        };
        assert_eq!(take(number.clone()).await.unwrap().as_deref(), Some("hQVD"));
        assert_eq!(post_as(&app, &cookie, "/v1/codes/end", json!({})).await.status, 204);
        assert_eq!(take(number).await.unwrap(), None);
        node.stop().await;
    });
}

#[test]
fn pages_and_documents_answer() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        for (page, _) in crate::routes::PAGES {
            let answer = get_as(&app, "", &page.replace("{tx}", "00")).await;
            assert_eq!(answer.status, 200, "{page}");
            let policy = answer.headers.get("content-security-policy").unwrap().to_str().unwrap();
            assert!(policy.contains("require-trusted-types-for 'script'"));
            assert_eq!(answer.headers.get("x-content-type-options").unwrap(), "nosniff");
        }
        let lost = TestRequest::get().uri("/nowhere").insert_header(("accept", "text/html"));
        let lost = send(&app, lost).await;
        assert_eq!(
            (lost.status, lost.headers.get("content-type").unwrap().as_bytes()),
            (404, &b"text/html; charset=utf-8"[..])
        );
        let document = get_as(&app, "", "/openapi.json").await;
        assert!(document.json["openapi"].as_str().unwrap().starts_with("3.1"));
        assert_eq!(document.json["paths"].as_object().unwrap().len(), 47);
        assert_eq!(get_as(&app, "", "/health").await.json["status"], "ok");
        assert_eq!(get_as(&app, "", "/metrics").await.status, 200);
        let charge = get_as(&app, &certify(&app, &ticket(&app).await, 50).await.cookie(), "/v1/charge").await;
        assert_eq!(
            (charge.json["account"].as_str(), charge.json["code"].as_str().unwrap().len()),
            (Some("100-000-000001"), 8)
        );
        node.stop().await;
    });
}

#[test]
fn the_pages_are_built_from_this_very_document() {
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/openapi/wallet.json");
    if std::env::var_os("DURE_WRITE_OPENAPI").is_some() {
        std::fs::write(kept, document_text()).unwrap();
    }
    let stale =
        "web/openapi/wallet.json is stale: DURE_WRITE_OPENAPI=1 cargo test -p wallet-api the_pages_are";
    assert!(std::fs::read_to_string(kept).is_ok_and(|text| text == document_text()), "{stale}");
}

#[test]
fn every_body_has_an_example() {
    assert_eq!(schemas_without_example(), Vec::<String>::new());
}
