//! Whatever comes in: a problem document, never a 5xx, never a panic.

use serde_json::{Value, json};

use crate::support::{World, run};

#[test]
fn every_bad_request_has_its_code() {
    run(|world| async move {
        let (_shop, till) = world.open_shop("cafe").await;
        let nobody = world.browser();
        let long = "x".repeat(70_000);
        let tag = format!("{}=", "A".repeat(43));
        let zeros = |count: usize| "0".repeat(count);
        #[rustfmt::skip]
        let table: Vec<(&str, Value, u16, &str)> = vec![
            ("/v1/orders", json!({}), 400, "MALFORMED"),
            ("/v1/orders", json!([]), 400, "MALFORMED"),
            ("/v1/orders", json!({ "amount": 4500 }), 400, "MALFORMED"),
            ("/v1/orders", json!({ "amount": "4500", "tip": "1" }), 400, "MALFORMED"),
            ("/v1/orders", json!({ "amount": "-1" }), 400, "MALFORMED"),
            ("/v1/orders", json!({ "amount": "1e3" }), 400, "MALFORMED"),
            ("/v1/orders", json!({ "amount": "99999999999999999999" }), 400, "MALFORMED"),
            ("/v1/orders", json!({ "amount": "0" }), 422, "PRICE_OUT_OF_RANGE"),
            ("/v1/orders", json!({ "amount": "10000001" }), 422, "PRICE_OUT_OF_RANGE"),
            ("/v1/orders", json!({ "amount": "1", "note": "a\nb" }), 400, "BAD_FIELD"),
            ("/v1/orders", json!({ "amount": "1", "note": long }), 413, "BODY_TOO_LARGE"),
            ("/v1/orders/nothing/cancel", json!({}), 404, "UNKNOWN_ORDER"),
            ("/v1/orders/%EA%B0%80/cancel", json!({}), 404, "UNKNOWN_ORDER"),
            ("/v1/enrolment/start", json!({ "email": "cafe" }), 400, "BAD_EMAIL"),
            ("/v1/enrolment/start", json!({ "email": "a@b.c", "lang": "fr" }), 400, "BAD_FIELD"),
            ("/v1/enrolment/confirm", json!({ "enrolment": "x", "code": "12345" }), 400, "BAD_FIELD"),
            ("/v1/enrolment/confirm", json!({ "enrolment": "x", "code": "123456" }), 401, "CODE_EXPIRED"),
            ("/v1/enrolment/confirm", json!({ "enrolment": zeros(65), "code": "123456" }), 400, "BAD_FIELD"),
            ("/v1/enrolment/certify", json!({ "ticket": "x", "public_key": zeros(63), "possession": zeros(128), "device_name": "a", "pin_proof": "", "device_tag": "" }), 400, "BAD_FIELD"),
            ("/v1/enrolment/certify", json!({ "ticket": "x", "public_key": World::key_of("a").public_key(), "possession": zeros(128), "device_name": "a", "pin_proof": "AAAAAAAAAAAAAAAAAAAAAA==", "device_tag": tag }), 401, "TICKET_EXPIRED"),
            ("/v1/pin/unlock", json!({ "certificate": "x", "proof": "" }), 400, "MALFORMED"),
            ("/v1/pin/unlock", json!({ "certificate": zeros(32), "proof": "!", "device_tag": tag }), 400, "BAD_FIELD"),
            ("/v1/pin/unlock", json!({ "certificate": zeros(32), "proof": "AAAAAAAAAAAAAAAAAAAAAA==", "device_tag": tag }), 404, "UNKNOWN_DEVICE"),
            ("/v1/pin/unlock", json!({ "certificate": zeros(32), "proof": "AAAAAAAAAAAAAAAAAAAAAA==" }), 400, "MALFORMED"),
            ("/v1/pin/unlock", json!({ "certificate": zeros(32), "proof": "AAAAAAAAAAAAAAAAAAAAAA==", "device_tag": "!" }), 404, "UNKNOWN_DEVICE"),
            ("/v1/enrolment/certify", json!({ "ticket": "x", "public_key": World::key_of("a").public_key(), "possession": zeros(128), "device_name": "a", "pin_proof": "AAAAAAAAAAAAAAAAAAAAAA==", "device_tag": "!" }), 400, "BAD_FIELD"),
            ("/v1/session/resume", json!({ "certificate": zeros(32), "proof": "AAAAAAAAAAAAAAAAAAAAAA==", "device_tag": tag }), 404, "UNKNOWN_DEVICE"),
            ("/v1/preview", json!({ "body": "!" }), 400, "BAD_TRANSACTION"),
            ("/v1/preview", json!({ "body": "" }), 400, "BAD_TRANSACTION"),
            ("/v1/preview", json!({ "body": "hAECAwQ=" }), 400, "BAD_TRANSACTION"),
            ("/v1/preview", json!({ "body": "A".repeat(30_000) }), 400, "BAD_TRANSACTION"),
            ("/v1/transactions", json!({ "body": "hAECAwQ=", "key": zeros(64), "signature": zeros(128) }), 400, "BAD_TRANSACTION"),
            ("/v1/transactions", json!({ "body": "hAECAwQ=", "key": zeros(64), "signature": zeros(127) }), 400, "BAD_FIELD"),
            ("/v1/nowhere", json!({}), 404, "NOT_FOUND"),
            ("/v1/me", json!({}), 405, "METHOD_NOT_ALLOWED"),
            ("/", json!({}), 405, "METHOD_NOT_ALLOWED"),
        ];
        for (path, body, status, code) in table {
            let answer = till.post(path, body.clone()).await;
            assert_eq!(
                (answer.status, answer.code()),
                (status, code),
                "POST {path} {}",
                &body.to_string()[..body.to_string().len().min(80)]
            );
        }
        for path in ["/v1/me", "/v1/nonce", "/v1/sales/today", "/v1/static-qr", "/v1/events", "/v1/orders/x"]
        {
            let answer = nobody.get(path).await;
            assert_eq!((answer.status, answer.code()), (401, "NOT_SIGNED_IN"), "{path}");
        }
        let answer = till.get("/v1/transactions/xyz").await;
        assert_eq!((answer.status, answer.code()), (404, "NOT_FOUND"));
    });
}

#[test]
fn bodies_that_are_not_json_and_other_sites_are_refused() {
    run(|world| async move {
        let (_shop, till) = world.open_shop("cafe").await;
        let text = till.send(till.request("POST", "/v1/orders").body("amount=1")).await;
        assert_eq!((text.status, text.code()), (415, "MEDIA_TYPE"));
        let json = till.request("POST", "/v1/orders").header("content-type", "application/json");
        let torn = till.send(json.body("{\"amount\": ")).await;
        assert_eq!((torn.status, torn.code()), (400, "MALFORMED"));
        // Far beyond the bound, with a session and without: the answer arrives all the same.
        for browser in [&till, &world.browser()] {
            let request = browser.request("POST", "/v1/orders").header("content-type", "application/json");
            let huge = browser.send(request.body(vec![b' '; 1 << 20])).await;
            assert_eq!((huge.status, huge.code()), (413, "BODY_TOO_LARGE"));
        }
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "http://evil.example"),
        ] {
            let request = till.request("POST", "/v1/orders").header("content-type", "application/json");
            let answer = till.send(request.header(name, value).body("{\"amount\":\"1\"}")).await;
            assert_eq!((answer.status, answer.code()), (403, "CROSS_SITE"));
            assert!(answer.headers.contains_key("content-security-policy"));
        }
    });
}

#[test]
fn pages_operation_and_interface_are_there() {
    run(|world| async move {
        let browser = world.browser();
        for path in
            ["/", "/sale", "/enrol", "/today", "/refund/260101-7F3K9Q2M", "/sticker", "/device", "/?lang=en"]
        {
            let page = browser.get(path).await;
            assert_eq!(
                (page.status, page.content_type.as_str()),
                (200, "text/html; charset=utf-8"),
                "{path}"
            );
            let policy = page.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("require-trusted-types-for 'script'"));
            assert_eq!(page.headers["x-content-type-options"], "nosniff");
        }
        let missing = browser.get("/static/../../etc/passwd").await;
        assert_eq!(missing.status, 404);
        let page = browser.send(browser.request("GET", "/nowhere").header("accept", "text/html")).await;
        assert_eq!((page.status, page.content_type.as_str()), (404, "text/html; charset=utf-8"));

        assert_eq!(browser.get("/health").await.json["status"], "ok");
        assert!(browser.get("/metrics").await.text.contains("dure_till_orders_total 0"));
        let interface = browser.get("/openapi.json").await.json;
        assert_eq!(interface["info"]["title"], "Dure till");
        assert!(interface["paths"].as_object().unwrap().len() >= 18);
    });
}
