//! `/openapi.json`: this API, described.

use actix_web::HttpResponse;
use utoipa::OpenApi;

use super::{
    account, charge, codes, devices, enrolment, events, health, history, lost, me, merchants, nonce, people,
    pin, preview, proof, session, transactions,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Dure wallet",
        description = "The citizens' API. Money is a decimal string of minor units (won). Failures are RFC 9457 \
                       problem documents with a stable `code`. The session cookie shows; only the device's key spends.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        enrolment::start,
        enrolment::confirm,
        enrolment::certify,
        enrolment::devices,
        lost::start,
        lost::freeze,
        pin::unlock,
        session::resume,
        session::end,
        me::me,
        devices::rename,
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
        health::health
    )
)]
struct Document;

/// The description (OpenAPI 3.1).
pub async fn openapi() -> HttpResponse {
    HttpResponse::Ok().json(Document::openapi())
}
