//! `/v1/new-phone/*`: a phone at the counter, before it is anybody's.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json},
};
use dure_score::{PublicKey, Signature};
use dure_service::http::address;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{enrolment::parse, forms};
use crate::{
    app::App,
    counter,
    http::{Failure, Problem},
};

/// A phone that wants to take an account over.
#[derive(Deserialize, ToSchema)]
pub struct NewPhone {
    /// 64 hex digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    public_key: String,
    /// 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60)]
    device_name: String,
    /// SHA-256 of `dure:device-tag`, a zero byte and the device's salt, base64.
    device_tag: String,
    /// PBKDF2 of the PIN, base64.
    pin_proof: String,
}

/// It waits.
#[derive(Serialize, ToSchema)]
pub struct Waiting {
    /// For asking how it stands; 64 hex digits.
    token: String,
    /// Eight digits, for the officer.
    number: String,
    /// The server's half of the key's wrapping, 64 hex digits.
    share: String,
}

/// A phone begins to wait at the counter, for an hour.
#[utoipa::path(post, path = "/v1/new-phone/start", tag = "counter", request_body = NewPhone, responses(
    (status = 200, body = Waiting), (status = 400, body = Problem),
    (status = 422, body = Problem, description = "WEAK_KEY, CERTIFICATE_EXISTS"), (status = 429, body = Problem)))]
pub async fn start(
    app: Data<App>,
    request: HttpRequest,
    body: Json<NewPhone>,
) -> Result<Json<Waiting>, Failure> {
    app.limits.phone(address(&request))?;
    let NewPhone { public_key, device_name, device_tag, pin_proof } = body.into_inner();
    let public_key: PublicKey = parse("public_key", "64 lowercase hex digits", public_key)?;
    let brought = counter::Brought { public_key, device_name, device_tag, pin_proof };
    let waiting = counter::begin(&app, brought).await?;
    Ok(Json(Waiting { token: waiting.token, number: waiting.number, share: waiting.share }))
}

/// The phone's secret.
#[derive(Deserialize, ToSchema)]
pub struct Token {
    token: String,
}

/// How a phone stands.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"state": "named", "chain": "sebyeol-1", "bid": "00112233445566778899aabbccddeeff", "masked_name": "김*나"}))]
pub struct PhoneState {
    /// `waiting`; `named` (an officer has said whose it is); `signed` (two officers have to agree); `done`.
    #[schema(value_type = forms::PhoneStanding)]
    state: &'static str,
    chain: String,
    /// Whose it is to be, once named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    bid: Option<String>,
    /// The name with its middle hidden, while named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    masked_name: Option<String>,
}

/// How the phone stands.
#[utoipa::path(post, path = "/v1/new-phone/state", tag = "counter", request_body = Token, responses(
    (status = 200, body = PhoneState), (status = 400, body = Problem),
    (status = 401, body = Problem, description = "TICKET_EXPIRED")))]
pub async fn state(app: Data<App>, body: Json<Token>) -> Result<Json<PhoneState>, Failure> {
    let (state, bid, masked_name) = match counter::state(&app, body.into_inner().token).await? {
        counter::State::Waiting => ("waiting", None, None),
        counter::State::Named { bid, masked_name } => ("named", Some(bid), Some(masked_name)),
        counter::State::Signed => ("signed", None, None),
        counter::State::Done { bid } => ("done", Some(bid), None),
    };
    Ok(Json(PhoneState { state, chain: app.chain.to_string(), bid, masked_name }))
}

/// The phone's signature for its person.
#[derive(Deserialize, ToSchema)]
pub struct Possession {
    token: String,
    /// The key's signature over the possession message, 128 hex digits.
    #[schema(pattern = "^[0-9a-f]{128}$")]
    possession: String,
}

/// The phone says that its key is for the person whom the officer has named.
#[utoipa::path(post, path = "/v1/new-phone/sign", tag = "counter", request_body = Possession, responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem, description = "TICKET_EXPIRED"),
    (status = 422, body = Problem, description = "BAD_POSSESSION"), (status = 429, body = Problem)))]
pub async fn sign(
    app: Data<App>,
    request: HttpRequest,
    body: Json<Possession>,
) -> Result<HttpResponse, Failure> {
    app.limits.enrolment(address(&request))?;
    let Possession { token, possession } = body.into_inner();
    let possession: Signature = parse("possession", "128 lowercase hex digits", possession)?;
    counter::sign(&app, token, possession).await?;
    Ok(HttpResponse::NoContent().finish())
}
