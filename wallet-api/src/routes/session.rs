//! `/v1/session/*`: signing in with a known device, and leaving.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json},
};

use super::pin::{Share, Unlock};
use crate::{
    app::App,
    http::{Failure, Problem, Signed, cookie, expired_cookie},
    pin, session,
};

/// A new session for a right PIN, in place of the one that the browser had; also gives the share.
#[utoipa::path(post, path = "/v1/session/resume", tag = "session", request_body = Unlock, responses(
    (status = 200, body = Share), (status = 401, body = Problem, description = "PIN_WRONG, PIN_LOCKED"),
    (status = 404, body = Problem, description = "UNKNOWN_DEVICE")))]
pub async fn resume(
    app: Data<App>,
    request: HttpRequest,
    former: Option<Signed>,
    body: Json<Unlock>,
) -> Result<HttpResponse, Failure> {
    app.limits.unlock(address(&request))?;
    let Unlock { certificate, device_tag, proof } = body.into_inner();
    let unlocked = pin::unlock(&app, certificate, device_tag, proof).await?;
    let token = session::open(&app, &unlocked.device).await?;
    if let Some(former) = former {
        session::end(&app, former.token).await?;
    }
    Ok(HttpResponse::Ok().cookie(cookie(&app, token)).json(Share { share: unlocked.share }))
}

/// Ends the session; harmless without one.
#[utoipa::path(post, path = "/v1/session/end", tag = "session", responses((status = 204)))]
pub async fn end(app: Data<App>, signed: Option<Signed>) -> Result<HttpResponse, Failure> {
    if let Some(signed) = signed {
        session::end(&app, signed.token).await?;
    }
    Ok(HttpResponse::NoContent().cookie(expired_cookie(&app)).finish())
}

/// Whom the limits count. Only the connection's own address: a header could be forged.
pub(super) fn address(request: &HttpRequest) -> IpAddr {
    request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip())
}
