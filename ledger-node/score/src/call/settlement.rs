//! The day's settlement.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    amount::Amount,
    ids::{BatchId, Bid, Code, PayoutId},
};

/// See [`crate::Call::SettlementOpen`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SettlementOpen {
    /// The new batch.
    #[n(0)]
    pub batch: BatchId,
    /// First block height that the batch nets.
    #[n(1)]
    pub from_height: u64,
    /// Last block height that the batch nets (the cut-off).
    #[n(2)]
    pub to_height: u64,
}

/// See [`crate::Call::SettlementRedeem`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SettlementRedeem {
    /// Of which batch.
    #[n(0)]
    pub batch: BatchId,
    /// The new payout.
    #[n(1)]
    pub payout: PayoutId,
    /// To whom.
    #[n(2)]
    pub merchant: Bid,
    /// How much.
    #[n(3)]
    pub amount: Amount,
}

/// See [`crate::Call::SettlementConfirm`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SettlementConfirm {
    /// The payout that the bank booked.
    #[n(0)]
    pub payout: PayoutId,
}

/// See [`crate::Call::SettlementReject`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SettlementReject {
    /// The payout that the bank refused.
    #[n(0)]
    pub payout: PayoutId,
    /// The bank's reason (ISO 20022 status reason, such as AC04).
    #[n(1)]
    pub reason: Code,
}

/// See [`crate::Call::SettlementClose`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SettlementClose {
    /// The batch.
    #[n(0)]
    pub batch: BatchId,
    /// Control sum of the bank file; must equal what the batch redeemed.
    #[n(1)]
    pub control_sum: Amount,
}
