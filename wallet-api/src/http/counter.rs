//! Which officer works here: an extractor over the counter's own cookie.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use dure_service::{ServiceError, http::SessionCookie};
use futures::future::LocalBoxFuture;

use super::Failure;
use crate::{app::App, counter};

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
        let token = app.as_ref().and_then(|app| counter_cookie(app).token(request));
        Box::pin(async move {
            let (Some(app), Some(token)) = (app, token) else {
                return Err(Failure(ServiceError::NotSignedIn.into()));
            };
            let entered = counter::find(&app, token.clone()).await?.ok_or(ServiceError::NotSignedIn)?;
            Ok(Self { entered, token })
        })
    }
}

/// The cookie of an officer's session: it ends with the browser.
pub const fn counter_cookie(app: &App) -> SessionCookie {
    SessionCookie {
        names: ["dure_counter", "__Host-dure_counter"],
        life_ms: None,
        insecure: app.insecure_cookies,
    }
}
