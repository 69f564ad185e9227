//! `/openapi.json`: this API, described. The pages' client is generated from it.

mod examples;

use std::sync::LazyLock;

use actix_web::HttpResponse;
use dure_service::http::{Api, Session, document};
use serde_json::Value;
use utoipa::OpenApi;

use super::{
    account, charge, choices, codes, counter, devices, enrolment, events, health, history, look_ups, lost,
    me, merchants, new_phone, nonce, people, pin, preview, proof, registrations, session, transactions,
};

use crate::http::Problem;

#[derive(OpenApi)]
#[openapi(
    components(schemas(Problem, events::AccountNews)),
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

const MONEY: &str = "^-?[0-9]{1,16}$";
const BASE64: &str = "^[0-9A-Za-z+/]*={0,2}$";

const API: Api = Api {
    sessions: &[
        Session {
            name: "counter",
            cookie: "__Host-dure_counter",
            about: "An officer's session; `dure_counter` on a machine's own plain HTTP.",
            paths: "/v1/counter/",
        },
        Session {
            name: "session",
            cookie: "__Host-dure_wallet",
            about: "A person's session; `dure_wallet` on a machine's own plain HTTP.",
            paths: "/v1/",
        },
    ],
    open: &[
        "/v1/enrolment/",
        "/v1/lost/",
        "/v1/new-phone/",
        "/v1/pin/unlock",
        "/v1/session/",
        "/v1/counter/enter",
    ],
    tags: &[
        ("enrolment", "From a person without a device to a certified one, and to further registrars."),
        ("session", "PIN, passkey, signing in and out."),
        ("account", "What a person has, and what has happened to it."),
        ("transactions", "Previewing, handing in, looking up and proving what a device has signed."),
        ("codes", "Codes that a shop reads from a person's phone."),
        ("people", "Whom one can send coin to."),
        ("merchants", "Shops, by id and by code."),
        ("lost", "Freezing an account when the phone is gone."),
        ("counter", "The officers' counter, and phones that wait there."),
        ("operation", "For those who run the service."),
    ],
    forms: &[
        ("amount", MONEY),
        ("balance", MONEY),
        ("balance_after", MONEY),
        ("face", MONEY),
        ("price_paid", MONEY),
        ("free_amount", MONEY),
        ("monthly_cap", MONEY),
        ("bid", "^[0-9a-f]{32}$"),
        ("certificate", "^[0-9a-f]{32}$"),
        ("share", "^[0-9a-f]{64}$"),
        ("challenge", "^[0-9a-f]{64}$"),
        ("public_key", "^[0-9a-f]{64}$"),
        ("tx", "^[0-9a-f]{64}$"),
        ("device_tag", BASE64),
        ("pin_proof", BASE64),
        ("proof", BASE64),
    ],
    events: &["AccountNews", "Entry"],
};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let plain = serde_json::to_value(Document::openapi()).unwrap_or_default();
    examples::put(API.complete(plain))
});

/// The description (OpenAPI 3.1).
pub async fn openapi() -> HttpResponse {
    document(&DOCUMENT)
}

/// As it is kept beside the pages' sources.
#[cfg(test)]
pub fn text() -> String {
    format!("{:#}\n", *DOCUMENT)
}

#[cfg(test)]
pub use examples::without as schemas_without_example;
