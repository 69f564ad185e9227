//! `/v1/me/look-ups`: who has looked the person up, and why.

use actix_web::web::{Data, Json};
use dure_db::{DbError, look_ups};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    http::{Failure, Problem, Signed},
};

/// Look-ups told at once, newest first.
const MOST: i64 = 50;

/// Somebody has looked the person up.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"kind": "officer", "by_name": "새별시청 Sebyeol City Hall", "reason": "신분증 확인", "at": 1_790_000_000_000i64}))]
pub struct LookUp {
    /// `officer`: at a counter. `citizen`: somebody who wanted to send coin.
    kind: String,
    /// The officer's institution, or a citizen's name with its middle hidden.
    by_name: String,
    /// What the officer has given as the reason; empty for a citizen.
    reason: String,
    /// When, ms.
    at: i64,
}

/// The latest fifty look-ups of the person.
#[utoipa::path(get, path = "/v1/me/look-ups", tag = "account", responses(
    (status = 200, body = Vec<LookUp>), (status = 401, body = Problem)))]
pub async fn list(app: Data<App>, signed: Signed) -> Result<Json<Vec<LookUp>>, Failure> {
    let rows = app.db.run::<_, DbError, _>(move |c| look_ups::of(c, &signed.bid, MOST)).await?;
    let shown = rows.into_iter().map(|row| LookUp {
        kind: row.kind,
        by_name: row.by_name,
        reason: row.reason,
        at: row.at,
    });
    Ok(Json(shown.collect()))
}
