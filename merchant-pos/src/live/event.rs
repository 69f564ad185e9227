//! The events, in the shape in which browsers get them.

use dure_score::Bid;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{error::PosError, order::Order};

/// An order was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaidEvent {
    /// The order's number.
    pub order_id: String,
    /// What was paid, won.
    pub amount: String,
    /// What was asked for, won.
    pub expected: String,
    /// True if the two differ.
    pub mismatch: bool,
    /// True if the till had not made this order (payment of the printed code).
    pub by_payer: bool,
    /// The transaction that paid.
    pub tx: String,
    /// Block time, ms.
    pub paid_at: i64,
}

impl PaidEvent {
    /// The event of a paid order.
    pub fn of(order: &Order) -> Result<Self, PosError> {
        let (Some(tx), Some(paid_at)) = (order.tx.clone(), order.paid_at) else {
            return Err(PosError::Internal("a paid order without its payment"));
        };
        Ok(Self {
            order_id: order.order_id.clone(),
            amount: order.paid_amount.to_string(),
            expected: order.amount.to_string(),
            mismatch: order.is_mismatch(),
            by_payer: order.is_by_payer(),
            tx,
            paid_at,
        })
    }
}

/// A part or all of an order has gone back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefundedEvent {
    /// The order's number.
    pub order_id: String,
    /// What went back now, won.
    pub amount: String,
    /// All that has gone back so far, won.
    pub refunded: String,
    /// What can still go back, won.
    pub refundable: String,
    /// The transaction that paid the order.
    pub tx: String,
    /// Block time, ms.
    pub at: i64,
}

/// An event of one shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveEvent {
    /// See [`PaidEvent`].
    Paid(Bid, PaidEvent),
    /// See [`RefundedEvent`].
    Refunded(Bid, RefundedEvent),
}

impl LiveEvent {
    /// Whose event it is.
    pub const fn shop(&self) -> Bid {
        match self {
            Self::Paid(shop, _) | Self::Refunded(shop, _) => *shop,
        }
    }

    /// The event's name on the stream.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Paid(..) => "paid",
            Self::Refunded(..) => "refunded",
        }
    }

    /// Block time, ms: the event's id, from which a reconnecting till catches up.
    pub const fn at(&self) -> i64 {
        match self {
            Self::Paid(_, event) => event.paid_at,
            Self::Refunded(_, event) => event.at,
        }
    }

    /// The event's data as JSON text.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Paid(_, event) => serde_json::to_string(event),
            Self::Refunded(_, event) => serde_json::to_string(event),
        }
    }
}
