//! What the till keeps of an order, and the moves between its states.

use dure_service::ServiceError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::PosError;

/// The dearest single sale of a till, won: far above any corner shop's, and low enough to catch a key held down.
pub const PRICE_MAX: u64 = 10_000_000;
/// Longest note, in characters: what fits on one line of the sales list.
pub const NOTE_MAX: usize = 60;
/// How long the till shows an order as open, ms. A later payment is still taken: the ledger knows no such limit.
pub const ORDER_LIFE_MS: i64 = 10 * 60_000;

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Shown on the till, not paid.
    Open,
    /// Paid; nothing has gone back.
    Paid,
    /// Paid; a part has gone back.
    PartlyRefunded,
    /// Paid; all has gone back.
    Refunded,
    /// Withdrawn by the till before it was paid.
    Cancelled,
    /// Not paid in time.
    Expired,
}

impl OrderState {
    /// The name in the database and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::PartlyRefunded => "partly_refunded",
            Self::Refunded => "refunded",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Result<Self, PosError> {
        match name {
            "open" => Ok(Self::Open),
            "paid" => Ok(Self::Paid),
            "partly_refunded" => Ok(Self::PartlyRefunded),
            "refunded" => Ok(Self::Refunded),
            "cancelled" => Ok(Self::Cancelled),
            "expired" => Ok(Self::Expired),
            _ => Err(PosError::Internal("an unknown order state in the database")),
        }
    }

    /// The state of a paid order of which `refunded` out of `paid` has gone back.
    pub const fn after_refund(paid: i64, refunded: i64) -> Self {
        if refunded <= 0 {
            Self::Paid
        } else if refunded < paid {
            Self::PartlyRefunded
        } else {
            Self::Refunded
        }
    }
}

/// An order of one shop. Money in won, times in ms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The shop's BID, hex.
    pub merchant: String,
    /// The order's number.
    pub order_id: String,
    /// The price asked for; for a payment of the sticker, the price paid.
    pub amount: i64,
    /// Where it stands.
    pub state: OrderState,
    /// The till's note.
    pub note: String,
    /// The certificate that made it, or [`Order::BY_PAYER`].
    pub created_by: String,
    /// When it was made.
    pub created_at: i64,
    /// Until when the till shows it as open.
    pub expires_at: i64,
    /// The transaction that paid.
    pub tx: Option<String>,
    /// Block time of the payment.
    pub paid_at: Option<i64>,
    /// What was paid.
    pub paid_amount: i64,
    /// What has gone back.
    pub refunded: i64,
}

impl Order {
    /// In `created_by`: the payer made the order, from the shop's printed code.
    pub const BY_PAYER: &str = "payer";

    /// True if another amount was paid than was asked for.
    pub const fn is_mismatch(&self) -> bool {
        self.tx.is_some() && self.paid_amount != self.amount
    }

    /// True if the payer made the order, from the shop's printed code.
    pub fn is_by_payer(&self) -> bool {
        self.created_by == Self::BY_PAYER
    }

    /// What can still go back, won.
    pub const fn refundable(&self) -> i64 {
        self.paid_amount.saturating_sub(self.refunded)
    }

    /// The state to show at `now_ms`: an open order is expired from its limit on, also before the sweep wrote it down.
    pub fn state_at(&self, now_ms: i64) -> OrderState {
        if self.state == OrderState::Open && self.expires_at <= now_ms {
            OrderState::Expired
        } else {
            self.state
        }
    }
}

/// The price as a database value, if a till may ask for it.
pub fn check_price(won: u64) -> Result<i64, PosError> {
    match i64::try_from(won) {
        Ok(price) if (1..=PRICE_MAX).contains(&won) => Ok(price),
        _ => Err(PosError::PriceOutOfRange { most: PRICE_MAX }),
    }
}

/// The note without surrounding spaces, if it fits.
pub fn check_note(note: &str) -> Result<String, PosError> {
    let note = note.trim();
    let fits = note.chars().count() <= NOTE_MAX && !note.chars().any(char::is_control);
    if fits {
        Ok(note.to_owned())
    } else {
        Err(ServiceError::BadField { field: "note", reason: "one line of at most 60 characters" }.into())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_state_has_one_name() {
        use OrderState::*;
        for state in [Open, Paid, PartlyRefunded, Refunded, Cancelled, Expired] {
            assert_eq!(OrderState::parse(state.as_str()).unwrap(), state);
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert!(OrderState::parse("lost").is_err());
    }

    #[test]
    fn prices_have_bounds() {
        assert_eq!(check_price(1).unwrap(), 1);
        assert_eq!(check_price(PRICE_MAX).unwrap(), 10_000_000);
        for bad in [0, PRICE_MAX + 1, u64::MAX] {
            assert_eq!(check_price(bad).unwrap_err().code(), "PRICE_OUT_OF_RANGE");
        }
    }

    #[test]
    fn refunds_move_the_state() {
        assert_eq!(OrderState::after_refund(1000, 0), OrderState::Paid);
        assert_eq!(OrderState::after_refund(1000, 1), OrderState::PartlyRefunded);
        assert_eq!(OrderState::after_refund(1000, 1000), OrderState::Refunded);
    }

    #[test]
    fn notes_are_one_short_line() {
        assert_eq!(check_note("  아메리카노 두 잔 ").unwrap(), "아메리카노 두 잔");
        assert!(check_note(&"가".repeat(NOTE_MAX)).is_ok());
        assert_eq!(check_note(&"가".repeat(NOTE_MAX + 1)).unwrap_err().code(), "BAD_FIELD");
        assert_eq!(check_note("two\nlines").unwrap_err().code(), "BAD_FIELD");
    }
}
