//! Coming in with an officer's key, and leaving.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json},
};
use dure_score::{CertId, Signature};
use dure_service::http::address;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{enrolment::parse, session::Challenge};
use crate::{
    app::App,
    challenge::Place,
    counter,
    http::{Failure, Officer, Problem, counter_cookie},
};

/// A challenge for an officer's key.
#[utoipa::path(post, path = "/v1/counter/challenge", tag = "counter", responses(
    (status = 200, body = Challenge), (status = 429, body = Problem)))]
pub async fn challenge(app: Data<App>, request: HttpRequest) -> Result<Json<Challenge>, Failure> {
    app.limits.unlock(address(&request))?;
    Ok(Json(Challenge::make(&app, Place::Counter).await?))
}

/// An officer at the door.
#[derive(Deserialize, ToSchema)]
pub struct Enter {
    /// The officer's certificate, 32 hex digits.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    certificate: String,
    challenge: String,
    /// Of `dure:counter:v1`, a zero byte, the chain, a zero byte and the challenge; 128 hex digits.
    #[schema(pattern = "^[0-9a-f]{128}$")]
    signature: String,
}

/// Who works here.
#[derive(Serialize, ToSchema)]
pub struct CounterMe {
    /// The institution's public name.
    institution: String,
    /// How many officers have to agree.
    quorum: u32,
    certificate: String,
    chain: String,
}

/// Lets an officer of a registrar in.
#[utoipa::path(post, path = "/v1/counter/enter", tag = "counter", request_body = Enter, responses(
    (status = 200, body = CounterMe), (status = 400, body = Problem),
    (status = 401, body = Problem, description = "TICKET_EXPIRED"),
    (status = 403, body = Problem, description = "NOT_AN_OFFICER"), (status = 429, body = Problem)))]
pub async fn enter(app: Data<App>, request: HttpRequest, body: Json<Enter>) -> Result<HttpResponse, Failure> {
    app.limits.unlock(address(&request))?;
    let Enter { certificate, challenge, signature } = body.into_inner();
    let certificate: CertId = parse("certificate", "32 lowercase hex digits", certificate)?;
    let signature: Signature = parse("signature", "128 lowercase hex digits", signature)?;
    let (token, entered) = counter::enter(&app, certificate, challenge, &signature).await?;
    let me = me_of(&app, &entered).await?;
    Ok(HttpResponse::Ok().cookie(counter_cookie(&app).carry(token)).json(me))
}

/// Who works here.
#[utoipa::path(get, path = "/v1/counter/me", tag = "counter", responses(
    (status = 200, body = CounterMe), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn me(app: Data<App>, officer: Officer) -> Result<Json<CounterMe>, Failure> {
    Ok(Json(me_of(&app, &officer.entered).await?))
}

async fn me_of(app: &App, entered: &counter::Entered) -> Result<CounterMe, Failure> {
    let certificate: CertId = parse("certificate", "32 lowercase hex digits", entered.certificate.clone())?;
    let (_, institution) = counter::registrar(app, &certificate).await?;
    Ok(CounterMe {
        institution: institution.name.as_str().to_owned(),
        quorum: institution.quorum,
        certificate: entered.certificate.clone(),
        chain: app.chain.to_string(),
    })
}

/// Ends the officer's session; harmless without one.
#[utoipa::path(post, path = "/v1/counter/leave", tag = "counter", responses((status = 204)))]
pub async fn leave(app: Data<App>, officer: Option<Officer>) -> Result<HttpResponse, Failure> {
    if let Some(officer) = officer {
        counter::leave(&app, officer.token).await?;
    }
    Ok(HttpResponse::NoContent().cookie(counter_cookie(&app).forget()).finish())
}
