//! The ledger's own forms, as this API's document describes them. The contract knows nothing of HTTP, so the description
//! stands here; `docs/contract.md` says what each effect and refusal means.
#![expect(dead_code, reason = "described, never made: the contract's own types are what is sent")]

use std::collections::HashMap;

use serde_json::Value;
use utoipa::ToSchema;

/// The receipt of a transaction, or of its dry run.
#[derive(ToSchema)]
pub struct Receipt {
    /// Transaction id, 64 hex digits.
    tx: String,
    /// Certificate that signed, 32 hex digits; zeros where it is somebody else's.
    signer: String,
    /// Block height; for a dry run, that of the state it ran on.
    height: u64,
    /// Place in the block.
    index: u32,
    /// Block time, ms.
    time_ms: u64,
    outcome: Outcome,
    /// What happened, as far as it concerns the person who asks; empty when refused.
    effects: Vec<Effect>,
}

/// Applied, or refused and why.
#[derive(ToSchema)]
pub struct Outcome {
    /// `applied` or `refused`.
    outcome: OutcomeKind,
    /// Why not.
    #[schema(nullable = false)]
    refusal: Option<Refusal>,
}

/// How a transaction ended.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// Everything happened.
    Applied,
    /// Nothing happened.
    Refused,
}

/// A refusal of the contract: its code and the figures that led there, which differ from code to code.
#[derive(ToSchema)]
pub struct Refusal {
    /// Which rule, such as `insufficient_funds`.
    refusal: String,
}

/// One thing that happened: its name and its figures, which differ from name to name. Money is a decimal string.
#[derive(ToSchema)]
pub struct Effect {
    /// Which, such as `paid`.
    effect: String,
    #[serde(flatten)]
    figures: HashMap<String, Value>,
}

/// What a browser pins when it is enrolled.
#[derive(ToSchema)]
pub struct Genesis {
    chain: String,
    /// 64 hex digits.
    genesis_hash: String,
    /// Keys of the first validators, 64 hex digits each.
    validators: Vec<String>,
}

/// Where a transaction stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum TxStatus {
    /// It has applied or was refused; there is a receipt.
    Final,
    /// It waits for a block.
    Pending,
    /// The node that was asked does not know it.
    Unknown,
}

/// How an account stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum AccountStatus {
    /// As usual.
    Active,
    /// Nothing can be spent until the person has been at the counter.
    Frozen,
    /// For good.
    Closed,
}

/// What an entry of the history is about.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum EntryKind {
    /// Won became coin.
    Charge,
    /// What a campaign paid on top.
    Bonus,
    /// A voucher.
    Grant,
    /// From another person.
    TransferIn,
    /// To another person.
    TransferOut,
    /// To a shop.
    Pay,
    /// Back from a shop.
    Refund,
    /// For a payment.
    Cashback,
    /// Taken back by a refund.
    CashbackBack,
    /// On its way to the bank.
    CashOut,
    /// Arrived there.
    CashOutPaid,
    /// Refused there.
    CashOutReturned,
    /// Ran out.
    Expire,
}

/// A language of the pages.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PageLang {
    /// Korean.
    Ko,
    /// English.
    En,
}

/// How a phone stands that waits at the counter.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PhoneStanding {
    /// No officer has said whose it is.
    Waiting,
    /// An officer has; the phone has to sign.
    Named,
    /// Two officers have to agree.
    Signed,
    /// The account has moved to it.
    Done,
}

/// The role of a citizen's device.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Holder {
    /// Its owner's.
    Holder,
}
