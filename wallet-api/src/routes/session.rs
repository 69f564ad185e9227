//! `/v1/session/*`: signing in with a known device, and leaving.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json},
};

use dure_score::Signature;
use dure_service::{device::PinProof, http::address};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    enrolment::parse,
    pin::{Share, Unlock},
};
use crate::{
    app::App,
    challenge::{self, Place},
    http::{Failure, Problem, Signed, cookie},
    session,
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
    let proof = PinProof::parse("proof", &proof)?;
    let unlocked = app.pins.unlock(certificate, &device_tag, proof).await?;
    let token = session::open(&app, &unlocked.device).await?;
    if let Some(former) = former {
        session::end(&app, former.token).await?;
    }
    Ok(HttpResponse::Ok().cookie(cookie(&app).carry(token)).json(Share { share: unlocked.share }))
}

/// What a key signs to open something.
#[derive(Serialize, ToSchema)]
pub struct Challenge {
    /// 64 hex digits, good once and for two minutes.
    challenge: String,
    chain: String,
}

impl Challenge {
    /// A new one.
    pub(super) async fn make(app: &App, place: Place) -> Result<Self, Failure> {
        Ok(Self { challenge: challenge::make(app, place).await?, chain: app.chain.to_string() })
    }
}

/// A challenge for a device's key.
#[utoipa::path(post, path = "/v1/session/challenge", tag = "session", responses(
    (status = 200, body = Challenge), (status = 429, body = Problem)))]
pub async fn challenge(app: Data<App>, request: HttpRequest) -> Result<Json<Challenge>, Failure> {
    app.limits.unlock(address(&request))?;
    Ok(Json(Challenge::make(&app, Place::Session).await?))
}

/// A device that has its key at hand.
#[derive(Deserialize, ToSchema)]
pub struct Open {
    /// The device's certificate, 32 hex digits.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    certificate: String,
    challenge: String,
    /// Of `dure:session:v1`, a zero byte, the chain, a zero byte and the challenge; 128 hex digits.
    #[schema(pattern = "^[0-9a-f]{128}$")]
    signature: String,
}

/// A new session for a signature of the device's own key, which a passkey may have opened; gives no share.
#[utoipa::path(post, path = "/v1/session/open", tag = "session", request_body = Open, responses(
    (status = 204), (status = 400, body = Problem),
    (status = 401, body = Problem, description = "TICKET_EXPIRED, PIN_LOCKED"),
    (status = 404, body = Problem, description = "UNKNOWN_DEVICE"), (status = 429, body = Problem)))]
pub async fn open(
    app: Data<App>,
    request: HttpRequest,
    former: Option<Signed>,
    body: Json<Open>,
) -> Result<HttpResponse, Failure> {
    app.limits.unlock(address(&request))?;
    let Open { certificate, challenge, signature } = body.into_inner();
    let signature: Signature = parse("signature", "128 lowercase hex digits", signature)?;
    let token = session::open_by_key(&app, certificate, challenge, &signature).await?;
    if let Some(former) = former {
        session::end(&app, former.token).await?;
    }
    Ok(HttpResponse::NoContent().cookie(cookie(&app).carry(token)).finish())
}

/// Ends the session; harmless without one.
#[utoipa::path(post, path = "/v1/session/end", tag = "session", responses((status = 204)))]
pub async fn end(app: Data<App>, signed: Option<Signed>) -> Result<HttpResponse, Failure> {
    if let Some(signed) = signed {
        session::end(&app, signed.token).await?;
    }
    Ok(HttpResponse::NoContent().cookie(cookie(&app).forget()).finish())
}
