//! `/openapi.json`: the interface, from the handlers' own annotations.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use dure_service::http::{self, Api, Problem, Session};
use serde_json::Value;
use utoipa::OpenApi;

use super::{
    campaigns, enrolment, events, health, me, orders, payer_codes, pin, sales, sticker, transactions,
};
use crate::live::{PaidEvent, RefundedEvent};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Dure till",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
        description = "Orders, QR codes, live payments and refunds of a shop. Money is a decimal string \
        of won, times are milliseconds since 1970 UTC. Errors are RFC 9457 problem documents with a stable `code`."
    ),
    paths(
        enrolment::start,
        enrolment::confirm,
        enrolment::certify,
        pin::unlock,
        pin::resume,
        pin::end,
        me::show,
        me::nonce,
        orders::create,
        orders::show,
        orders::cancel,
        payer_codes::take,
        campaigns::list,
        sales::today,
        sticker::show,
        transactions::preview,
        transactions::submit,
        transactions::show,
        events::stream,
        health::health,
        health::metrics
    ),
    components(schemas(Problem, PaidEvent, RefundedEvent))
)]
struct Document;

const MONEY: &str = "^-?[0-9]{1,16}$";
const BASE64: &str = "^[0-9A-Za-z+/]*={0,2}$";

const API: Api = Api {
    sessions: &[Session {
        name: "session",
        cookie: "__Host-dure_till",
        about: "A device's session; `dure_till` on a machine's own plain HTTP.",
        paths: "/v1/",
    }],
    open: &["/v1/enrolment/", "/v1/pin/", "/v1/session/"],
    tags: &[
        ("enrolment", "A device of a shop, from its e-mail address to its certificate."),
        ("session", "PIN, signing in and out, who is signed in."),
        ("orders", "Orders, their codes, what was taken."),
        ("transactions", "Refunds and payments by a customer's code."),
        ("operation", "For those who run the till."),
    ],
    forms: &[
        ("amount", MONEY),
        ("expected", MONEY),
        ("paid_amount", MONEY),
        ("refunded", MONEY),
        ("refundable", MONEY),
        ("total", MONEY),
        ("net", MONEY),
        ("bid", "^[0-9a-f]{32}$"),
        ("certificate", "^[0-9a-f]{32}$"),
        ("share", "^[0-9a-f]{64}$"),
        ("public_key", "^[0-9a-f]{64}$"),
        ("key", "^[0-9a-f]{64}$"),
        ("possession", "^[0-9a-f]{128}$"),
        ("signature", "^[0-9a-f]{128}$"),
        ("tx", "^[0-9a-f]{64}$"),
        ("device_tag", BASE64),
        ("pin_proof", BASE64),
        ("proof", BASE64),
    ],
    events: &["PaidEvent", "RefundedEvent"],
};

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| API.complete(serde_json::to_value(Document::openapi()).unwrap_or_default()));

/// The OpenAPI document.
pub async fn document() -> HttpResponse {
    http::document(&DOCUMENT)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_pages_are_built_from_this_very_document() {
        let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/openapi/till.json");
        let text = format!("{:#}\n", *DOCUMENT);
        if std::env::var_os("DURE_WRITE_OPENAPI").is_some() {
            std::fs::write(kept, &text).unwrap();
        }
        let stale =
            "web/openapi/till.json is stale: DURE_WRITE_OPENAPI=1 cargo test -p merchant-pos the_pages_are";
        assert!(std::fs::read_to_string(kept).is_ok_and(|known| known == text), "{stale}");
    }
}
