//! `/openapi.json`: the interface, from the handlers' own annotations.

use actix_web::HttpResponse;
use utoipa::OpenApi;

use super::{
    campaigns, enrolment, events, health, me, orders, payer_codes, pin, sales, sticker, transactions,
};
use crate::live::{PaidEvent, RefundedEvent};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Dure till",
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
    components(schemas(PaidEvent, RefundedEvent))
)]
struct Document;

/// The OpenAPI document.
pub async fn document() -> HttpResponse {
    HttpResponse::Ok().json(Document::openapi())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_pages_are_built_from_this_very_document() {
        let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/openapi/till.json");
        let text = format!("{}\n", serde_json::to_string_pretty(&Document::openapi()).unwrap());
        if std::env::var_os("DURE_WRITE_OPENAPI").is_some() {
            std::fs::write(kept, &text).unwrap();
        }
        let stale =
            "web/openapi/till.json is stale: DURE_WRITE_OPENAPI=1 cargo test -p merchant-pos the_pages_are";
        assert!(std::fs::read_to_string(kept).is_ok_and(|known| known == text), "{stale}");
    }
}
