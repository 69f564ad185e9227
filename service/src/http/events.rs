//! Server-sent events.

use std::{convert::Infallible, time::Duration};

use actix_web::{HttpRequest, Responder};
use actix_web_lab::sse;
use futures::{Stream, StreamExt, stream};
use tokio::sync::mpsc::Receiver;

/// Comments on a quiet stream, so that proxies and phones keep it open and a lost browser is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A stream ends after this long and the browser comes back by itself: then it is asked again who is there.
const LIFE: Duration = Duration::from_secs(10 * 60);
/// How soon a browser comes back.
const RETRY: Duration = Duration::from_secs(1);

/// One event as it is sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its name.
    pub name: &'static str,
    /// Its data, JSON.
    pub data: String,
    /// What a browser that comes back says it has had last.
    pub id: Option<String>,
}

impl From<Sent> for sse::Event {
    fn from(sent: Sent) -> Self {
        let data = sse::Data::new(sent.data).event(sent.name);
        match sent.id {
            Some(id) => data.id(id).into(),
            None => data.into(),
        }
    }
}

/// The stream: `first` at once, then what `live` brings, each as `encode` has it. Open `live` before `first` is read: what happens in
/// between comes twice rather than never.
pub fn events<E: 'static>(
    first: Vec<E>,
    live: Receiver<E>,
    encode: impl Fn(E) -> Option<Sent> + 'static,
) -> impl Responder {
    let all = stream::iter(first).chain(received(live)).take_until(Box::pin(tokio::time::sleep(LIFE)));
    let sent = all.filter_map(move |event| std::future::ready(encode(event)));
    let sse =
        sse::Sse::from_stream(sent.map(|sent| Ok::<_, Infallible>(sse::Event::from(sent))).boxed_local());
    sse.with_keep_alive(KEEP_ALIVE).with_retry_duration(RETRY)
}

fn received<E>(receiver: Receiver<E>) -> impl Stream<Item = E> {
    stream::unfold(
        receiver,
        |mut receiver| async move { receiver.recv().await.map(|event| (event, receiver)) },
    )
}

/// The id of the last event that a browser has had, if it comes back.
pub fn last_event(request: &HttpRequest) -> Option<i64> {
    request.headers().get("last-event-id")?.to_str().ok()?.parse().ok()
}
