//! Finalized blocks as server-sent events: the stored ones from a height, then each as it becomes final.
//!
//! Every subscriber has a short queue of its own. One that does not read for a while is cut off and comes back with the
//! height after its last event: nothing is lost, and nobody slows the node down. One address has few places, and the
//! institution's own services have some that nobody else can take.

use std::{convert::Infallible, net::IpAddr, sync::Arc, time::Duration};

use actix_web::{HttpRequest, Responder, http::StatusCode, web};
use actix_web_lab::sse::{Data, Event, Sse};
use serde::Deserialize;
use tokio::sync::{
    OwnedSemaphorePermit, Semaphore,
    mpsc::{self, error::SendTimeoutError},
};
use utoipa::IntoParams;

use super::{
    Api, limits,
    problem::Problem,
    slots::{Slot, Slots},
    view::BlockView,
};
use crate::{history::ledger::Ledger, measure};

/// Subscribers at once: a city's services and observers, not its citizens (those follow the services).
const MAX_STREAMS: usize = 64;
/// Of these, subscribers from addresses that are none of the services'.
const MAX_STRANGERS: usize = 48;
/// Subscribers at one address: several services or observers of one institution.
const MAX_PER_ADDRESS: usize = 8;
/// Blocks that wait for one subscriber; each is held as text, so few.
const QUEUE: usize = 2;
/// A subscriber that does not take a block for so long is cut off.
const SLOW: Duration = Duration::from_secs(10);
/// A comment is sent after so much silence, so that both sides notice a lost link.
const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// Slots for subscribers.
pub(super) struct Streams {
    all: Arc<Semaphore>,
    strangers: Arc<Slots<IpAddr>>,
}

impl Default for Streams {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(MAX_STREAMS)),
            strangers: Arc::new(Slots::new(MAX_PER_ADDRESS, MAX_STRANGERS)),
        }
    }
}

/// A subscriber's place.
struct Seat {
    _any: OwnedSemaphorePermit,
    _stranger: Option<Slot<IpAddr>>,
}

impl Streams {
    /// A place for a subscriber from that address; a service, or a test without an address, is not counted by it.
    fn seat(&self, services: &[IpAddr], from: Option<IpAddr>) -> Option<Seat> {
        let stranger = match from.and_then(|from| limits::home(services, from)) {
            Some(home) => Some(self.strangers.take(home)?),
            None => None,
        };
        let any = Arc::clone(&self.all).try_acquire_owned().ok()?;
        Some(Seat { _any: any, _stranger: stranger })
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
    let from = request.peer_addr().map(|address| address.ip());
    let seat = streams.seat(api.limits.services(), from).ok_or_else(|| {
        measure::stream_refused();
        let detail = "too many subscribers, from this address or in all";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "TOO_MANY_STREAMS", detail).retry_after(SLOW)
    })?;
    let (sender, receiver) = mpsc::channel(QUEUE);
    actix_web::rt::spawn(feed(Arc::clone(&api.ledger), next.max(1), sender, seat));
    Ok(Sse::from_receiver(receiver).with_keep_alive(KEEP_ALIVE))
}

/// Sends blocks until the subscriber is gone or too slow.
async fn feed(
    ledger: Arc<Ledger>,
    mut next: u64,
    sender: mpsc::Sender<Result<Event, Infallible>>,
    _seat: Seat,
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
        if let Err(error) = sender.send_timeout(Ok(event), SLOW).await {
            if matches!(error, SendTimeoutError::Timeout(_)) {
                measure::stream_cut();
                tracing::info!(height = next, "a subscriber that does not read is cut off");
            }
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
