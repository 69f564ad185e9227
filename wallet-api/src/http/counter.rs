//! Which officer works here: an extractor over the counter's own cookie.

use actix_web::{
    FromRequest, HttpRequest,
    cookie::{Cookie, SameSite},
    dev::Payload,
    web::Data,
};
use futures::future::LocalBoxFuture;

use super::Failure;
use crate::{app::App, counter, fault::Fault};

const SECURE_NAME: &str = "__Host-dure_counter";
const PLAIN_NAME: &str = "dure_counter";

/// An officer of a registrar.
#[derive(Debug, Clone)]
pub struct Officer {
    /// Who.
    pub entered: counter::Entered,
    /// The session's token.
    pub token: String,
}

impl FromRequest for Officer {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<Data<App>>().cloned();
        let token =
            app.as_ref().and_then(|app| request.cookie(name(app))).map(|cookie| cookie.value().to_owned());
        Box::pin(async move {
            let (Some(app), Some(token)) = (app, token.filter(|token| token.len() == 64)) else {
                return Err(Failure(Fault::NoSession));
            };
            let entered = counter::find(&app, token.clone()).await?.ok_or(Fault::NoSession)?;
            Ok(Self { entered, token })
        })
    }
}

const fn name(app: &App) -> &'static str {
    if app.insecure_cookies { PLAIN_NAME } else { SECURE_NAME }
}

/// The cookie of an officer's session: it ends with the browser.
pub fn counter_cookie(app: &App, token: String) -> Cookie<'static> {
    Cookie::build(name(app), token)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(!app.insecure_cookies)
        .finish()
}

/// The cookie that makes a browser forget.
pub fn expired_counter_cookie(app: &App) -> Cookie<'static> {
    let mut cookie = counter_cookie(app, String::new());
    cookie.make_removal();
    cookie
}
