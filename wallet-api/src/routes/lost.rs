//! `/v1/lost/*`: a phone is gone; a mailed code freezes the account. No session is needed: there is no device to have one.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json},
};
use dure_service::http::address;
use dure_web::Lang;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    http::{Failure, PageView, Problem},
    idempotency::Key,
    lost,
};

/// Whose phone it was.
#[derive(Deserialize, ToSchema)]
pub struct Lost {
    email: String,
    /// `YYYY-MM-DD`.
    birth: String,
    /// `ko` or `en`.
    lang: Option<String>,
}

/// An attempt.
#[derive(Serialize, ToSchema)]
pub struct LostStarted {
    /// Given back with the code.
    lost: String,
}

/// Mails a code to the owner of a wallet. The answer is the same for everybody.
#[utoipa::path(post, path = "/v1/lost/start", tag = "lost", request_body = Lost,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible characters, new for each new request")),
    responses((status = 202, body = LostStarted), (status = 400, body = Problem),
    (status = 422, body = Problem, description = "IDEMPOTENCY_KEY_REUSED"), (status = 429, body = Problem)))]
pub async fn start(
    app: Data<App>,
    request: HttpRequest,
    key: Key,
    view: PageView,
    body: Json<Lost>,
) -> Result<HttpResponse, Failure> {
    app.limits.enrolment(address(&request))?;
    let Lost { email, birth, lang } = body.into_inner();
    let lang = lang.as_deref().and_then(Lang::from_code).unwrap_or(view.0.lang);
    let lost = lost::start(&app, key, &email, &birth, lang).await?;
    Ok(HttpResponse::Accepted().json(LostStarted { lost }))
}

/// The code from the mail.
#[derive(Deserialize, ToSchema)]
pub struct Freeze {
    lost: String,
    code: String,
}

/// Freezes the account: nothing can be paid or sent from it until the person has been at the counter.
#[utoipa::path(post, path = "/v1/lost/freeze", tag = "lost", request_body = Freeze, responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem, description = "CODE_WRONG, CODE_EXPIRED"),
    (status = 422, body = Problem, description = "the ledger's refusal"), (status = 429, body = Problem)))]
pub async fn freeze(
    app: Data<App>,
    request: HttpRequest,
    body: Json<Freeze>,
) -> Result<HttpResponse, Failure> {
    app.limits.enrolment(address(&request))?;
    let Freeze { lost, code } = body.into_inner();
    lost::confirm(&app, lost, code).await?;
    Ok(HttpResponse::NoContent().finish())
}
