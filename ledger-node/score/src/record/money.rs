//! Payments, deposits, settlement.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    amount::Amount,
    ids::{BatchId, Bid, CampaignId, DepositRef, PayoutId, TxId},
    lot::Lot,
};

/// What a payment took from one lot.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Draw {
    /// The lot as it was before: id and attributes let a refund restore it exactly.
    #[n(0)]
    pub lot: Lot,
    /// How much was taken.
    #[n(1)]
    pub amount: Amount,
    /// How much of that has gone back.
    #[n(2)]
    pub refunded: Amount,
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Payment {
    /// Who paid.
    #[n(0)]
    pub payer: Bid,
    /// Who was paid.
    #[n(1)]
    pub merchant: Bid,
    /// For which order.
    #[n(2)]
    pub order: crate::ids::OrderId,
    /// How much.
    #[n(3)]
    pub amount: Amount,
    /// How much has gone back.
    #[n(4)]
    pub refunded: Amount,
    /// Block time, ms.
    #[n(5)]
    pub paid_at: u64,
    /// From which lots, in spend order.
    #[n(6)]
    pub draws: Vec<Draw>,
    /// Cashback that it earned, if any.
    #[n(7)]
    pub cashback: Option<Cashback>,
}

/// Cashback of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Cashback {
    /// From whose budget.
    #[n(0)]
    pub campaign: CampaignId,
    /// Number of the payer's lot that it went into.
    #[n(1)]
    pub lot: u64,
    /// How much.
    #[n(2)]
    pub amount: Amount,
    /// How much of that refunds have taken back.
    #[n(3)]
    pub taken_back: Amount,
}

/// A booked deposit that has become coin.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Deposit {
    /// Who was charged.
    #[n(0)]
    pub to: Bid,
    /// Won received.
    #[n(1)]
    pub amount: Amount,
    /// The transaction that charged.
    #[n(2)]
    pub tx: TxId,
    /// Block time of the charge, ms: with the amount it finds the lots that came of it.
    #[n(3)]
    pub charged_at: u64,
    /// Bonus that came with it.
    #[n(4)]
    pub bonus: Amount,
    /// From whose budget the bonus came.
    #[n(5)]
    pub campaign: CampaignId,
    /// The payout that took its remainder back, if any; a rejected payout clears this.
    #[n(6)]
    pub cashed_out: Option<PayoutId>,
}

/// A citizen's remainder on its way back to the bank account that it came from.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct CashOut {
    /// Whose.
    #[n(0)]
    pub owner: Bid,
    /// Of which deposit.
    #[n(1)]
    pub deposit: DepositRef,
    /// Won to be paid: burned when the bank confirms.
    #[n(2)]
    pub won: Amount,
    /// The campaign's share: goes to its budget when the bank confirms.
    #[n(3)]
    pub subsidy: Amount,
    /// Where it stands.
    #[n(4)]
    pub state: PayoutState,
    /// What was taken, per lot: coin and bonus.
    #[n(5)]
    pub draws: Vec<Draw>,
}

/// A settlement batch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Batch {
    /// First height netted.
    #[n(0)]
    pub from_height: u64,
    /// Last height netted.
    #[n(1)]
    pub to_height: u64,
    /// Σ payouts.
    #[n(2)]
    pub redeemed: Amount,
    /// Σ payouts that the bank paid.
    #[n(3)]
    pub confirmed: Amount,
    /// Σ payouts that the bank refused.
    #[n(4)]
    pub rejected: Amount,
    /// Payouts not yet decided.
    #[n(5)]
    pub undecided: u32,
    /// Closed for good.
    #[n(6)]
    pub closed: bool,
}

/// Life of a payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum PayoutState {
    /// In escrow, waiting for the bank.
    #[n(0)]
    Escrowed,
    /// Paid by the bank, burned.
    #[n(1)]
    Confirmed,
    /// Refused by the bank, returned to the merchant.
    #[n(2)]
    Rejected,
}

/// Money on its way to a merchant's bank account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Payout {
    /// Of which batch.
    #[n(0)]
    pub batch: BatchId,
    /// To whom.
    #[n(1)]
    pub merchant: Bid,
    /// How much.
    #[n(2)]
    pub amount: Amount,
    /// Where it stands.
    #[n(3)]
    pub state: PayoutState,
    /// What was taken, per lot.
    #[n(4)]
    pub draws: Vec<Draw>,
}
