//! `/v1/enrolment/…`: a device of a shop, from its e-mail address to its certificate.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json},
};
use dure_score::{PublicKey, Signature, record::Role};
use dure_service::{
    ServiceError,
    http::{address, field},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    enrol::{self, Application},
    error::PosError,
    http::cookie,
    till::Till,
};

/// Longest name of an enrolment, code or ticket: ours are shorter; longer ones are not even looked up.
const TEXT_MAX: usize = 64;

/// Asks for a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartRequest {
    /// The shop's e-mail address.
    email: String,
    /// `ko` or `en`; the shop's own when absent.
    lang: Option<String>,
}

/// Names an enrolment.
#[derive(Serialize, ToSchema)]
pub struct StartAnswer {
    /// To be given back with the code.
    enrolment: String,
}

/// Sends a code to the shop's mailbox. Answers the same when no shop has the address.
#[utoipa::path(post, path = "/v1/enrolment/start", tag = "enrolment", request_body = StartRequest,
    responses((status = 202, body = StartAnswer), (status = 400, description = "BAD_EMAIL, BAD_FIELD with field"),
        (status = 429, description = "TOO_MANY_REQUESTS, TOO_MANY_CODES")))]
pub async fn start(
    till: Data<Till>,
    request: HttpRequest,
    body: Json<StartRequest>,
) -> Result<HttpResponse, PosError> {
    till.limits.enrol(address(&request))?;
    let enrolment = enrol::start(&till, &body.email, body.lang.as_deref()).await?;
    Ok(HttpResponse::Accepted().json(StartAnswer { enrolment }))
}

/// Brings the code back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmRequest {
    /// From the step before.
    enrolment: String,
    /// Six digits.
    code: String,
}

/// What the browser needs to make its key.
#[derive(Serialize, ToSchema)]
pub struct ConfirmAnswer {
    /// To be given back with the key; lives 15 minutes.
    ticket: String,
    /// The shop.
    bid: String,
    /// The channel.
    chain: String,
    /// What the device will be: `holder` or `terminal`.
    #[schema(value_type = String)]
    role: Role,
}

/// Takes the code; answers a ticket and what the key's possession message must say.
#[utoipa::path(post, path = "/v1/enrolment/confirm", tag = "enrolment", request_body = ConfirmRequest,
    responses((status = 200, body = ConfirmAnswer), (status = 400, description = "BAD_FIELD with field"),
        (status = 401, description = "CODE_WRONG with tries_left, CODE_EXPIRED")))]
pub async fn confirm(
    till: Data<Till>,
    request: HttpRequest,
    body: Json<ConfirmRequest>,
) -> Result<HttpResponse, PosError> {
    till.limits.enrol(address(&request))?;
    let ConfirmRequest { enrolment, code } = body.into_inner();
    short("enrolment", &enrolment)?;
    let code = code.trim().to_owned();
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ServiceError::BadField { field: "code", reason: "six digits" }.into());
    }
    let confirmed = enrol::confirm(&till, enrolment, code).await?;
    Ok(HttpResponse::Ok().json(ConfirmAnswer {
        ticket: confirmed.ticket,
        bid: confirmed.bid,
        chain: till.chain.to_string(),
        role: confirmed.role,
    }))
}

/// Hands in the key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CertifyRequest {
    /// From the step before.
    ticket: String,
    /// 64 hex digits.
    public_key: String,
    /// The key's signature over its possession message, 128 hex digits.
    possession: String,
    /// What the shop calls the device, 1 to 40 characters.
    device_name: String,
    /// Base64.
    pin_proof: String,
    /// Base64 of SHA-256("dure:device-tag" ‖ 0 ‖ the device's salt): to be given with every PIN from here on.
    device_tag: String,
}

/// The certified device; the session's cookie comes along.
#[derive(Serialize, ToSchema)]
pub struct CertifyAnswer {
    /// The shop.
    bid: String,
    /// The device's certificate.
    certificate: String,
    /// The server's half of the PIN protection, 64 hex digits.
    share: String,
}

/// Certifies the key on the ledger, stores the PIN proof, signs the device in. The same request may be repeated until it is
/// answered, also after it has succeeded.
#[utoipa::path(post, path = "/v1/enrolment/certify", tag = "enrolment", request_body = CertifyRequest,
    responses((status = 200, body = CertifyAnswer), (status = 400, description = "BAD_FIELD with field"),
        (status = 401, description = "TICKET_EXPIRED; a repeated request: PIN_WRONG with tries_left, PIN_LOCKED"),
        (status = 404, description = "a repeated request: UNKNOWN_DEVICE"), (status = 422, description = "the ledger's refusal"),
        (status = 503, description = "LEDGER_UNAVAILABLE: repeat the same request")))]
pub async fn certify(
    till: Data<Till>,
    request: HttpRequest,
    body: Json<CertifyRequest>,
) -> Result<HttpResponse, PosError> {
    till.limits.enrol(address(&request))?;
    let CertifyRequest { ticket, public_key, possession, device_name, pin_proof, device_tag } =
        body.into_inner();
    short("ticket", &ticket)?;
    let public_key: PublicKey = field("public_key", "64 lowercase hex digits", public_key)?;
    let possession: Signature = field("possession", "128 lowercase hex digits", possession)?;
    let application = Application { ticket, public_key, possession, device_name, pin_proof, device_tag };
    let enrolled = enrol::certify(&till, application).await?;
    let answer =
        CertifyAnswer { bid: enrolled.bid, certificate: enrolled.certificate, share: enrolled.share };
    Ok(HttpResponse::Ok().cookie(cookie(&till).carry(enrolled.session)).json(answer))
}

fn short(field: &'static str, text: &str) -> Result<(), ServiceError> {
    let fits = text.len() <= TEXT_MAX;
    if fits { Ok(()) } else { Err(ServiceError::BadField { field, reason: "at most 64 characters" }) }
}
