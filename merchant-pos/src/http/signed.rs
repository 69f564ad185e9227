//! Who is signed in: an extractor over the session's cookie.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use dure_service::http::SessionCookie;
use futures::future::LocalBoxFuture;

use crate::{
    enrol::{self, SESSION_LIFE_MS, SignedIn},
    error::PosError,
    till::Till,
};

/// The cookie of a device's session.
pub const fn cookie(till: &Till) -> SessionCookie {
    SessionCookie {
        names: ["dure_till", "__Host-dure_till"],
        life_ms: Some(SESSION_LIFE_MS),
        insecure: till.insecure_cookies,
    }
}

impl FromRequest for SignedIn {
    type Error = PosError;
    type Future = LocalBoxFuture<'static, Result<Self, PosError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let till = request.app_data::<Data<Till>>().cloned();
        let token = till.as_ref().and_then(|till| cookie(till).token(request));
        Box::pin(async move {
            let till = till.ok_or(PosError::Internal("routes without their till"))?;
            let token = token.ok_or(PosError::NotSignedIn)?;
            till.db.run(move |connection| enrol::who(connection, &token)).await
        })
    }
}
