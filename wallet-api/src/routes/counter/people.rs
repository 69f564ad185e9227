//! Finding the person, and the phone they hold.

use actix_web::web::{Data, Json, Path};
use dure_score::Bid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{enrolment::parse, forms};
use crate::{
    app::App,
    counter,
    http::{Failure, Officer, Problem},
};

/// Whom an officer looks for, and why.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"q": "mina@sebyeol.example", "reason": "신분증 확인: 전화 분실"}))]
pub struct Search {
    /// A phone number or an e-mail address, whole.
    q: String,
    /// 2 to 100 characters; the person reads it.
    #[schema(min_length = 2, max_length = 100)]
    reason: String,
}

/// A person, as an officer sees them.
#[derive(Serialize, ToSchema)]
pub struct CounterPerson {
    bid: String,
    name: String,
    /// As the registrar has it, `YYYY-MM-DD`.
    #[schema(required = true)]
    birth: Option<String>,
    email: String,
    #[schema(required = true)]
    phone: Option<String>,
    /// `active`, `frozen` or `closed`.
    #[schema(value_type = Option<forms::AccountStatus>, required = true)]
    status: Option<&'static str>,
    devices: Vec<CounterDevice>,
}

/// One of the person's devices that is not ended.
#[derive(Serialize, ToSchema)]
pub struct CounterDevice {
    name: String,
    /// When its PIN was last right, ms.
    last_used_at: i64,
}

/// Finds one person, and writes down for them who looked and why.
#[utoipa::path(post, path = "/v1/counter/people", tag = "counter", request_body = Search, responses(
    (status = 200, body = CounterPerson), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn find(
    app: Data<App>,
    officer: Officer,
    body: Json<Search>,
) -> Result<Json<CounterPerson>, Failure> {
    app.limits.lookup(&officer.entered.certificate)?;
    let Search { q, reason } = body.into_inner();
    let found = counter::look_up(&app, &officer.entered, &q, &reason).await?;
    let device = |device: dure_db::devices::Device| CounterDevice {
        name: device.name,
        last_used_at: device.last_used_at,
    };
    Ok(Json(CounterPerson {
        bid: found.person.bid,
        name: found.person.display_name,
        birth: found.birth,
        email: found.person.email,
        phone: found.person.phone,
        status: found.status,
        devices: found.devices.into_iter().map(device).collect(),
    }))
}

/// A phone that waits at the counter.
#[derive(Serialize, ToSchema)]
pub struct CounterPhone {
    number: String,
    device_name: String,
    /// 64 hex digits.
    public_key: String,
    /// Whose an officer has said it is.
    #[schema(required = true)]
    bid: Option<String>,
    /// Its signature for that person, once given: 128 hex digits.
    #[schema(required = true)]
    possession: Option<String>,
}

impl From<counter::Shown> for CounterPhone {
    fn from(shown: counter::Shown) -> Self {
        let phone = shown.phone;
        Self {
            number: phone.number,
            device_name: phone.device_name,
            public_key: phone.public_key,
            bid: phone.bid,
            possession: phone.possession,
        }
    }
}

/// The phone that shows this number.
#[utoipa::path(get, path = "/v1/counter/phones/{number}", tag = "counter", params(("number" = String, Path)), responses(
    (status = 200, body = CounterPhone), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn phone(
    app: Data<App>,
    officer: Officer,
    number: Path<String>,
) -> Result<Json<CounterPhone>, Failure> {
    app.limits.transaction(&officer.entered.certificate)?;
    Ok(Json(counter::shown(&app, number.into_inner()).await?.into()))
}

/// Whose a phone is.
#[derive(Deserialize, ToSchema)]
pub struct Assign {
    /// The person, 32 hex digits.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    bid: String,
}

/// Says whose the phone is that shows this number.
#[utoipa::path(post, path = "/v1/counter/phones/{number}", tag = "counter", params(("number" = String, Path)),
    request_body = Assign, responses((status = 200, body = CounterPhone), (status = 400, body = Problem),
    (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 429, body = Problem)))]
pub async fn assign(
    app: Data<App>,
    officer: Officer,
    number: Path<String>,
    body: Json<Assign>,
) -> Result<Json<CounterPhone>, Failure> {
    app.limits.lookup(&officer.entered.certificate)?;
    let bid: Bid = parse("bid", "32 lowercase hex digits", body.into_inner().bid)?;
    Ok(Json(counter::assign(&app, number.into_inner(), bid).await?.into()))
}
