//! The page and the endpoints.

use crate::support::{desk, message, names};
use actix_web::http::{Method, StatusCode, header};
use actix_web::{App, test, web};
use sandbox_bank::{Bank, routes};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Method, path, media type, body; then the status and the code of the refusal.
type Refused = (&'static str, &'static str, &'static str, Vec<u8>, u16, &'static str);

struct Reply {
    status: u16,
    kind: String,
    location: String,
    policy: String,
    allow: String,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

fn open(dir: &Path) -> Arc<Bank> {
    Arc::new(Bank::open(&crate::support::config(dir)).unwrap())
}

async fn call(bank: &Arc<Bank>, request: test::TestRequest) -> Reply {
    let data = web::Data::from(Arc::clone(bank));
    let app = test::init_service(App::new().app_data(data).configure(routes)).await;
    let response = match test::try_call_service(&app, request.to_request()).await {
        Ok(response) => response.map_into_boxed_body().into_parts().1,
        Err(error) => error.error_response(),
    };
    let text = |name: &str| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let (kind, location, policy) = (text("content-type"), text("location"), text("content-security-policy"));
    let allow = text("allow");
    let status = response.status().as_u16();
    let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
    Reply { status, kind, location, policy, allow, body: String::from_utf8(body.to_vec()).unwrap() }
}

fn post(path: &str, kind: &'static str, body: impl Into<web::Bytes>) -> test::TestRequest {
    test::TestRequest::post().uri(path).insert_header((header::CONTENT_TYPE, kind)).set_payload(body)
}

#[actix_web::test]
async fn scripts_deposit_refuse_and_look() {
    let dir = tempfile::tempdir().unwrap();
    let bank = open(dir.path());
    for (position, amount) in [json!("30000"), json!(12)].into_iter().enumerate() {
        let body = json!({ "payer": "Mina", "amount": amount, "reference": "DR-1" }).to_string();
        let reply = call(&bank, post("/api/deposits", JSON, body)).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        assert_eq!(reply.json()["seq"], position as u64 + 1);
        assert!(reply.json()["amount"].is_string());
    }
    assert_eq!(names(&dir.path().join("outbox")), ["camt054-000001.xml", "camt054-000002.xml"]);

    let on = json!({ "account": "333-1", "reason": "AC04", "enabled": true }).to_string();
    let reply = call(&bank, post("/api/rejections", JSON, on)).await;
    assert_eq!(reply.json()["rejections"], json!([{ "account": "333-1", "reason": "AC04" }]));

    let reply = call(&bank, test::TestRequest::get().uri("/api/state")).await;
    assert_eq!(reply.json()["collection"]["balance"], "30012");
    let off = json!({ "account": "3331", "enabled": false }).to_string();
    let reply = call(&bank, post("/api/rejections", JSON, off)).await;
    assert_eq!(reply.json()["rejections"], json!([]));
    assert_eq!(call(&bank, test::TestRequest::get().uri("/health")).await.status, 200);
}

#[actix_web::test]
async fn whatever_is_sent_the_answer_is_a_problem_document() {
    let dir = tempfile::tempdir().unwrap();
    let bank = open(dir.path());
    let deposit = |amount: Value| json!({ "payer": "A", "amount": amount, "reference": "B" }).to_string();
    let large = deposit(json!("1".repeat(70_000)));
    let many_fields = r#"{"payer":"A","amount":"1","reference":"B","note":""}"#.to_owned();
    let refuse = |reason: &str| json!({ "account": "1", "reason": reason, "enabled": true }).to_string();
    let cases: Vec<Refused> = vec![
        ("POST", "/api/deposits", JSON, b"{".to_vec(), 400, "malformed"),
        ("POST", "/api/deposits", JSON, b"\xff\xfe".to_vec(), 400, "malformed"),
        ("POST", "/api/deposits", JSON, Vec::new(), 400, "malformed"),
        ("POST", "/api/deposits", JSON, "[".repeat(60_000).into_bytes(), 400, "malformed"),
        ("POST", "/api/deposits", JSON, many_fields.into_bytes(), 400, "malformed"),
        ("POST", "/api/deposits", JSON, deposit(json!(-1)).into_bytes(), 400, "malformed"),
        ("POST", "/api/deposits", JSON, deposit(json!(1.5)).into_bytes(), 400, "malformed"),
        ("POST", "/api/deposits", JSON, deposit(json!(0)).into_bytes(), 422, "amount_invalid"),
        ("POST", "/api/deposits", JSON, deposit(json!("1.0")).into_bytes(), 422, "amount_invalid"),
        ("POST", "/api/deposits", JSON, deposit(json!("1000000001")).into_bytes(), 422, "amount_invalid"),
        ("POST", "/api/deposits", JSON, deposit(json!(u64::MAX)).into_bytes(), 422, "amount_invalid"),
        ("POST", "/api/deposits", JSON, large.into_bytes(), 413, "body_too_large"),
        ("POST", "/api/deposits", FORM, b"payer=A".to_vec(), 415, "media_type"),
        ("GET", "/api/deposits", JSON, Vec::new(), 405, "method_not_allowed"),
        ("POST", "/api/rejections", JSON, refuse("ZZ99").into_bytes(), 422, "reason_invalid"),
        ("POST", "/api/rejections", JSON, refuse("DUPL").into_bytes(), 422, "reason_invalid"),
        ("POST", "/api/rejections", JSON, refuse("").into_bytes(), 422, "reason_missing"),
        (
            "POST",
            "/api/rejections",
            JSON,
            br#"{"account":"-","enabled":false}"#.to_vec(),
            422,
            "account_invalid",
        ),
        ("DELETE", "/api/state", JSON, Vec::new(), 405, "method_not_allowed"),
        ("POST", "/deposits", JSON, b"{}".to_vec(), 415, "media_type"),
        ("POST", "/deposits", FORM, b"payer=%ff%fe&amount=%".to_vec(), 422, ""),
        ("POST", "/deposits", FORM, vec![b'a'; 70_000], 413, "body_too_large"),
        ("POST", "/deposits", FORM, b"payer=a&payer=b".to_vec(), 400, "malformed"),
        ("GET", "/?notice=nonsense", FORM, Vec::new(), 400, "malformed"),
        ("GET", "/nothing", FORM, Vec::new(), 404, "not_found"),
        ("GET", "/..%2f..%2fetc/passwd", FORM, Vec::new(), 404, "not_found"),
    ];
    for (method, path, kind, body, status, code) in cases {
        let shown = format!("{method} {path} {}", String::from_utf8_lossy(&body[..body.len().min(60)]));
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let reply = call(&bank, post(path, kind, body).method(method)).await;
        assert_eq!(reply.status, status, "{shown}: {}", reply.body);
        if !code.is_empty() {
            assert_eq!(reply.kind, "application/problem+json", "{shown}");
            assert_eq!(reply.json()["code"], code, "{shown}");
            assert_eq!(reply.json()["status"], status, "{shown}");
        }
    }
    assert_eq!(call(&bank, test::TestRequest::get().uri("/api/deposits")).await.allow, "POST");
    assert_eq!(bank.book().collection, 0);
    assert!(bank.book().deposits.is_empty());
}

#[actix_web::test]
async fn people_use_forms_without_script() {
    let dir = tempfile::tempdir().unwrap();
    let bank = open(dir.path());
    let form = "lang=en&payer=Mina%20%3Cb%3E&amount=1%2C234%2C567&reference=DR-9";
    let reply = call(&bank, post("/deposits", FORM, form)).await;
    assert_eq!((reply.status, reply.location.as_str()), (303, "/?lang=en&notice=deposited"));
    let switch = "lang=ko&account=333-1&reason=AC01&switch=on";
    assert_eq!(call(&bank, post("/rejections", FORM, switch)).await.location, "/?lang=ko&notice=refusing");

    let page = call(&bank, test::TestRequest::get().uri("/?lang=en&notice=deposited")).await;
    assert_eq!(page.status, StatusCode::OK.as_u16());
    assert!(page.kind.starts_with("text/html") && page.policy.starts_with("default-src 'none'"));
    for text in ["1,234,567", "DR-9", "Mina &#60;b&#62;", "333-1", "credit notification is on its way"] {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(!page.body.contains("<script") && !page.body.contains(" style="));

    let page = call(&bank, test::TestRequest::get().uri("/?lang=fr")).await;
    assert!(page.body.contains("샌드박스 은행") && page.body.contains("<html lang=\"ko\">"));

    let wrong = call(&bank, post("/deposits", FORM, "payer=Mina&amount=ten&reference=DR")).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("role=\"alert\"") && wrong.body.contains("value=\"ten\""));

    assert_eq!(call(&bank, post("/rejections", FORM, "account=3331&switch=off")).await.status, 303);
    assert!(bank.book().rejections.is_empty());
}

#[actix_web::test]
async fn another_sites_page_may_not_act_here() {
    let dir = tempfile::tempdir().unwrap();
    let bank = open(dir.path());
    let body = "payer=Mina&amount=5&reference=DR";
    for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 303), ("none", 303)] {
        let request = post("/deposits", FORM, body).insert_header(("sec-fetch-site", site));
        assert_eq!(call(&bank, request).await.status, status, "{site}");
    }
    assert_eq!(bank.book().collection, 10);
}

#[actix_web::test]
async fn files_and_their_results_are_listed() {
    let desk = desk(10_000);
    desk.send("a.xml", message("M1", &[("E1", "111", 1_000)]).xml());
    desk.send("b.xml", message("M1", &[("E1", "111", 1_000)]).xml());
    desk.send("c.xml", "nonsense");
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(desk.path("book.json"), dir.path().join("book.json")).unwrap();
    let bank = open(dir.path());
    let state = call(&bank, test::TestRequest::get().uri("/api/state")).await.json();
    let files = state["payment_files"].as_array().unwrap();
    assert_eq!(files.len(), 3);
    assert_eq!((&files[2]["status"], &files[2]["executed_sum"]), (&json!("ACSP"), &json!("1000")));
    assert_eq!((&files[1]["status"], &files[1]["reason"]), (&json!("RJCT"), &json!("DUPL")));
    assert_eq!((&files[0]["status"], &files[0]["message_id"]), (&Value::Null, &Value::Null));
    assert_eq!(state["accounts"], json!([{ "account": "111", "name": "서강 & 카페", "balance": "1000" }]));
    let page = call(&bank, test::TestRequest::get().uri("/?lang=en")).await;
    assert!(page.body.contains("DUPL") && page.body.contains("Unreadable"));
}
