//! `/v1/pin/unlock`, `/v1/session/…`: the PIN opens the key, and the till.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json},
};
use dure_score::CertId;
use dure_service::{device::PinProof, http::address};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{enrol, error::PosError, http::cookie, till::Till};

/// A device and the proof of its PIN.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PinRequest {
    /// The device's certificate, 32 hex digits.
    #[schema(value_type = String)]
    certificate: CertId,
    /// Base64.
    proof: String,
    /// Base64; what `/v1/enrolment/certify` was given.
    device_tag: String,
}

/// The share that opens the wrapped key.
#[derive(Serialize, ToSchema)]
pub struct ShareAnswer {
    /// 64 hex digits.
    share: String,
}

/// Gives the PIN share out for a right proof. The fifth wrong one in a row destroys it and revokes the certificate.
#[utoipa::path(post, path = "/v1/pin/unlock", tag = "session", request_body = PinRequest,
    responses((status = 200, body = ShareAnswer),
        (status = 400, description = "MALFORMED, BAD_FIELD with field"),
        (status = 401, description = "PIN_WRONG with tries_left, PIN_LOCKED"), (status = 404, description = "UNKNOWN_DEVICE")))]
pub async fn unlock(
    till: Data<Till>,
    request: HttpRequest,
    body: Json<PinRequest>,
) -> Result<HttpResponse, PosError> {
    till.limits.pin(address(&request))?;
    let proof = PinProof::parse("proof", &body.proof)?;
    let unlocked = till.pins.unlock(body.certificate.to_string(), &body.device_tag, proof).await?;
    Ok(HttpResponse::Ok().json(ShareAnswer { share: unlocked.share }))
}

/// As `/v1/pin/unlock`, and signs the device in.
#[utoipa::path(post, path = "/v1/session/resume", tag = "session", request_body = PinRequest,
    responses((status = 200, body = ShareAnswer, description = "with the session's cookie"),
        (status = 400, description = "MALFORMED, BAD_FIELD with field"),
        (status = 401, description = "PIN_WRONG with tries_left, PIN_LOCKED"), (status = 404, description = "UNKNOWN_DEVICE")))]
pub async fn resume(
    till: Data<Till>,
    request: HttpRequest,
    body: Json<PinRequest>,
) -> Result<HttpResponse, PosError> {
    till.limits.pin(address(&request))?;
    let certificate = body.certificate.to_string();
    let proof = PinProof::parse("proof", &body.proof)?;
    let unlocked = till.pins.unlock(certificate.clone(), &body.device_tag, proof).await?;
    let (share, owner) = (unlocked.share, unlocked.device.owner);
    let former = cookie(&till).token(&request);
    let open = move |connection: &mut _| {
        if let Some(former) = former {
            enrol::end(connection, &former)?;
        }
        enrol::open(connection, &owner, &certificate)
    };
    let token = till.db.transaction(open).await?;
    Ok(HttpResponse::Ok().cookie(cookie(&till).carry(token)).json(ShareAnswer { share }))
}

/// Signs the device out.
#[utoipa::path(post, path = "/v1/session/end", tag = "session", responses((status = 204)))]
pub async fn end(till: Data<Till>, request: HttpRequest) -> Result<HttpResponse, PosError> {
    if let Some(token) = cookie(&till).token(&request) {
        till.db.run(move |connection| enrol::end(connection, &token)).await?;
    }
    Ok(HttpResponse::NoContent().cookie(cookie(&till).forget()).finish())
}
