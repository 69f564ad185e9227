//! `/v1/account`: balance and lots.

use actix_web::web::{Data, Json};
use dure_db::DbError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    http::{Failure, Problem, Signed},
    repo::{accounts, campaigns, lots},
};

/// What a person holds.
#[derive(Serialize, ToSchema)]
pub struct Account {
    /// Minor units.
    balance: String,
    lots: Vec<Lot>,
    /// Height of the block up to which this is true.
    height: u64,
}

/// Coin of one origin.
#[derive(Serialize, ToSchema)]
pub struct Lot {
    id: i64,
    /// 0 is charged coin.
    campaign: i64,
    /// The campaign's public name.
    name: String,
    /// What is left, minor units.
    amount: String,
    /// Originally acquired, minor units.
    face: String,
    /// Won originally paid.
    price_paid: String,
    /// Block time, ms.
    acquired_at: i64,
    /// Block time from which it cannot be spent, ms; 9007199254740991 for never.
    expires_at: i64,
    /// True if it cannot be spent everywhere in the city.
    restricted: bool,
    /// May be sent to another citizen.
    transferable: bool,
    /// May be spent at large merchants.
    large_merchants: bool,
    /// Merchant categories where it can be spent; empty for all.
    categories: Vec<String>,
    /// Regions where it can be spent; empty for all.
    regions: Vec<String>,
}

/// Balance and vouchers, soonest expiry first.
#[utoipa::path(get, path = "/v1/account", tag = "account", responses(
    (status = 200, body = Account), (status = 401, body = Problem)))]
pub async fn account(app: Data<App>, signed: Signed) -> Result<Json<Account>, Failure> {
    // Read before SQL: the read model can only be newer than what is claimed.
    let height = app.progress.height();
    let (account, rows, known) = app
        .db
        .transaction::<_, DbError, _>(move |c| {
            Ok((accounts::get(c, &signed.bid)?, lots::of(c, &signed.bid)?, campaigns::all(c)?))
        })
        .await?;
    let lots = rows
        .into_iter()
        .map(|row| {
            let campaign = known.iter().find(|campaign| campaign.id == row.campaign);
            lot(row, campaign)
        })
        .collect();
    Ok(Json(Account { balance: account.balance.to_string(), lots, height }))
}

fn lot(row: lots::Row, campaign: Option<&campaigns::Campaign>) -> Lot {
    let terms = campaign.map(|campaign| &campaign.terms);
    Lot {
        id: row.lot_id,
        campaign: row.campaign,
        name: terms.map(|terms| terms.name.as_str().to_owned()).unwrap_or_default(),
        amount: row.amount.to_string(),
        face: row.face.to_string(),
        price_paid: row.price_paid.to_string(),
        acquired_at: row.acquired_at,
        expires_at: row.expires_at,
        restricted: terms.is_some_and(|t| {
            !t.categories.is_empty() || !t.regions.is_empty() || !t.merchants.is_empty() || !t.large_merchants
        }),
        transferable: terms.is_some_and(|terms| terms.transferable),
        large_merchants: terms.is_some_and(|terms| terms.large_merchants),
        categories: terms.map(|t| t.categories.iter().map(ToString::to_string).collect()).unwrap_or_default(),
        regions: terms.map(|t| t.regions.iter().map(ToString::to_string).collect()).unwrap_or_default(),
    }
}
