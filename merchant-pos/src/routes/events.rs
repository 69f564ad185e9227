//! `/v1/events`: *paid* and *refunded*, as server-sent events of the signed-in shop.
//!
//! An event's id is its block time. A browser that lost the connection sends the last id back and gets the payments since:
//! none is lost, some may come twice, and each names its order.

use std::time::Duration;

use actix_web::{HttpRequest, Responder, web::Data};
use actix_web_lab::sse::{Data as SseData, Event, Sse};
use futures::{Stream, StreamExt, stream};
use std::convert::Infallible;
use tokio::sync::mpsc::Receiver;

use crate::{
    enrol::SignedIn,
    error::PosError,
    live::{LiveEvent, PaidEvent},
    repo::orders as repo,
    till::Till,
};

/// A comment this often keeps proxies and phones from closing a quiet stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How soon a browser comes back after a loss.
const RETRY: Duration = Duration::from_secs(1);
/// Payments told again to a browser that comes back; beyond that it reads today's list.
const CATCH_UP: i64 = 100;
/// A stream ends after an hour; the browser opens a new one, for which the session must still live.
const STREAM_LIFE: Duration = Duration::from_secs(3600);

/// Opens the stream of the shop's events.
#[utoipa::path(get, path = "/v1/events",
    responses((status = 200, content_type = "text/event-stream", body = String,
            description = "events `paid` (PaidEvent) and `refunded` (RefundedEvent)"),
        (status = 401, description = "NOT_SIGNED_IN"), (status = 429, description = "TOO_MANY_STREAMS")))]
pub async fn stream(
    till: Data<Till>,
    me: SignedIn,
    request: HttpRequest,
) -> Result<impl Responder, PosError> {
    // First the live events, then the past: an event between the two comes twice rather than never.
    let live = till.hub.subscribe(me.bid, ())?;
    let past = match last_event(&request) {
        Some(since) => missed(&till, &me, since).await?,
        None => Vec::new(),
    };
    let events = stream::iter(past).chain(received(live)).filter_map(|event| async move { encode(&event) });
    let bounded = events.take_until(tokio::time::sleep(STREAM_LIFE));
    let sse = Sse::from_stream(bounded.map(Ok::<_, Infallible>).boxed());
    Ok(sse.with_keep_alive(KEEP_ALIVE).with_retry_duration(RETRY))
}

fn last_event(request: &HttpRequest) -> Option<i64> {
    request.headers().get("last-event-id")?.to_str().ok()?.parse().ok()
}

async fn missed(till: &Till, me: &SignedIn, since: i64) -> Result<Vec<LiveEvent>, PosError> {
    let (shop, bid) = (me.shop.bid.clone(), me.bid);
    let span = (since, i64::MAX);
    let mut orders =
        till.db.run(move |connection| repo::paid_between(connection, &shop, span, CATCH_UP)).await?;
    orders.reverse();
    orders.iter().map(|order| Ok(LiveEvent::Paid(bid, PaidEvent::of(order)?))).collect()
}

fn received(receiver: Receiver<LiveEvent>) -> impl Stream<Item = LiveEvent> {
    stream::unfold(
        receiver,
        |mut receiver| async move { receiver.recv().await.map(|event| (event, receiver)) },
    )
}

fn encode(event: &LiveEvent) -> Option<Event> {
    match event.json() {
        Ok(json) => Some(SseData::new(json).event(event.name()).id(event.at().to_string()).into()),
        Err(error) => {
            tracing::error!("an event is not JSON: {error}");
            None
        }
    }
}
