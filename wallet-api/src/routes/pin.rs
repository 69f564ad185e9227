//! `/v1/pin/unlock`: the share for a right PIN.

use actix_web::{
    HttpRequest,
    web::{Data, Json},
};
use dure_service::{device::PinProof, http::address};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    http::{Failure, Problem},
};

/// A PIN attempt.
#[derive(Deserialize, ToSchema)]
pub struct Unlock {
    /// The device's certificate, hex.
    pub(super) certificate: String,
    /// SHA-256 of `dure:device-tag`, a zero byte and the device's salt, base64.
    pub(super) device_tag: String,
    /// PBKDF2 of the PIN, base64.
    pub(super) proof: String,
}

/// The server's half of the key's wrapping.
#[derive(Serialize, ToSchema)]
pub struct Share {
    /// 64 hex digits.
    pub(super) share: String,
}

/// Gives the share; the fifth wrong PIN in a row destroys it and revokes the certificate.
#[utoipa::path(post, path = "/v1/pin/unlock", tag = "session", request_body = Unlock, responses(
    (status = 200, body = Share), (status = 401, body = Problem, description = "PIN_WRONG, PIN_LOCKED"),
    (status = 404, body = Problem, description = "UNKNOWN_DEVICE")))]
pub async fn unlock(
    app: Data<App>,
    request: HttpRequest,
    body: Json<Unlock>,
) -> Result<Json<Share>, Failure> {
    app.limits.unlock(address(&request))?;
    let Unlock { certificate, device_tag, proof } = body.into_inner();
    let proof = PinProof::parse("proof", &proof)?;
    let unlocked = app.pins.unlock(certificate, &device_tag, proof).await?;
    Ok(Json(Share { share: unlocked.share }))
}
