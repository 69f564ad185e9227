//! Requests to the service as a browser makes them, without a socket.

use actix_web::{
    App as ActixApp,
    http::header::HeaderMap,
    test::{TestRequest, call_service, init_service, read_body},
    web::Data,
};
use serde_json::Value;

use crate::{app::App, routes::routes};

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }
    pub fn cookie(&self) -> String {
        let set = self.headers.get("set-cookie").unwrap().to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }
    /// Every failure is a problem document.
    pub fn assert_problem(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.text);
        assert_eq!(self.headers.get("content-type").unwrap(), "application/problem+json");
        assert_eq!(self.json["status"], status);
        assert!(!self.json["detail"].as_str().unwrap().is_empty());
    }
}

/// A key that no other request has.
pub fn fresh_key() -> (&'static str, String) {
    ("idempotency-key", hex::encode(rand::random::<[u8; 16]>()))
}

pub async fn send(app: &Data<App>, request: TestRequest) -> Answer {
    let service = init_service(ActixApp::new().app_data(app.clone()).configure(routes)).await;
    let response = call_service(&service, request.to_request()).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = String::from_utf8(read_body(response).await.to_vec()).unwrap();
    let json = serde_json::from_str(&text).unwrap_or_default();
    Answer { status, headers, text, json }
}

pub async fn post(app: &Data<App>, path: &str, body: Value) -> Answer {
    send(app, TestRequest::post().uri(path).insert_header(fresh_key()).set_json(body)).await
}

pub async fn post_as(app: &Data<App>, cookie: &str, path: &str, body: Value) -> Answer {
    let request = TestRequest::post().uri(path).insert_header(("cookie", cookie)).insert_header(fresh_key());
    send(app, request.set_json(body)).await
}

pub async fn get_as(app: &Data<App>, cookie: &str, path: &str) -> Answer {
    send(app, TestRequest::get().uri(path).insert_header(("cookie", cookie))).await
}
