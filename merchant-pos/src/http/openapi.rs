//! `/openapi.json`: the interface, from the handlers' own annotations.

use actix_web::HttpResponse;
use utoipa::OpenApi;

use super::{enrolment, events, me, operation, orders, payer_codes, pin, sales, sticker, transactions};
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
        sales::today,
        sticker::show,
        transactions::preview,
        transactions::submit,
        transactions::show,
        events::stream,
        operation::health,
        operation::metrics
    ),
    components(schemas(PaidEvent, RefundedEvent))
)]
struct Document;

/// The OpenAPI document.
pub async fn document() -> HttpResponse {
    HttpResponse::Ok().json(Document::openapi())
}
