//! The session's cookie, and the extractor that asks for one.

use std::{
    future::Future,
    net::{IpAddr, Ipv4Addr},
    pin::Pin,
};

use actix_web::{
    FromRequest, HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
    dev::Payload,
    web::Data,
};

use crate::{
    enrol::{self, SESSION_LIFE_MS, SignedIn},
    error::PosError,
    till::Till,
};

/// The prefix makes browsers insist on `Secure`, no `Domain` and the root path.
const SECURE_NAME: &str = "__Host-dure_till";
const INSECURE_NAME: &str = "dure_till";

const fn name(till: &Till) -> &'static str {
    if till.insecure_cookies { INSECURE_NAME } else { SECURE_NAME }
}

/// The cookie that carries `token`.
pub fn issue(till: &Till, token: String) -> Cookie<'static> {
    build(till, token, Duration::milliseconds(SESSION_LIFE_MS))
}

/// The cookie that takes the session away.
pub fn clear(till: &Till) -> Cookie<'static> {
    build(till, String::new(), Duration::ZERO)
}

fn build(till: &Till, value: String, life: Duration) -> Cookie<'static> {
    Cookie::build(name(till), value)
        .path("/")
        .http_only(true)
        .secure(!till.insecure_cookies)
        .same_site(SameSite::Strict)
        .max_age(life)
        .finish()
}

/// The token that a request carries.
pub fn token(till: &Till, request: &HttpRequest) -> Option<String> {
    request.cookie(name(till)).map(|cookie| cookie.value().to_owned())
}

/// Where a request comes from, for rate limits.
pub fn address(request: &HttpRequest) -> IpAddr {
    // Without a peer (a Unix socket) all share one limit.
    request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip())
}

impl FromRequest for SignedIn {
    type Error = PosError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PosError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let till = request.app_data::<Data<Till>>().cloned();
        let request = request.clone();
        Box::pin(async move {
            let till = till.ok_or(PosError::Internal("routes without their till"))?;
            let token = token(&till, &request).ok_or(PosError::NotSignedIn)?;
            till.db.run(move |connection| enrol::who(connection, &token)).await
        })
    }
}
