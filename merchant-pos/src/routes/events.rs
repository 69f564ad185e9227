//! `/v1/events`: *paid* and *refunded*, as server-sent events of the signed-in shop.
//!
//! An event's id is its block time. A browser that lost the connection sends the last id back and gets the payments since:
//! none is lost, some may come twice, and each names its order.

use actix_web::{HttpRequest, Responder, web::Data};
use dure_service::http::{self, Sent};

use crate::{
    enrol::SignedIn,
    error::PosError,
    live::{LiveEvent, PaidEvent},
    repo::orders as repo,
    till::Till,
};

/// Payments told again to a browser that comes back; beyond that it reads today's list.
const CATCH_UP: i64 = 100;
/// Opens the stream of the shop's events.
#[utoipa::path(get, path = "/v1/events", tag = "orders",
    responses((status = 200, content_type = "text/event-stream", body = String,
            description = "events `paid` (PaidEvent) and `refunded` (RefundedEvent)"),
        (status = 401, description = "NOT_SIGNED_IN"), (status = 429, description = "TOO_MANY_STREAMS")))]
pub async fn stream(
    till: Data<Till>,
    me: SignedIn,
    request: HttpRequest,
) -> Result<impl Responder, PosError> {
    let live = till.hub.subscribe(me.bid, ())?;
    let past = match http::last_event(&request) {
        Some(since) => missed(&till, &me, since).await?,
        None => Vec::new(),
    };
    Ok(http::events(past, live, sent))
}

async fn missed(till: &Till, me: &SignedIn, since: i64) -> Result<Vec<LiveEvent>, PosError> {
    let (shop, bid) = (me.shop.bid.clone(), me.bid);
    let span = (since, i64::MAX);
    let mut orders =
        till.db.run(move |connection| repo::paid_between(connection, &shop, span, CATCH_UP)).await?;
    orders.reverse();
    orders.iter().map(|order| Ok(LiveEvent::Paid(bid, PaidEvent::of(order)?))).collect()
}

fn sent(event: LiveEvent) -> Option<Sent> {
    match event.json() {
        Ok(data) => Some(Sent { name: event.name(), data, id: Some(event.at().to_string()) }),
        Err(error) => {
            tracing::error!("an event is not JSON: {error}");
            None
        }
    }
}
