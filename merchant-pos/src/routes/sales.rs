//! `/v1/sales/today`: what the shop took today, by the channel's calendar.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use super::orders::OrderAnswer;
use crate::{
    clock::{ChannelDay, now_ms},
    enrol::SignedIn,
    error::PosError,
    repo::orders as repo,
    till::Till,
};

/// Orders listed, latest first; the sums count all. More than a person scrolls through.
const LISTED: i64 = 500;

/// Today's sales.
#[derive(Serialize, ToSchema)]
pub struct SalesAnswer {
    /// The day, such as 2026-01-01.
    date: String,
    /// Σ payments of today, won.
    total: String,
    /// Σ what has gone back of them, won.
    refunded: String,
    /// The difference, won.
    net: String,
    /// How many payments.
    count: i64,
    /// The latest 500.
    orders: Vec<OrderAnswer>,
}

/// Today's sales and their sums.
#[utoipa::path(get, path = "/v1/sales/today", tag = "orders",
    responses((status = 200, body = SalesAnswer), (status = 401, description = "NOT_SIGNED_IN")))]
pub async fn today(till: Data<Till>, me: SignedIn) -> Result<HttpResponse, PosError> {
    let now = now_ms();
    let day = ChannelDay::of(now, till.offset_minutes);
    let span = (day.from_ms, day.to_ms);
    let shop = me.shop.bid;
    // One transaction, so that list and sums are of the same moment.
    let (orders, sums) = till
        .db
        .transaction(move |connection| {
            let orders = repo::paid_between(connection, &shop, span, LISTED)?;
            Ok::<_, PosError>((orders, repo::takings(connection, &shop, span)?))
        })
        .await?;
    Ok(HttpResponse::Ok().json(SalesAnswer {
        date: day.date.to_string(),
        total: sums.paid.to_string(),
        refunded: sums.refunded.to_string(),
        net: sums.paid.saturating_sub(sums.refunded).to_string(),
        count: sums.count,
        orders: orders.iter().map(|order| OrderAnswer::plain(order, now)).collect(),
    }))
}
