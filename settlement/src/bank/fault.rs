//! Why a bank's file was not applied: a closed list. Whatever the fault, nothing of the file has had an effect.

use thiserror::Error;

/// The first fault that was found.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BankFileError {
    /// Longer, deeper or fuller than a bank file can be.
    #[error("the file is larger than a bank file can be")]
    TooLarge,
    /// Not UTF-8.
    #[error("the file is not UTF-8")]
    NotUtf8,
    /// Not well-formed.
    #[error("the XML is not well-formed: {0}")]
    Xml(String),
    /// Ends before its root element does: cut off, or still being written.
    #[error("the XML is not well-formed: the document ends too early")]
    EndsEarly,
    /// Brings its own document type or entities.
    #[error("a document type or an entity of its own is not allowed")]
    Doctype,
    /// Not one of the messages that are read.
    #[error("the message `{0}` is not one that is read here")]
    UnknownMessage(String),
    /// A needed element is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// An element's text is not of its form.
    #[error("{field} is not valid: `{text}`")]
    Invalid {
        /// Which element.
        field: &'static str,
        /// What it says.
        text: String,
    },
    /// Notifies of bookings on an account that is not the collection account.
    #[error("the notification is not about the collection account but about `{0}`")]
    OtherAccount(String),
    /// Answers a payment message that we have not sent.
    #[error("the answered message `{0}` is not ours")]
    UnknownBatch(String),
    /// Names a transfer that we have not ordered.
    #[error("the transfer `{0}` is not ours")]
    UnknownPayout(String),
    /// Booked another amount than was ordered.
    #[error("the transfer `{payout}` was ordered over {ordered} won and booked over {booked} won")]
    AmountMismatch {
        /// Which transfer.
        payout: String,
        /// Ordered, won.
        ordered: u64,
        /// Booked, won.
        booked: u64,
    },
    /// Says that money has moved and that it has not.
    #[error("the bank has both refused and booked the transfer `{0}`")]
    Contradiction(String),
    /// A deposit's reference was used before for another deposit.
    #[error("the deposit reference `{0}` was used before for another deposit")]
    DepositConflict(String),
}

impl BankFileError {
    /// An element whose text is not of its form.
    pub fn invalid(field: &'static str, text: &str) -> Self {
        Self::Invalid { field, text: super::shown::shown(text) }
    }

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "TOO_LARGE",
            Self::NotUtf8 => "NOT_UTF8",
            Self::Xml(_) | Self::EndsEarly => "XML",
            Self::Doctype => "DOCTYPE",
            Self::UnknownMessage(_) => "UNKNOWN_MESSAGE",
            Self::Missing(_) => "MISSING",
            Self::Invalid { .. } => "INVALID",
            Self::OtherAccount(_) => "OTHER_ACCOUNT",
            Self::UnknownBatch(_) => "UNKNOWN_BATCH",
            Self::UnknownPayout(_) => "UNKNOWN_PAYOUT",
            Self::AmountMismatch { .. } => "AMOUNT_MISMATCH",
            Self::Contradiction(_) => "CONTRADICTION",
            Self::DepositConflict(_) => "DEPOSIT_CONFLICT",
        }
    }
}
