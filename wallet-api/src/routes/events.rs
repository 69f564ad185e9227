//! `/v1/events`: the account's news as they happen.

use actix_web::{Responder, web::Data};
use dure_db::DbError;
use dure_service::http::{self, Sent};
use serde::Serialize;
use utoipa::ToSchema;

use super::history::Entry;
use crate::{
    app::App,
    http::{Failure, PageView, Problem, Signed},
    live::Event,
    repo::accounts,
};

/// What an account holds now.
#[derive(Serialize, ToSchema)]
pub struct AccountNews {
    /// The block that it is known from.
    #[schema(value_type = u64)]
    height: i64,
    balance: String,
}

/// Server-sent events: `account` {height, balance} at once and after every change, `entry` for everything new.
#[utoipa::path(get, path = "/v1/events", tag = "account", responses(
    (status = 200, content_type = "text/event-stream", body = String,
        description = "events `account` (AccountNews) and `entry` (Entry)"), (status = 401, body = Problem),
    (status = 429, body = Problem)))]
pub async fn events(app: Data<App>, signed: Signed, view: PageView) -> Result<impl Responder, Failure> {
    let live = app.hub.subscribe(signed.bid.clone(), view.0.lang)?;
    let now = app.db.run::<_, DbError, _>(move |c| accounts::get(c, &signed.bid)).await?;
    Ok(http::events(vec![Event::Account(now)], live, |event| Some(sent(event))))
}

fn sent(event: Event) -> Sent {
    match event {
        Event::Account(account) => {
            let news = AccountNews { height: account.height, balance: account.balance.to_string() };
            Sent { name: "account", data: serde_json::to_string(&news).unwrap_or_default(), id: None }
        }
        Event::Entry(entry) => {
            let data = serde_json::to_string(&Entry::from(*entry)).unwrap_or_default();
            Sent { name: "entry", data, id: None }
        }
    }
}
