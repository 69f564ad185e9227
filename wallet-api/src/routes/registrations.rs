//! `/v1/registrars` and `/v1/registrations/*`: who vouches for people, and another one that takes a registration over.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json},
};
use dure_db::registrations;
use dure_service::http::address;
use dure_web::Lang;
use serde::Serialize;
use utoipa::ToSchema;

use super::enrolment::{Confirm, Start, Started};
use crate::{
    app::App,
    enrolment,
    http::{Failure, PageView, Problem, Signed},
    idempotency::Key,
    registrar::{Asks, Registrars},
};

/// A registration authority of this channel.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"id": "campus", "asks": "students", "name_ko": "새별대학교", "name_en": "Sebyeol University"}))]
pub struct Registrar {
    id: String,
    /// What it asks people for: `residents` name and birth, `students` the student number.
    asks: Asks,
    name_ko: String,
    name_en: String,
}

/// Everybody who vouches for people here; the first one is meant where none is named.
#[utoipa::path(get, path = "/v1/registrars", tag = "enrolment", responses((status = 200, body = Vec<Registrar>)))]
pub async fn list(app: Data<App>) -> Json<Vec<Registrar>> {
    let all = app.registrars.all().iter().map(|one| Registrar {
        id: one.id().to_owned(),
        asks: one.asks(),
        name_ko: one.name(Lang::Ko).to_owned(),
        name_en: one.name(Lang::En).to_owned(),
    });
    Json(all.collect())
}

/// A registrar that vouches for the person.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"registrar": "campus", "name_ko": "새별대학교", "name_en": "Sebyeol University",
    "email": "mina@univ.example", "created_at": 1_790_000_000_000i64}))]
pub struct Registration {
    registrar: String,
    name_ko: String,
    name_en: String,
    /// Where it writes to.
    email: String,
    /// Since when, ms.
    created_at: i64,
}

impl Registration {
    /// As people are shown it.
    pub(super) fn of(registrars: &Registrars, row: registrations::Registration) -> Self {
        let name = |lang| registrars.find(Some(&row.registrar)).map(|one| one.name(lang).to_owned());
        Self {
            name_ko: name(Lang::Ko).unwrap_or_else(|| row.registrar.clone()),
            name_en: name(Lang::En).unwrap_or_else(|| row.registrar.clone()),
            registrar: row.registrar,
            email: row.email,
            created_at: row.created_at,
        }
    }
}

/// Another registrar checks the signed-in person in its own, simple way; the answer is the same for everybody.
#[utoipa::path(post, path = "/v1/registrations/start", tag = "enrolment", request_body = Start,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible characters, new for each new request")),
    responses((status = 202, body = Started), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 422, body = Problem, description = "IDEMPOTENCY_KEY_REUSED"), (status = 429, body = Problem)))]
pub async fn start(
    app: Data<App>,
    request: HttpRequest,
    signed: Signed,
    key: Key,
    view: PageView,
    body: Json<Start>,
) -> Result<HttpResponse, Failure> {
    app.limits.enrolment(address(&request))?;
    let asked = body.into_inner().request(view.0.lang);
    let enrolment = enrolment::start_registration(&app, &signed.bid, key, asked).await?;
    Ok(HttpResponse::Accepted().json(Started { enrolment }))
}

/// Opens the code: the registrar vouches for the person from now on.
#[utoipa::path(post, path = "/v1/registrations/confirm", tag = "enrolment", request_body = Confirm, responses(
    (status = 200, body = Registration), (status = 400, body = Problem),
    (status = 401, body = Problem, description = "NOT_SIGNED_IN, CODE_WRONG, CODE_EXPIRED"),
    (status = 409, body = Problem, description = "REGISTERED_ELSEWHERE"), (status = 429, body = Problem)))]
pub async fn confirm(
    app: Data<App>,
    request: HttpRequest,
    signed: Signed,
    body: Json<Confirm>,
) -> Result<Json<Registration>, Failure> {
    app.limits.enrolment(address(&request))?;
    let Confirm { enrolment, code } = body.into_inner();
    let row = enrolment::confirm_registration(&app, &signed.bid, enrolment, code).await?;
    Ok(Json(Registration::of(&app.registrars, row)))
}
