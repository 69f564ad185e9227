//! `/v1/enrolment/*`: from a person without a device to a certified one.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json},
};
use dure_score::{PublicKey, Signature};
use dure_service::http::{address, field as read};
use dure_web::Lang;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::forms;
use crate::{
    app::App,
    enrolment,
    fault::Fault,
    http::{Failure, PageView, Problem, cookie},
    idempotency::Key,
};

/// Who wants to enrol.
#[derive(Deserialize, ToSchema)]
pub struct Start {
    /// One of `/v1/registrars`; none for the first.
    registrar: Option<String>,
    email: String,
    /// For a register of residents: 1 to 120 characters.
    name: Option<String>,
    /// For a register of residents: `YYYY-MM-DD`.
    birth: Option<String>,
    /// For a register of students: the student number.
    number: Option<String>,
    /// `ko` or `en`.
    lang: Option<String>,
}

impl Start {
    /// What the enrolment works with; the page's language where none is named.
    pub(super) fn request(self, page: Lang) -> enrolment::StartRequest {
        let Self { registrar, email, name, birth, number, lang } = self;
        let lang = lang.as_deref().and_then(Lang::from_code).unwrap_or(page);
        enrolment::StartRequest { registrar, email, name, birth, number, lang }
    }
}

/// An attempt to enrol.
#[derive(Serialize, ToSchema)]
pub struct Started {
    /// Goes back with the code.
    pub(super) enrolment: String,
}

/// Sends a code to a known person; answers the same for everybody.
#[utoipa::path(post, path = "/v1/enrolment/start", tag = "enrolment", request_body = Start,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible characters, new for each new request")),
    responses((status = 202, body = Started), (status = 400, body = Problem),
    (status = 422, body = Problem, description = "IDEMPOTENCY_KEY_REUSED"), (status = 429, body = Problem)))]
pub async fn start(
    app: Data<App>,
    request: HttpRequest,
    key: Key,
    view: PageView,
    body: Json<Start>,
) -> Result<HttpResponse, Failure> {
    app.limits.enrolment(address(&request))?;
    let enrolment = enrolment::start(&app, key, body.into_inner().request(view.0.lang)).await?;
    Ok(HttpResponse::Accepted().json(Started { enrolment }))
}

/// The code from the mail.
#[derive(Deserialize, ToSchema)]
pub struct Confirm {
    pub(super) enrolment: String,
    /// Six digits.
    pub(super) code: String,
}

/// The right to certify one device.
#[derive(Serialize, ToSchema)]
pub struct Confirmed {
    ticket: String,
    bid: String,
    name: String,
    chain: String,
    #[schema(value_type = forms::Holder)]
    role: &'static str,
}

/// Opens the code.
#[utoipa::path(post, path = "/v1/enrolment/confirm", tag = "enrolment", request_body = Confirm, responses(
    (status = 200, body = Confirmed), (status = 401, body = Problem, description = "CODE_WRONG, CODE_EXPIRED"),
    (status = 409, body = Problem, description = "REGISTERED_ELSEWHERE")))]
pub async fn confirm(
    app: Data<App>,
    request: HttpRequest,
    view: PageView,
    body: Json<Confirm>,
) -> Result<Json<Confirmed>, Failure> {
    app.limits.enrolment(address(&request))?;
    let Confirm { enrolment, code } = body.into_inner();
    let done = enrolment::confirm(&app, enrolment, code, view.0.lang).await?;
    let chain = app.chain.to_string();
    Ok(Json(Confirmed { ticket: done.ticket, bid: done.bid, name: done.name, chain, role: "holder" }))
}

/// A new device.
#[derive(Deserialize, ToSchema)]
pub struct Certify {
    ticket: String,
    /// 64 hex digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    public_key: String,
    /// The key's signature over the possession message, 128 hex digits.
    #[schema(pattern = "^[0-9a-f]{128}$")]
    possession: String,
    device_name: String,
    /// SHA-256 of `dure:device-tag`, a zero byte and the device's salt, base64.
    device_tag: String,
    /// PBKDF2 of the PIN, base64.
    pin_proof: String,
    /// Where the limit of devices is reached: the one that makes way, its certificate.
    drop: Option<String>,
}

/// The certified device.
#[derive(Serialize, ToSchema)]
pub struct Certified {
    bid: String,
    certificate: String,
    /// 64 hex digits.
    share: String,
}

/// Certifies the device on the ledger and signs it in. The same request again gives the same answer with a new session.
#[utoipa::path(post, path = "/v1/enrolment/certify", tag = "enrolment", request_body = Certify, responses(
    (status = 200, body = Certified), (status = 401, body = Problem, description = "TICKET_EXPIRED"),
    (status = 404, body = Problem, description = "UNKNOWN_DEVICE: the key is certified, and of another device"),
    (status = 422, body = Problem, description = "the ledger's refusal; TOO_MANY_DEVICES: name one to drop")))]
pub async fn certify(
    app: Data<App>,
    request: HttpRequest,
    body: Json<Certify>,
) -> Result<HttpResponse, Failure> {
    app.limits.enrolment(address(&request))?;
    let Certify { ticket, public_key, possession, device_name, device_tag, pin_proof, drop } =
        body.into_inner();
    let public_key: PublicKey = parse("public_key", "64 lowercase hex digits", public_key)?;
    let possession: Signature = parse("possession", "128 lowercase hex digits", possession)?;
    let wanted = enrolment::CertifyRequest {
        ticket,
        public_key,
        possession,
        device_name,
        device_tag,
        pin_proof,
        drop,
    };
    let done = enrolment::certify(&app, wanted).await?;
    let answer = Certified { bid: done.bid, certificate: done.certificate, share: done.share };
    Ok(HttpResponse::Ok().cookie(cookie(&app).carry(done.session)).json(answer))
}

/// A ticket.
#[derive(Deserialize, ToSchema)]
pub struct Ticket {
    ticket: String,
}

/// A device of the ticket's person.
#[derive(Serialize, ToSchema)]
pub struct OwnDevice {
    certificate: String,
    name: String,
    /// When its PIN was last right, ms.
    last_used_at: i64,
}

/// The devices of the person whom a mailed code has opened a ticket for: a sixth asks which of them makes way.
#[utoipa::path(post, path = "/v1/enrolment/devices", tag = "enrolment", request_body = Ticket, responses(
    (status = 200, body = Vec<OwnDevice>), (status = 401, body = Problem, description = "TICKET_EXPIRED")))]
pub async fn devices(
    app: Data<App>,
    request: HttpRequest,
    body: Json<Ticket>,
) -> Result<Json<Vec<OwnDevice>>, Failure> {
    app.limits.enrolment(address(&request))?;
    let known = enrolment::devices_of(&app, body.into_inner().ticket).await?;
    let devices = known.into_iter().map(|device| OwnDevice {
        certificate: device.certificate,
        name: device.name,
        last_used_at: device.last_used_at,
    });
    Ok(Json(devices.collect()))
}

/// A value from its JSON string form.
pub(super) fn parse<T: serde::de::DeserializeOwned>(
    field: &'static str,
    reason: &'static str,
    text: String,
) -> Result<T, Fault> {
    Ok(read(field, reason, text)?)
}
