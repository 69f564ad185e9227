//! Who is signed in: an extractor over the session cookie.

use actix_web::{
    FromRequest, HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
    dev::Payload,
    web::Data,
};
use dure_score::Bid;
use futures::future::LocalBoxFuture;

use super::Failure;
use crate::{app::App, fault::Fault, session};

const SECURE_NAME: &str = "__Host-dure_wallet";
const PLAIN_NAME: &str = "dure_wallet";

/// The signed-in person and device.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The person's id, hex.
    pub bid: String,
    /// The device's certificate, hex.
    pub certificate: String,
    /// The session's token.
    pub token: String,
}

impl Signed {
    /// The person's id.
    pub fn person(&self) -> Result<Bid, Fault> {
        self.bid.parse().map_err(|_| Fault::Internal("a stored BID is damaged"))
    }
}

impl FromRequest for Signed {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<Data<App>>().cloned();
        let token =
            app.as_ref().and_then(|app| request.cookie(name(app))).map(|cookie| cookie.value().to_owned());
        Box::pin(async move {
            // Tokens are 64 hex digits; a longer one is not even hashed.
            let (Some(app), Some(token)) = (app, token.filter(|token| token.len() == 64)) else {
                return Err(Failure(Fault::NoSession));
            };
            let session = session::find(&app, token.clone()).await?.ok_or(Fault::NoSession)?;
            Ok(Self { bid: session.owner, certificate: session.certificate, token })
        })
    }
}

const fn name(app: &App) -> &'static str {
    if app.insecure_cookies { PLAIN_NAME } else { SECURE_NAME }
}

/// The cookie that carries a session's token.
pub fn cookie(app: &App, token: String) -> Cookie<'static> {
    Cookie::build(name(app), token)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(!app.insecure_cookies)
        .max_age(Duration::milliseconds(session::LIFE_MS))
        .finish()
}

/// The cookie that makes a browser forget.
pub fn expired_cookie(app: &App) -> Cookie<'static> {
    let mut cookie = cookie(app, String::new());
    cookie.make_removal();
    cookie
}
