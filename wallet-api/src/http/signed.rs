//! Who is signed in: an extractor over the session cookie.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use dure_score::Bid;
use dure_service::{ServiceError, http::SessionCookie};
use futures::future::LocalBoxFuture;

use super::Failure;
use crate::{app::App, fault::Fault, session};

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
        let token = app.as_ref().and_then(|app| cookie(app).token(request));
        Box::pin(async move {
            let (Some(app), Some(token)) = (app, token) else {
                return Err(Failure(ServiceError::NotSignedIn.into()));
            };
            let session = session::find(&app, token.clone()).await?.ok_or(ServiceError::NotSignedIn)?;
            Ok(Self { bid: session.owner, certificate: session.certificate, token })
        })
    }
}

/// The cookie of a person's session.
pub const fn cookie(app: &App) -> SessionCookie {
    SessionCookie {
        names: ["dure_wallet", "__Host-dure_wallet"],
        life_ms: Some(session::LIFE_MS),
        insecure: app.insecure_cookies,
    }
}
