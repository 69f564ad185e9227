//! `/v1/history`: everything that came and went, newest first.

use actix_web::web::{Data, Json, Query};
use dure_db::DbError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::forms;
use crate::{
    app::App,
    fault::Fault,
    http::{Failure, PageView, Problem, Signed},
    repo::entries::{self, MAX_SEARCH, Search},
};

/// Entries a page, at most.
const MAX_LIMIT: i64 = 100;
/// Entries a page, unless asked for.
const LIMIT: i64 = 30;

/// Which part.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// `next` of the page before.
    before: Option<String>,
    /// 1 to 100; 30 unless given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// An amount in won, part of a shop's name, or the beginning of an order or deposit number; at most 40 characters.
    #[param(max_length = 40)]
    q: Option<String>,
}

/// A page of entries.
#[derive(Serialize, ToSchema)]
pub struct History {
    entries: Vec<Entry>,
    /// For the next page; null at the end.
    #[schema(required = true)]
    next: Option<String>,
}

/// Something that came or went.
#[derive(Serialize, ToSchema)]
pub struct Entry {
    id: String,
    /// The transaction.
    tx: String,
    /// charge, bonus, grant, transfer_in, transfer_out, pay, refund, cashback, cashback_back, cash_out, cash_out_paid,
    /// cash_out_returned, expire.
    #[schema(value_type = forms::EntryKind)]
    kind: String,
    /// What it did to the balance, minor units, with a minus if it went.
    amount: String,
    balance_after: String,
    /// A shop, a campaign, or a person with the name's middle hidden.
    #[schema(required = true)]
    counterparty_name: Option<String>,
    /// Order or deposit number.
    #[schema(required = true)]
    reference: Option<String>,
    /// Block time, ms.
    at: i64,
}

impl From<entries::Entry> for Entry {
    fn from(entry: entries::Entry) -> Self {
        let entries::Entry { row, counterparty_name } = entry;
        Self {
            id: row.id,
            tx: row.tx,
            kind: row.kind,
            amount: row.amount.to_string(),
            balance_after: row.balance_after.to_string(),
            counterparty_name,
            reference: row.reference,
            at: row.at,
        }
    }
}

/// The person's entries.
#[utoipa::path(get, path = "/v1/history", tag = "account", params(Page), responses(
    (status = 200, body = History), (status = 400, body = Problem), (status = 401, body = Problem)))]
pub async fn history(
    app: Data<App>,
    signed: Signed,
    view: PageView,
    page: Query<Page>,
) -> Result<Json<History>, Failure> {
    let limit = page.limit.unwrap_or(LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Fault::BadField { field: "limit", reason: "1 to 100" }.into());
    }
    let before = match page.before.as_deref() {
        Some(cursor) => {
            Some(position(cursor).ok_or(Fault::BadField { field: "before", reason: "a page's next" })?)
        }
        None => None,
    };
    let asked = page.q.as_deref().unwrap_or_default();
    if asked.chars().count() > MAX_SEARCH {
        return Err(Fault::BadField { field: "q", reason: "at most 40 characters" }.into());
    }
    let search = Search::parse(asked);
    let lang = view.0.lang;
    // One more than asked for tells whether there is a next page.
    let mut found = app
        .db
        .run::<_, DbError, _>(move |c| {
            entries::page(c, &signed.bid, before, search.as_ref(), limit.saturating_add(1), lang)
        })
        .await?;
    let more = i64::try_from(found.len()).is_ok_and(|count| count > limit);
    if more {
        found.pop();
    }
    let next = found.last().filter(|_| more).map(|last| format!("{}.{}", last.row.height, last.row.position));
    Ok(Json(History { entries: found.into_iter().map(Entry::from).collect(), next }))
}

fn position(cursor: &str) -> Option<(i64, i64)> {
    let (height, position) = cursor.split_once('.')?;
    Some((height.parse().ok()?, position.parse().ok()?))
}
