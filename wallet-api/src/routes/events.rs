//! `/v1/events`: the account's news as they happen.

use std::{convert::Infallible, time::Duration};

use actix_web::{Responder, web::Data};
use actix_web_lab::sse;
use dure_db::DbError;
use futures::{StreamExt, stream};
use serde_json::json;

use super::history::Entry;
use crate::{
    app::App,
    http::{Failure, PageView, Problem, Signed},
    live::Event,
    repo::accounts,
};

/// Comments on a quiet stream, so that proxies keep it open and a lost browser is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A stream ends after this long and the browser comes back by itself: then it is asked again who is there.
const LIFE: Duration = Duration::from_secs(10 * 60);
/// How soon a browser comes back.
const RETRY: Duration = Duration::from_secs(2);

/// Server-sent events: `account` {height, balance} at once and after every change, `entry` for everything new.
#[utoipa::path(get, path = "/v1/events", tag = "account", responses(
    (status = 200, content_type = "text/event-stream", body = String), (status = 401, body = Problem),
    (status = 429, body = Problem)))]
pub async fn events(app: Data<App>, signed: Signed, view: PageView) -> Result<impl Responder, Failure> {
    // Subscribed before reading: what happens in between comes twice rather than never.
    let receiver = app.hub.subscribe(signed.bid.clone(), view.0.lang)?;
    let now = app.db.run::<_, DbError, _>(move |c| accounts::get(c, &signed.bid)).await?;
    let later = stream::unfold(receiver, |mut receiver| async move {
        let event = receiver.recv().await?;
        Some((event, receiver))
    });
    let news = stream::once(async move { Event::Account(now) }).chain(later);
    let news = news.take_until(Box::pin(tokio::time::sleep(LIFE)));
    let events = Box::pin(news.map(|event| Ok::<_, Infallible>(sse::Event::Data(data(event)))));
    Ok(sse::Sse::from_stream(events).with_keep_alive(KEEP_ALIVE).with_retry_duration(RETRY))
}

fn data(event: Event) -> sse::Data {
    match event {
        Event::Account(account) => {
            let body = json!({ "height": account.height, "balance": account.balance.to_string() });
            sse::Data::new(body.to_string()).event("account")
        }
        Event::Entry(entry) => {
            let body = serde_json::to_string(&Entry::from(*entry)).unwrap_or_default();
            sse::Data::new(body).event("entry")
        }
    }
}
