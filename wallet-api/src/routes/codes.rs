//! `/v1/codes`: the code that a payer shows at a counter gets a number that can be read out. What it says was signed in the
//! browser; here it is only kept for the shop that asks for it.

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};
use dure_db::{DbError, idempotency, now_ms, payer_codes};
use dure_score::limits::MAX_MANDATE_MS;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    fault::Fault,
    http::{Failure, Problem, Signed},
    idempotency::Key,
};

/// A code that a till can scan.
#[derive(Deserialize, ToSchema)]
pub struct Offer {
    /// Its text: base64, at most 512 characters.
    #[schema(min_length = 1, max_length = 512)]
    code: String,
    /// When it is over, ms; at most three minutes ahead.
    expires_at: i64,
}

/// The number of a code.
#[derive(Serialize, ToSchema)]
pub struct Number {
    /// Eight digits.
    number: String,
    /// When it is over, ms.
    expires_at: i64,
}

/// Keeps the person's code under a new number; one before it is forgotten.
#[utoipa::path(post, path = "/v1/codes", tag = "codes", request_body = Offer,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible characters, new for each new request")),
    responses((status = 200, body = Number), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 422, body = Problem, description = "IDEMPOTENCY_KEY_REUSED"), (status = 429, body = Problem)))]
pub async fn offer(
    app: Data<App>,
    signed: Signed,
    key: Key,
    body: Json<Offer>,
) -> Result<Json<Number>, Failure> {
    app.limits.transaction(&signed.bid)?;
    let Offer { code, expires_at } = body.into_inner();
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if code.is_empty() || code.len() > payer_codes::CODE_MAX || !code.bytes().all(base64) {
        return Err(Fault::BadField { field: "code", reason: "base64 of at most 512 characters" }.into());
    }
    let now = now_ms();
    let longest = i64::try_from(MAX_MANDATE_MS).unwrap_or(i64::MAX);
    if expires_at <= now || expires_at > now.saturating_add(longest) {
        return Err(Fault::BadField { field: "expires_at", reason: "within the next three minutes" }.into());
    }
    let scope = format!("codes:{}", signed.bid);
    let asked = key.of(&[&code, &expires_at.to_string()]);
    let offered = app.db.transaction::<_, Fault, _>(move |c| {
        idempotency::once(c, (&scope, &key.value), &asked, now, |c| {
            let number = payer_codes::offer(c, &signed.bid, &code, now, expires_at)?;
            number.ok_or(Fault::TooMany { retry_after_s: 2 })
        })
    });
    match offered.await? {
        idempotency::Once::Answer(number) => Ok(Json(Number { number, expires_at })),
        idempotency::Once::OtherRequest => Err(Fault::KeyReused.into()),
    }
}

/// Takes the person's code back: its number opens nothing any more.
#[utoipa::path(post, path = "/v1/codes/end", tag = "codes", responses((status = 204), (status = 401, body = Problem)))]
pub async fn end(app: Data<App>, signed: Signed) -> Result<HttpResponse, Failure> {
    app.db.run::<_, DbError, _>(move |c| payer_codes::withdraw(c, &signed.bid)).await?;
    Ok(HttpResponse::NoContent().finish())
}
