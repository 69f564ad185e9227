//! Finalized blocks as server-sent events: the stored ones from a height, then each as it becomes final.
//!
//! Every subscriber has a short queue of its own. One that does not read for a while is dropped and comes back with the
//! height after its last event: nothing is lost, and nobody slows the node down.

use std::{convert::Infallible, sync::Arc, time::Duration};

use actix_web::{HttpRequest, Responder, http::StatusCode, web};
use actix_web_lab::sse::{Data, Event, Sse};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use utoipa::IntoParams;

use super::{Api, problem::Problem, view::BlockView};
use crate::ledger::Ledger;

/// Subscribers at once: a city's services and observers, not its citizens (those follow the services).
const MAX_STREAMS: usize = 64;
/// Blocks that wait for one subscriber; each is held as text, so few.
const QUEUE: usize = 2;
/// A subscriber that does not take a block for so long is dropped.
const SLOW: Duration = Duration::from_secs(30);
/// A comment is sent after so much silence, so that both sides notice a lost link.
const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// Places for subscribers.
pub(super) struct Streams(Arc<Semaphore>);

impl Default for Streams {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_STREAMS)))
    }
}

/// From where to stream.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct From {
    /// First height; by default the next block. The header `Last-Event-ID` counts more.
    from: Option<u64>,
}

/// Finalized blocks in order, without gap: event id = height, data = the block.
#[utoipa::path(get, path = "/v1/stream", params(From), responses(
    (status = 200, body = BlockView, content_type = "text/event-stream"),
    (status = 400, body = Problem), (status = 410, body = Problem, description = "no longer kept here"), (status = 503, body = Problem, description = "too many subscribers")))]
pub(super) async fn blocks(
    api: web::Data<Api>,
    streams: web::Data<Streams>,
    request: HttpRequest,
    query: web::Query<From>,
) -> Result<impl Responder, Problem> {
    let next = match request.headers().get("last-event-id") {
        Some(last) => {
            let last: Option<u64> = last.to_str().ok().and_then(|last| last.parse().ok());
            last.ok_or_else(|| Problem::bad("BAD_EVENT_ID", "Last-Event-ID is not a height"))?
                .saturating_add(1)
        }
        None => query.from.unwrap_or_else(|| api.ledger.head().height.saturating_add(1)),
    };
    super::blocks::not_pruned(&api, next.max(1))?;
    let full = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "TOO_MANY_STREAMS", "too many subscribers");
    let place = Arc::clone(&streams.0).try_acquire_owned().map_err(full)?;
    let (sender, receiver) = mpsc::channel(QUEUE);
    actix_web::rt::spawn(feed(Arc::clone(&api.ledger), next.max(1), sender, place));
    Ok(Sse::from_receiver(receiver).with_keep_alive(KEEP_ALIVE))
}

/// Sends blocks until the subscriber is gone or too slow.
async fn feed(
    ledger: Arc<Ledger>,
    mut next: u64,
    sender: mpsc::Sender<Result<Event, Infallible>>,
    _place: OwnedSemaphorePermit,
) {
    let mut head = ledger.watch();
    loop {
        while next > head.borrow_and_update().height {
            tokio::select! {
                changed = head.changed() => if changed.is_err() { return },
                () = sender.closed() => return,
            }
        }
        let source = Arc::clone(&ledger);
        let block = web::block(move || event(&source, next)).await;
        let Ok(Some(event)) = block else {
            tracing::error!(height = next, "an applied block cannot be read");
            return;
        };
        if sender.send_timeout(Ok(event), SLOW).await.is_err() {
            return;
        }
        next = next.saturating_add(1);
    }
}

fn event(ledger: &Ledger, height: u64) -> Option<Event> {
    let block = BlockView::read(ledger, height).ok().flatten()?;
    let json = serde_json::to_string(&block).ok()?;
    Some(Data::new(json).id(height.to_string()).into())
}
