//! `/v1/devices/choices` and `/v1/pin/again`: how careful this device is.

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};
use dure_db::{DbError, device_choices};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::pin::Share;
use crate::{
    app::App,
    fault::Fault,
    free,
    http::{Failure, Problem, Signed},
};

/// What the person has chosen for the device that asks.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"free_amount": "10000", "lock_after_ms": 300_000}))]
pub struct Choices {
    /// Payments up to here need no PIN for five minutes after a right one, minor units; `0` to `100000`.
    #[schema(pattern = "^[0-9]{1,6}$")]
    free_amount: String,
    /// A screen that rests this long locks, ms: 0 (never), 60000, 300000 or 900000.
    lock_after_ms: i64,
}

/// How careful this device is.
#[utoipa::path(get, path = "/v1/devices/choices", tag = "account", responses(
    (status = 200, body = Choices), (status = 401, body = Problem)))]
pub async fn get(app: Data<App>, signed: Signed) -> Result<Json<Choices>, Failure> {
    let made = app.db.run::<_, DbError, _>(move |c| device_choices::of(c, &signed.certificate)).await?;
    Ok(Json(Choices { free_amount: made.free_amount.to_string(), lock_after_ms: made.lock_after_ms }))
}

/// New choices.
#[derive(Deserialize, ToSchema)]
pub struct Choose {
    /// As in `Choices`.
    #[schema(pattern = "^[0-9]{1,6}$")]
    free_amount: String,
    /// As in `Choices`.
    lock_after_ms: i64,
    /// With `proof`, where the device becomes less careful: as for `/v1/pin/unlock`.
    device_tag: Option<String>,
    /// PBKDF2 of the PIN, base64.
    proof: Option<String>,
}

/// Changes how careful this device is. What makes it less so takes the PIN; wrong ones count as everywhere.
#[utoipa::path(post, path = "/v1/devices/choices", tag = "account", request_body = Choose, responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem, description = "NOT_SIGNED_IN, PIN_NEEDED, PIN_WRONG, PIN_LOCKED"),
    (status = 404, body = Problem, description = "UNKNOWN_DEVICE"), (status = 429, body = Problem)))]
pub async fn set(app: Data<App>, signed: Signed, body: Json<Choose>) -> Result<HttpResponse, Failure> {
    app.limits.lookup(&signed.bid)?;
    let Choose { free_amount, lock_after_ms, device_tag, proof } = body.into_inner();
    let plain = free_amount.bytes().all(|byte| byte.is_ascii_digit());
    let amount = if plain { free_amount.parse().ok() } else { None };
    let amount = amount.ok_or(Fault::BadField { field: "free_amount", reason: "0 to 100000" })?;
    let proof = device_tag.zip(proof).map(|(device_tag, proof)| free::Proof { device_tag, proof });
    free::choose(&app, &signed.certificate, (amount, lock_after_ms), proof).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The device that asks.
#[derive(Deserialize, ToSchema)]
pub struct Again {
    /// SHA-256 of `dure:device-tag`, a zero byte and the device's salt, base64.
    device_tag: String,
}

/// Gives the share without a PIN, where the person has chosen so and the last right PIN is not long ago. Until the next PIN,
/// larger payments of this device are not passed on.
#[utoipa::path(post, path = "/v1/pin/again", tag = "session", request_body = Again, responses(
    (status = 200, body = Share), (status = 400, body = Problem),
    (status = 401, body = Problem, description = "NOT_SIGNED_IN, PIN_NEEDED"), (status = 429, body = Problem)))]
pub async fn again(app: Data<App>, signed: Signed, body: Json<Again>) -> Result<Json<Share>, Failure> {
    app.limits.transaction(&signed.bid)?;
    let share = free::share(&app, signed.certificate, body.into_inner().device_tag).await?;
    Ok(Json(Share { share }))
}
