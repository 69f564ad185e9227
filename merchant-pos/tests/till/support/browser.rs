//! What a browser does at the till: keeps its cookie and its key, and sends JSON.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_score::{
    Amount, Bid, Call, ChainId, Transaction, call::TokenRefund, codec, record::Role, signature::SigningKey,
    tx::possession_message,
};
use futures::{Stream, StreamExt};
use merchant_pos::clock::now_ms;
use serde_json::{Value, json};

pub const PIN_PROOF: [u8; 32] = [7; 32];
const DEVICE_TAG: [u8; 32] = [9; 32];

pub struct Browser {
    http: reqwest::Client,
    base: String,
    pub cookie: Option<String>,
    pub certificate: String,
    key: Option<SigningKey>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        assert_eq!(self.content_type, "application/problem+json", "{self:?}");
        assert_eq!(self.json["status"], self.status);
        self.json["code"].as_str().unwrap()
    }
}

impl Browser {
    pub fn new(base: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { http, base: base.to_owned(), cookie: None, certificate: String::new(), key: None }
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.base));
        match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let headers = response.headers().clone();
        let content_type = headers.get("content-type").map_or("", |value| value.to_str().unwrap()).to_owned();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, content_type, headers, text, json }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let request = self.request("POST", path).header("content-type", "application/json");
        self.send(request.body(body.to_string())).await
    }

    /// Posts and keeps the cookie that comes back.
    pub async fn sign_in(&mut self, path: &str, body: Value) -> Answer {
        let answer = self.post(path, body).await;
        if let Some(cookie) = answer.headers.get("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
            self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        }
        answer
    }

    pub async fn start(&self, email: &str) -> String {
        let answer = self.post("/v1/enrolment/start", json!({ "email": email, "lang": "ko" })).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        answer.json["enrolment"].as_str().unwrap().to_owned()
    }

    pub async fn enrol(&mut self, enrolment: &str, code: &str, device: &str, key: SigningKey) -> Answer {
        let confirmed =
            self.post("/v1/enrolment/confirm", json!({ "enrolment": enrolment, "code": code })).await;
        if confirmed.status != 200 {
            return confirmed;
        }
        let body = certify_body(&confirmed.json, device, &key);
        let answer = self.sign_in("/v1/enrolment/certify", body).await;
        if answer.status == 200 {
            self.certificate = answer.json["certificate"].as_str().unwrap().to_owned();
            self.key = Some(key);
        }
        answer
    }

    pub fn pin(&self, proof: [u8; 32]) -> Value {
        json!({ "certificate": self.certificate, "proof": STANDARD.encode(proof), "device_tag": STANDARD.encode(DEVICE_TAG) })
    }

    /// The body of a refund, made and signed here.
    pub async fn refund_body(&self, payment: &str, amount: u64) -> Value {
        let next = self.get("/v1/nonce").await.json["next"].as_u64().unwrap();
        let call =
            Call::TokenRefund(TokenRefund { payment: payment.parse().unwrap(), amount: Amount::new(amount) });
        self.signed(next, call)
    }

    pub fn signed(&self, nonce: u64, call: Call) -> Value {
        let transaction = Transaction {
            chain: ChainId::new("test-1").unwrap(),
            signer: self.certificate.parse().unwrap(),
            nonce,
            valid_until: u64::try_from(now_ms()).unwrap() + 60_000,
            call,
        };
        let body = codec::encode(&transaction);
        let signed = transaction.sign(self.key.as_ref().unwrap());
        json!({ "body": STANDARD.encode(body), "key": signed.key(), "signature": signed.signature() })
    }

    pub async fn order(&self, amount: u64) -> Value {
        let answer = self.post("/v1/orders", json!({ "amount": amount.to_string() })).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json
    }

    pub async fn show(&self, order: &Value) -> Value {
        let answer = self.get(&format!("/v1/orders/{}", order["order_id"].as_str().unwrap())).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json
    }

    /// Opens the event stream; each item is one event's text.
    pub async fn events(&self, last: Option<i64>) -> impl Stream<Item = String> + Unpin + use<> {
        let mut request = self.request("GET", "/v1/events");
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let chunks = response.bytes_stream();
        Box::pin(chunks.filter_map(|chunk| async move {
            let text = String::from_utf8(chunk.unwrap().to_vec()).unwrap();
            text.contains("event: ").then_some(text)
        }))
    }
}

pub fn certify_body(confirmed: &Value, device: &str, key: &SigningKey) -> Value {
    let owner: Bid = confirmed["bid"].as_str().unwrap().parse().unwrap();
    let chain = ChainId::new(confirmed["chain"].as_str().unwrap()).unwrap();
    let role = if confirmed["role"] == "holder" { Role::Holder } else { Role::Terminal };
    let message = possession_message(&chain, &owner, role, &key.public_key());
    json!({
        "ticket": confirmed["ticket"],
        "public_key": key.public_key(),
        "possession": key.sign(&message),
        "device_name": device,
        "pin_proof": STANDARD.encode(PIN_PROOF),
        "device_tag": STANDARD.encode(DEVICE_TAG),
    })
}
