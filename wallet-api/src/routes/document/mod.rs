//! `/openapi.json`: this API, described. The pages' client is generated from it.

mod examples;
mod finish;

use std::sync::LazyLock;

use actix_web::HttpResponse;
use serde_json::Value;
use utoipa::OpenApi;

use super::{
    account, charge, choices, codes, counter, devices, enrolment, events, health, history, look_ups, lost,
    me, merchants, new_phone, nonce, people, pin, preview, proof, registrations, session, transactions,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Dure wallet",
        description = "The citizens' API. Money is a decimal string of minor units (won). Failures are RFC 9457 \
                       problem documents with a stable `code`. The session cookie shows; only the device's key spends. \
                       Requests that mail or number something carry an `Idempotency-Key`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        registrations::list,
        enrolment::start,
        enrolment::confirm,
        enrolment::certify,
        enrolment::devices,
        registrations::start,
        registrations::confirm,
        lost::start,
        lost::freeze,
        new_phone::start,
        new_phone::state,
        new_phone::sign,
        pin::unlock,
        choices::again,
        session::resume,
        session::challenge,
        session::open,
        session::end,
        me::me,
        look_ups::list,
        devices::rename,
        choices::get,
        choices::set,
        account::account,
        history::history,
        nonce::nonce,
        preview::preview,
        transactions::submit,
        transactions::get,
        proof::proof,
        proof::genesis,
        codes::offer,
        codes::end,
        charge::charge,
        people::lookup,
        merchants::by_code,
        merchants::by_bid,
        events::events,
        counter::session::challenge,
        counter::session::enter,
        counter::session::leave,
        counter::session::me,
        counter::people::find,
        counter::people::phone,
        counter::people::assign,
        counter::cases::list,
        counter::cases::nonce,
        counter::cases::decide,
        health::health
    )
)]
struct Document;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let plain = serde_json::to_value(Document::openapi()).unwrap_or_default();
    examples::put(finish::finish(plain))
});

/// The description (OpenAPI 3.1).
pub async fn openapi() -> HttpResponse {
    HttpResponse::Ok().json(&*DOCUMENT)
}

/// As it is kept beside the pages' sources.
#[cfg(test)]
pub fn text() -> String {
    format!("{:#}\n", *DOCUMENT)
}

#[cfg(test)]
pub use examples::without as schemas_without_example;
