//! What a transaction did, in the order in which it did it: enough to explain it to a person and to keep a
//! read model without asking the ledger again. Variant numbers are wire format.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    amount::Amount,
    ids::{BatchId, Bid, CampaignId, CertId, Code, DepositRef, Hash32, OrderId, PayoutId, TxId},
    lot::Lot,
    record::{MemberClass, Role},
};

/// One thing that a transaction did.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
#[allow(missing_docs, reason = "field names are those of the call and record documented elsewhere")]
pub enum Effect {
    /// A member was entered.
    #[n(0)]
    MemberRegistered {
        #[n(0)]
        bid: Bid,
        #[n(1)]
        class: MemberClass,
    },
    /// A device was certified.
    #[n(1)]
    CertificateIssued {
        #[n(0)]
        certificate: CertId,
        #[n(1)]
        owner: Bid,
        #[n(2)]
        role: Role,
        #[n(3)]
        expires_at: u64,
    },
    /// A certificate ended.
    #[n(2)]
    CertificateRevoked {
        #[n(0)]
        certificate: CertId,
        #[n(1)]
        owner: Bid,
    },
    /// A campaign opened.
    #[n(3)]
    CampaignOpened {
        #[n(0)]
        campaign: CampaignId,
    },
    /// Coin was minted into a budget.
    #[n(4)]
    Issued {
        #[n(0)]
        campaign: CampaignId,
        #[n(1)]
        amount: Amount,
        #[n(2)]
        budget: Amount,
    },
    /// A deposit became coin; `bonus` came from `campaign`'s budget.
    #[n(5)]
    Charged {
        #[n(0)]
        to: Bid,
        #[n(1)]
        amount: Amount,
        #[n(2)]
        bonus: Amount,
        #[n(3)]
        campaign: CampaignId,
        #[n(4)]
        deposit: DepositRef,
    },
    /// Vouchers were given.
    #[n(6)]
    Granted {
        #[n(0)]
        campaign: CampaignId,
        #[n(1)]
        to: Bid,
        #[n(2)]
        amount: Amount,
        #[n(3)]
        grant: Hash32,
    },
    /// Coin was sent.
    #[n(7)]
    Transferred {
        #[n(0)]
        from: Bid,
        #[n(1)]
        to: Bid,
        #[n(2)]
        amount: Amount,
        #[n(3)]
        memo: Hash32,
    },
    /// An order was paid.
    #[n(8)]
    Paid {
        #[n(0)]
        payment: TxId,
        #[n(1)]
        payer: Bid,
        #[n(2)]
        merchant: Bid,
        #[n(3)]
        order: OrderId,
        #[n(4)]
        amount: Amount,
    },
    /// A payment was given back, whole or in part; `total` is all that has gone back so far.
    #[n(9)]
    Refunded {
        #[n(0)]
        payment: TxId,
        #[n(1)]
        payer: Bid,
        #[n(2)]
        merchant: Bid,
        #[n(3)]
        order: OrderId,
        #[n(4)]
        amount: Amount,
        #[n(5)]
        total: Amount,
    },
    /// A lot expired; vouchers went back to their budget, coin left circulation.
    #[n(10)]
    Expired {
        #[n(0)]
        owner: Bid,
        #[n(1)]
        lot: Lot,
    },
    /// A batch opened.
    #[n(11)]
    BatchOpened {
        #[n(0)]
        batch: BatchId,
        #[n(1)]
        from_height: u64,
        #[n(2)]
        to_height: u64,
    },
    /// Takings went into escrow.
    #[n(12)]
    Redeemed {
        #[n(0)]
        batch: BatchId,
        #[n(1)]
        payout: PayoutId,
        #[n(2)]
        merchant: Bid,
        #[n(3)]
        amount: Amount,
    },
    /// Escrow was burned: the bank has paid.
    #[n(13)]
    PayoutConfirmed {
        #[n(0)]
        batch: BatchId,
        #[n(1)]
        payout: PayoutId,
        #[n(2)]
        merchant: Bid,
        #[n(3)]
        amount: Amount,
    },
    /// Escrow went back to the merchant: the bank has refused.
    #[n(14)]
    PayoutRejected {
        #[n(0)]
        batch: BatchId,
        #[n(1)]
        payout: PayoutId,
        #[n(2)]
        merchant: Bid,
        #[n(3)]
        amount: Amount,
        #[n(4)]
        reason: Code,
    },
    /// A batch closed and balanced.
    #[n(15)]
    BatchClosed {
        #[n(0)]
        batch: BatchId,
        #[n(1)]
        redeemed: Amount,
        #[n(2)]
        confirmed: Amount,
        #[n(3)]
        rejected: Amount,
    },
    /// A proposal waits for approvals.
    #[n(16)]
    Proposed {
        #[n(0)]
        proposal: TxId,
        #[n(1)]
        institution: Bid,
    },
    /// An officer approved; when `executed`, the effects of the call follow.
    #[n(17)]
    Approved {
        #[n(0)]
        proposal: TxId,
        #[n(1)]
        approvals: u32,
        #[n(2)]
        executed: bool,
    },
    /// `amount` was taken from a lot of `owner` or put there; `lot` is the lot afterwards (amount 0: used up).
    #[n(18)]
    LotChanged {
        #[n(0)]
        owner: Bid,
        #[n(1)]
        lot: Lot,
        #[n(2)]
        amount: Amount,
        #[n(3)]
        added: bool,
    },
    /// All that `owner` holds, afterwards.
    #[n(19)]
    Balance {
        #[n(0)]
        owner: Bid,
        #[n(1)]
        total: Amount,
    },
    /// A device got more time.
    #[n(20)]
    CertificateRenewed {
        #[n(0)]
        certificate: CertId,
        #[n(1)]
        owner: Bid,
        #[n(2)]
        expires_at: u64,
    },
    /// An account was stopped.
    #[n(21)]
    AccountFrozen {
        #[n(0)]
        member: Bid,
        #[n(1)]
        reason: Code,
    },
    /// A frozen account goes on.
    #[n(22)]
    AccountUnfrozen {
        #[n(0)]
        member: Bid,
    },
    /// An account moved to a new device; the ends of the others and the new certificate have effects of their own.
    #[n(23)]
    AccountRebound {
        #[n(0)]
        member: Bid,
        #[n(1)]
        certificate: CertId,
    },
    /// A campaign's terms changed.
    #[n(24)]
    CampaignAmended {
        #[n(0)]
        campaign: CampaignId,
        #[n(1)]
        version: u32,
    },
    /// A campaign ended; `returned` left its budget and the ledger.
    #[n(25)]
    CampaignClosed {
        #[n(0)]
        campaign: CampaignId,
        #[n(1)]
        returned: Amount,
    },
    /// A payment earned cashback.
    #[n(26)]
    CashbackPaid {
        #[n(0)]
        payment: TxId,
        #[n(1)]
        campaign: CampaignId,
        #[n(2)]
        to: Bid,
        #[n(3)]
        amount: Amount,
    },
    /// A refund took cashback back; `withheld` of it came out of the refunded coin, because the rest was spent.
    #[n(27)]
    CashbackTakenBack {
        #[n(0)]
        payment: TxId,
        #[n(1)]
        campaign: CampaignId,
        #[n(2)]
        from: Bid,
        #[n(3)]
        amount: Amount,
        #[n(4)]
        withheld: Amount,
    },
    /// A one-time authorisation was used up.
    #[n(28)]
    MandateUsed {
        #[n(0)]
        mandate: Hash32,
        #[n(1)]
        payment: TxId,
    },
    /// A remainder went into escrow on its way back to the bank account.
    #[n(29)]
    CashOutOpened {
        #[n(0)]
        payout: PayoutId,
        #[n(1)]
        owner: Bid,
        #[n(2)]
        deposit: DepositRef,
        #[n(3)]
        won: Amount,
        #[n(4)]
        subsidy: Amount,
    },
    /// The bank has paid the remainder.
    #[n(30)]
    CashOutConfirmed {
        #[n(0)]
        payout: PayoutId,
        #[n(1)]
        owner: Bid,
        #[n(2)]
        won: Amount,
    },
    /// The bank has refused; everything is back where it was.
    #[n(31)]
    CashOutRejected {
        #[n(0)]
        payout: PayoutId,
        #[n(1)]
        owner: Bid,
        #[n(2)]
        won: Amount,
        #[n(3)]
        reason: Code,
    },
    /// Subsidy came back into a campaign's budget out of coin; `minted` of it newly, against charged coin burned.
    #[n(32)]
    SubsidyReturned {
        #[n(0)]
        campaign: CampaignId,
        #[n(1)]
        amount: Amount,
        #[n(2)]
        minted: Amount,
    },
    /// A contract version was entered.
    #[n(33)]
    ScoreRegistered {
        #[n(0)]
        name: Code,
        #[n(1)]
        version: u32,
        #[n(2)]
        code_hash: Hash32,
    },
    /// A contract version will apply from a height on.
    #[n(34)]
    ScoreScheduled {
        #[n(0)]
        name: Code,
        #[n(1)]
        version: u32,
        #[n(2)]
        at_height: u64,
    },
    /// Other validators will order blocks from an epoch on.
    #[n(35)]
    ValidatorsChanged {
        #[n(0)]
        from_epoch: u64,
        #[n(1)]
        validators: u32,
    },
}
