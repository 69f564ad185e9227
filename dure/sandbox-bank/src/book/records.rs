//! The book's records, in the shape in which they are kept on disk.

use super::Reason;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The whole book. Amounts are won.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    /// Version of this layout.
    pub version: u32,
    /// Balance of the collection account.
    pub collection: u64,
    /// Payee accounts by their number without hyphens.
    pub accounts: BTreeMap<String, Account>,
    /// Deposits, oldest first.
    pub deposits: Vec<Deposit>,
    /// Payment files, oldest first.
    pub received: Vec<Received>,
    /// Accounts that payments are refused to, by their number without hyphens.
    pub rejections: BTreeMap<String, RejectionSwitch>,
    /// End-to-end ids that money has moved for; computed when the book is opened.
    #[serde(skip)]
    pub(crate) executed: BTreeSet<String>,
    /// Message ids that have been answered; computed when the book is opened.
    #[serde(skip)]
    pub(crate) answered: BTreeSet<String>,
}

/// A payee's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The number as it was first written.
    pub number: String,
    /// The holder's name as it was last written.
    pub name: String,
    /// Balance in won.
    pub balance: u64,
}

/// A refusal of payments to one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RejectionSwitch {
    /// The number as it was written.
    pub account: String,
    /// The reason that the bank gives.
    pub reason: Reason,
}

/// Money that somebody paid into the collection account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deposit {
    /// Position, from 1.
    pub seq: u64,
    /// The bank's reference, never used twice.
    pub bank_reference: String,
    /// Who paid.
    pub payer: String,
    /// Won.
    pub amount: u64,
    /// What the payer wrote for the payee.
    pub reference: String,
    /// When, in Korean time.
    pub booked_at: String,
    /// Whether its notification is in the outbox.
    pub notified: bool,
}

/// A file taken from the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Received {
    /// Position, from 1.
    pub seq: u64,
    /// Name of the file.
    pub file: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub digest: String,
    /// When, in Korean time.
    pub received_at: String,
    /// Stem of the ids of the bank's answers, never used twice.
    pub answer_stem: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether every answer is written and the file is put away.
    pub finished: bool,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case", tag = "kind")]
pub enum Outcome {
    /// The message was judged; money moved for what was accepted.
    Answered {
        /// Which message.
        message: MessageReference,
        /// The judgement.
        answer: Answer,
    },
    /// The message id had been answered before; nothing moved.
    Duplicate {
        /// Which message.
        message: MessageReference,
        /// How many repetitions there have been, this one included.
        nth: u64,
    },
    /// Not even a message id could be read; nothing moved and nobody is answered.
    Unreadable {
        /// Why.
        reason: String,
    },
}

/// Which message an answer answers, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageReference {
    /// `GrpHdr/MsgId`.
    pub message_id: String,
    /// `GrpHdr/NbOfTxs`, if it is a number.
    pub count: Option<u64>,
    /// `GrpHdr/CtrlSum` in won, if it is a whole number.
    pub sum: Option<u64>,
}

/// The judgement on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// All, some, or nothing.
    pub status: GroupStatus,
    /// Why the whole message was refused, if it was.
    pub refusal: Option<Refusal>,
    /// The judgement on each `PmtInf`.
    pub batches: Vec<BatchAnswer>,
}

/// How much of a message or batch was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum GroupStatus {
    /// All of it.
    Acsp,
    /// Some of it.
    Part,
    /// None of it.
    Rjct,
}

/// The judgement on one `PmtInf`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchAnswer {
    /// `PmtInfId`.
    pub id: String,
    /// All, some, or nothing.
    pub status: GroupStatus,
    /// The judgement on each transfer, in the message's order.
    pub transactions: Vec<TransactionAnswer>,
}

/// The judgement on one transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransactionAnswer {
    /// `InstrId`, if given.
    pub instruction_id: Option<String>,
    /// `EndToEndId`.
    pub end_to_end_id: String,
    /// `UETR`, if given.
    pub uetr: Option<String>,
    /// Won, if the amount could be read.
    pub amount: Option<u64>,
    /// The payee's name.
    pub payee_name: String,
    /// The payee's account number.
    pub payee_account: String,
    /// What was written for the payee.
    pub remittance: Option<String>,
    /// The bank's reference if the money moved.
    pub bank_reference: Option<String>,
    /// Why it was refused, if it was. Exactly one of this and `bank_reference` is set.
    pub refusal: Option<Refusal>,
}

/// A refusal and what led to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The code.
    pub reason: Reason,
    /// A sentence for people, at most 105 characters.
    pub detail: String,
}

impl GroupStatus {
    /// The four-letter code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Acsp => "ACSP",
            Self::Part => "PART",
            Self::Rjct => "RJCT",
        }
    }

    /// The status of a group of which so many members were accepted and refused.
    pub(crate) fn of(accepted: usize, refused: usize) -> Self {
        match (accepted, refused) {
            (0, _) => Self::Rjct,
            (_, 0) => Self::Acsp,
            _ => Self::Part,
        }
    }
}

impl Answer {
    /// The transfers that moved money, in the message's order.
    pub fn executed(&self) -> impl Iterator<Item = (&BatchAnswer, &TransactionAnswer)> {
        self.batches
            .iter()
            .flat_map(|batch| batch.transactions.iter().map(move |transaction| (batch, transaction)))
            .filter(|(_, transaction)| transaction.bank_reference.is_some())
    }

    /// How many transfers were judged.
    pub fn transactions(&self) -> usize {
        self.batches.iter().map(|batch| batch.transactions.len()).sum()
    }
}
