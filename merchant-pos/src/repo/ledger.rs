//! What a final block changes at the till: orders paid and refunded, devices revoked.

use dure_db::{DbConnection, devices, sessions};

use crate::{
    change::Change,
    error::PosError,
    live::{LiveEvent, PaidEvent, RefundedEvent},
    order::{Order, OrderState},
    repo::orders,
};

/// Name of the till's follower among the checkpoints.
pub const FOLLOWER: &str = "till";

/// Applies the changes of one block; answers what screens are told. Run it in the transaction that moves the checkpoint.
pub fn apply(connection: &mut DbConnection, changes: &[Change]) -> Result<Vec<LiveEvent>, PosError> {
    let mut events = Vec::with_capacity(changes.len());
    for change in changes {
        match change {
            Change::Paid { .. } => events.push(paid(connection, change)?),
            Change::Refunded { .. } => events.push(refunded(connection, change)?),
            Change::Revoked { certificate, at } => {
                let certificate = certificate.to_string();
                devices::lock(connection, &certificate, *at)?;
                sessions::end_for_certificate(connection, &certificate)?;
            }
        }
    }
    Ok(events.into_iter().flatten().collect())
}

fn paid(connection: &mut DbConnection, change: &Change) -> Result<Option<LiveEvent>, PosError> {
    let Change::Paid { shop, order, tx, amount, at } = change else { return Ok(None) };
    let merchant = shop.to_string();
    let known = orders::find(connection, &merchant, order.as_str())?;
    // Late or withdrawn, the order is paid: the ledger has moved the money.
    let made_here = known.is_some();
    let mut row = known.unwrap_or_else(|| made_by_payer(merchant, order.as_str(), *amount, *at));
    row.state = OrderState::Paid;
    row.tx = Some(tx.to_string());
    row.paid_at = Some(*at);
    row.paid_amount = *amount;
    row.refunded = 0;
    if made_here {
        orders::update(connection, &row)?;
    } else if !orders::insert(connection, &row)? {
        // The till made an order of that very number in between: the transaction is tried again and finds it.
        return Err(PosError::Internal("an order number used twice at once"));
    }
    Ok(Some(LiveEvent::Paid(*shop, PaidEvent::of(&row)?)))
}

fn made_by_payer(merchant: String, order_id: &str, amount: i64, at: i64) -> Order {
    Order {
        merchant,
        order_id: order_id.to_owned(),
        amount,
        state: OrderState::Paid,
        note: String::new(),
        created_by: Order::BY_PAYER.to_owned(),
        created_at: at,
        expires_at: at,
        tx: None,
        paid_at: None,
        paid_amount: 0,
        refunded: 0,
    }
}

fn refunded(connection: &mut DbConnection, change: &Change) -> Result<Option<LiveEvent>, PosError> {
    let Change::Refunded { shop, order, amount, total, at } = change else { return Ok(None) };
    let known = orders::find(connection, &shop.to_string(), order.as_str())?;
    // The payment came in an earlier block or earlier in this one, so its order is here.
    let mut row = known.ok_or(PosError::Internal("a refund of a payment that the till has never seen"))?;
    row.refunded = *total;
    row.state = OrderState::after_refund(row.paid_amount, row.refunded);
    orders::update(connection, &row)?;
    let tx = row.tx.clone().ok_or(PosError::Internal("a refund of an order that was never paid"))?;
    let event = RefundedEvent {
        refundable: row.refundable().to_string(),
        order_id: row.order_id,
        amount: amount.to_string(),
        refunded: total.to_string(),
        tx,
        at: *at,
    };
    Ok(Some(LiveEvent::Refunded(*shop, event)))
}
