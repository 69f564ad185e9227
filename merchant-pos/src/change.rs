//! What a block means for the till: pure, from receipts alone.

use dure_ledger_client::Block;
use dure_score::{Amount, Bid, CertId, Effect, OrderId, TxId};

use crate::error::PosError;

/// One thing that a block changed. Money in won, times in ms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An order was paid.
    Paid {
        /// Whose.
        shop: Bid,
        /// Its number.
        order: OrderId,
        /// The transaction that paid.
        tx: TxId,
        /// How much.
        amount: i64,
        /// Block time.
        at: i64,
    },
    /// A payment went back, whole or in part.
    Refunded {
        /// Whose.
        shop: Bid,
        /// The order's number.
        order: OrderId,
        /// How much now.
        amount: i64,
        /// How much so far.
        total: i64,
        /// Block time.
        at: i64,
    },
    /// A certificate ended.
    Revoked {
        /// Which.
        certificate: CertId,
        /// Block time.
        at: i64,
    },
}

/// The changes of `block`, in its order. Receipts of refused transactions have no effects and change nothing.
pub fn changes(block: &Block) -> Result<Vec<Change>, PosError> {
    let at = i64::try_from(block.time_ms).map_err(|_| PosError::Internal("a block time beyond 64 bits"))?;
    let effects = block.receipts.iter().flat_map(|receipt| &receipt.effects);
    effects.filter_map(|effect| change(effect, at).transpose()).collect()
}

fn change(effect: &Effect, at: i64) -> Result<Option<Change>, PosError> {
    Ok(match effect {
        Effect::Paid { payment, merchant, order, amount, .. } => Some(Change::Paid {
            shop: *merchant,
            order: order.clone(),
            tx: *payment,
            amount: won(*amount)?,
            at,
        }),
        Effect::Refunded { merchant, order, amount, total, .. } => Some(Change::Refunded {
            shop: *merchant,
            order: order.clone(),
            amount: won(*amount)?,
            total: won(*total)?,
            at,
        }),
        Effect::CertificateRevoked { certificate, .. } => {
            Some(Change::Revoked { certificate: *certificate, at })
        }
        _ => None,
    })
}

fn won(amount: Amount) -> Result<i64, PosError> {
    i64::try_from(amount.get()).map_err(|_| PosError::Internal("an amount beyond 64 bits"))
}
