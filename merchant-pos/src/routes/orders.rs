//! `/v1/orders…`: an amount becomes an order with its code; the order is looked at, or withdrawn.

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
use dure_score::{Amount, OrderId};
use dure_web::{emvco, qr};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    clock::now_ms,
    enrol::SignedIn,
    error::PosError,
    metrics,
    order::{ORDER_LIFE_MS, Order, OrderState, check_note, check_price, dynamic_code, new_number},
    repo::orders as repo,
    till::Till,
};

/// Numbers tried for one order: two of a day's orders agree once in a trillion.
const NUMBERS: usize = 3;

/// A sale.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderRequest {
    /// Won, "1" to "10000000".
    #[schema(value_type = String)]
    amount: Amount,
    /// One line of at most 60 characters, for the shop's own eyes.
    note: Option<String>,
}

/// An order. Money in won, times in ms.
#[derive(Serialize, ToSchema)]
pub struct OrderAnswer {
    /// Its number.
    pub order_id: String,
    /// The price.
    pub amount: String,
    /// Where it stands.
    pub state: OrderState,
    /// True if another amount was paid than the price. The order is paid all the same (the ledger takes one payment an
    /// order); offer the refund.
    pub mismatch: bool,
    /// True if it was paid from the printed code.
    pub by_payer: bool,
    /// The note.
    pub note: String,
    /// When it was made.
    pub created_at: i64,
    /// Until when it is shown as open.
    pub expires_at: i64,
    /// The transaction that paid.
    pub tx: Option<String>,
    /// When it was paid.
    pub paid_at: Option<i64>,
    /// What was paid.
    pub paid_amount: String,
    /// What has gone back.
    pub refunded: String,
    /// What can still go back.
    pub refundable: String,
    /// The code's text, while the order is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qr_text: Option<String>,
    /// The code's picture (an SVG document), while the order is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qr_svg: Option<String>,
}

impl OrderAnswer {
    /// The order without its code.
    pub fn plain(order: &Order, now: i64) -> Self {
        Self {
            order_id: order.order_id.clone(),
            amount: order.amount.to_string(),
            state: order.state_at(now),
            mismatch: order.is_mismatch(),
            by_payer: order.is_by_payer(),
            note: order.note.clone(),
            created_at: order.created_at,
            expires_at: order.expires_at,
            tx: order.tx.clone(),
            paid_at: order.paid_at,
            paid_amount: order.paid_amount.to_string(),
            refunded: order.refunded.to_string(),
            refundable: order.refundable().to_string(),
            qr_text: None,
            qr_svg: None,
        }
    }

    /// The order, with its code while it is open.
    fn with_code(me: &SignedIn, order: &Order, now: i64) -> Result<Self, PosError> {
        let mut answer = Self::plain(order, now);
        if answer.state == OrderState::Open {
            let text = dynamic_code(&me.shop, order)?;
            answer.qr_svg = Some(picture(&text, &me.shop.name_ko)?);
            answer.qr_text = Some(text);
        }
        Ok(answer)
    }
}

/// The picture of a code.
pub fn picture(text: &str, label: &str) -> Result<String, PosError> {
    debug_assert!(emvco::decode(text).is_ok(), "a code that our own wallet refuses");
    qr::svg(text, label).map_err(|error| PosError::Qr(error.code()))
}

/// Makes an order.
#[utoipa::path(post, path = "/v1/orders", tag = "orders", request_body = OrderRequest,
    responses((status = 201, body = OrderAnswer), (status = 400, description = "MALFORMED, BAD_FIELD with field"),
        (status = 401, description = "NOT_SIGNED_IN"), (status = 422, description = "PRICE_OUT_OF_RANGE"), (status = 429, description = "TOO_MANY_REQUESTS")))]
pub async fn create(
    till: Data<Till>,
    body: Json<OrderRequest>,
    me: SignedIn,
) -> Result<HttpResponse, PosError> {
    let amount = check_price(body.amount.get())?;
    let note = check_note(body.note.as_deref().unwrap_or_default())?;
    till.limits.order(&me.shop.bid)?;
    let now = now_ms();
    let mut order = Order {
        merchant: me.shop.bid.clone(),
        order_id: String::new(),
        amount,
        state: OrderState::Open,
        note,
        created_by: me.certificate.to_string(),
        created_at: now,
        expires_at: now.saturating_add(ORDER_LIFE_MS),
        tx: None,
        paid_at: None,
        paid_amount: 0,
        refunded: 0,
    };
    for _ in 0..NUMBERS {
        order.order_id = new_number(now, till.offset_minutes, rand::random())?.to_string();
        let answer = OrderAnswer::with_code(&me, &order, now)?;
        let row = order.clone();
        if till.db.run(move |connection| repo::insert(connection, &row)).await? {
            metrics::order_made();
            return Ok(HttpResponse::Created().json(answer));
        }
    }
    Err(PosError::Internal("order numbers that are all taken"))
}

/// Shows an order.
#[utoipa::path(get, path = "/v1/orders/{order}", tag = "orders", params(("order" = String, Path)),
    responses((status = 200, body = OrderAnswer), (status = 401, description = "NOT_SIGNED_IN"),
        (status = 404, description = "UNKNOWN_ORDER")))]
pub async fn show(till: Data<Till>, me: SignedIn, order: Path<String>) -> Result<HttpResponse, PosError> {
    let order = load(&till, &me, order.into_inner()).await?;
    Ok(HttpResponse::Ok().json(OrderAnswer::with_code(&me, &order, now_ms())?))
}

/// Withdraws an open order. A payment that is on its way all the same is taken and shown.
#[utoipa::path(post, path = "/v1/orders/{order}/cancel", tag = "orders", params(("order" = String, Path)),
    responses((status = 200, body = OrderAnswer), (status = 401, description = "NOT_SIGNED_IN"),
        (status = 404, description = "UNKNOWN_ORDER"), (status = 409, description = "ORDER_NOT_OPEN with state")))]
pub async fn cancel(till: Data<Till>, me: SignedIn, order: Path<String>) -> Result<HttpResponse, PosError> {
    let number = order.into_inner();
    let before = load(&till, &me, number.clone()).await?;
    let (shop, row) = (me.shop.bid.clone(), number.clone());
    let done = till.db.run(move |connection| repo::cancel(connection, &shop, &row, now_ms())).await?;
    let after = load(&till, &me, number).await?;
    // Asking twice is no fault.
    if done || before.state == OrderState::Cancelled {
        Ok(HttpResponse::Ok().json(OrderAnswer::plain(&after, now_ms())))
    } else {
        Err(PosError::OrderNotOpen(after.state_at(now_ms()).as_str()))
    }
}

async fn load(till: &Till, me: &SignedIn, number: String) -> Result<Order, PosError> {
    let number = OrderId::new(&number).map_err(|_| PosError::UnknownOrder)?;
    let shop = me.shop.bid.clone();
    let found = till.db.run(move |connection| repo::find(connection, &shop, number.as_str())).await?;
    found.ok_or(PosError::UnknownOrder)
}
