//! What goes first under load, and what the rest keeps.

use dure_score::{Call, VerifiedTx};

/// How urgent a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Somebody stands at a counter: payments, refunds, transfers.
    Payment,
    /// The channel's own order and people's safety: governance, settlement, validators, freezing, revoking. Few, never starved.
    Control,
    /// Everything else, which can wait for a moment: charges, grants, registrations, campaigns.
    Bulk,
}

impl Lane {
    /// Every lane.
    pub const ALL: [Self; 3] = [Self::Payment, Self::Control, Self::Bulk];

    /// The lane of a transaction.
    pub const fn of(tx: &VerifiedTx) -> Self {
        match tx.signed().transaction().call {
            Call::TokenPay(_) | Call::TokenPayMandate(_) | Call::TokenRefund(_) | Call::TokenTransfer(_) => {
                Self::Payment
            }
            Call::SettlementOpen(_)
            | Call::SettlementRedeem(_)
            | Call::SettlementConfirm(_)
            | Call::SettlementReject(_)
            | Call::SettlementClose(_)
            | Call::GovernancePropose(_)
            | Call::GovernanceApprove(_)
            | Call::ValidatorsUpdate(_)
            | Call::ScoreRegister(_)
            | Call::ScoreActivate(_)
            | Call::CertificateRevoke(_)
            | Call::AccountFreeze(_)
            | Call::AccountUnfreeze(_)
            | Call::AccountRebind(_) => Self::Control,
            Call::MemberRegister(_)
            | Call::CertificateIssue(_)
            | Call::CertificateRenew(_)
            | Call::CampaignOpen(_)
            | Call::CampaignAmend(_)
            | Call::CampaignClose(_)
            | Call::TokenIssue(_)
            | Call::TokenCharge(_)
            | Call::TokenGrant(_)
            | Call::TokenExpire(_)
            | Call::TokenCashOut(_) => Self::Bulk,
        }
    }

    /// What the other lanes leave free for this one in a pool that holds `whole`.
    pub const fn reserve(self, whole: Load) -> Load {
        match self {
            Self::Payment => whole.part(2),
            Self::Control | Self::Bulk => whole.part(10),
        }
    }
}

/// A number of transactions and their wire bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Transactions.
    pub count: usize,
    /// Wire bytes.
    pub bytes: usize,
}

impl Load {
    /// One of so many equal parts of it.
    pub const fn part(self, parts: usize) -> Self {
        Self { count: divided(self.count, parts), bytes: divided(self.bytes, parts) }
    }

    /// With one more transaction.
    pub const fn with(self, bytes: usize) -> Self {
        Self { count: self.count.saturating_add(1), bytes: self.bytes.saturating_add(bytes) }
    }

    /// With one less.
    pub const fn without(self, bytes: usize) -> Self {
        Self { count: self.count.saturating_sub(1), bytes: self.bytes.saturating_sub(bytes) }
    }

    /// Both together.
    pub const fn plus(self, other: Self) -> Self {
        Self { count: self.count.saturating_add(other.count), bytes: self.bytes.saturating_add(other.bytes) }
    }

    /// What is left of `self` beside `other`.
    pub const fn minus(self, other: Self) -> Self {
        Self { count: self.count.saturating_sub(other.count), bytes: self.bytes.saturating_sub(other.bytes) }
    }

    /// The larger of each.
    pub fn max(self, other: Self) -> Self {
        Self { count: self.count.max(other.count), bytes: self.bytes.max(other.bytes) }
    }

    /// Whether neither is more than in `limit`.
    pub const fn fits(self, limit: Self) -> bool {
        self.count <= limit.count && self.bytes <= limit.bytes
    }
}

const fn divided(number: usize, parts: usize) -> usize {
    match number.checked_div(parts) {
        Some(part) => part,
        None => 0,
    }
}

/// One of something for each lane.
#[derive(Clone, Debug, Default)]
pub struct PerLane<T> {
    payment: T,
    control: T,
    bulk: T,
}

impl<T> PerLane<T> {
    /// The one of `lane`.
    pub const fn of(&self, lane: Lane) -> &T {
        match lane {
            Lane::Payment => &self.payment,
            Lane::Control => &self.control,
            Lane::Bulk => &self.bulk,
        }
    }

    /// The one of `lane`, to be changed.
    pub const fn of_mut(&mut self, lane: Lane) -> &mut T {
        match lane {
            Lane::Payment => &mut self.payment,
            Lane::Control => &mut self.control,
            Lane::Bulk => &mut self.bulk,
        }
    }

    /// One for each.
    pub fn each(mut make: impl FnMut(Lane) -> T) -> Self {
        Self { payment: make(Lane::Payment), control: make(Lane::Control), bulk: make(Lane::Bulk) }
    }
}
