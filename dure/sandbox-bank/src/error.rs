//! Everything that can go wrong, each with a stable code and a sentence for people.

use std::path::{Path, PathBuf};
use thiserror::Error;

/// A failure of the bank.
#[derive(Debug, Error)]
pub enum BankError {
    /// The settings are wrong.
    #[error("The settings are not usable: {reason}")]
    Config {
        /// What is wrong, and where.
        reason: String,
    },
    /// The operating system refused a file or a socket.
    #[error("Could not {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which path or address.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process works in the same folder.
    #[error("Another bank process already works in {}", dir.display())]
    Locked {
        /// The folder.
        dir: PathBuf,
    },
    /// The book on disk cannot be trusted.
    #[error("The book {} is not usable: {reason}", path.display())]
    Book {
        /// The book's file.
        path: PathBuf,
        /// What does not hold.
        reason: String,
    },
    /// The book has reached one of its bounds.
    #[error("The book is full: {what}")]
    BookFull {
        /// Which bound.
        what: &'static str,
    },
    /// A sum left the range of 64 bits.
    #[error("The amount does not fit into the book")]
    Overflow,
    /// A message or page could not be written out.
    #[error("A document could not be written out: {0}")]
    Render(#[from] askama::Error),
    /// A person's or script's input breaks a rule.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The work was dropped because the process is stopping.
    #[error("The bank is stopping")]
    Stopping,
}

/// Input that breaks a rule; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InputError {
    /// The payer's name is empty, too long, or not printable.
    #[error("The payer's name must have 1 to 140 printable characters.")]
    Payer,
    /// The amount is not a whole number of won within the bounds.
    #[error("The amount must be a whole number of won from 1 to 1,000,000,000.")]
    Amount,
    /// The reference code is empty, too long, or not printable.
    #[error("The reference code must have 1 to 140 printable characters.")]
    Reference,
    /// The account number is not one.
    #[error("The account number must have 1 to 34 letters, digits, hyphens or spaces.")]
    Account,
    /// The reason is none of those on offer.
    #[error("The reason must be AC01, AC04, AC06 or AG01.")]
    Reason,
    /// A switch was turned on without a reason.
    #[error("A switch that is turned on needs a reason.")]
    ReasonMissing,
}

impl BankError {
    /// The stable name of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Config { .. } => "config_invalid",
            Self::Io { .. } => "io",
            Self::Locked { .. } => "folder_locked",
            Self::Book { .. } => "book_invalid",
            Self::BookFull { .. } => "book_full",
            Self::Overflow => "amount_overflow",
            Self::Render(_) => "render",
            Self::Input(error) => error.code(),
            Self::Stopping => "stopping",
        }
    }

    /// Says what was tried on which path when the system refused.
    pub(crate) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }
}

impl InputError {
    /// The stable name of this refusal.
    pub fn code(self) -> &'static str {
        match self {
            Self::Payer => "payer_invalid",
            Self::Amount => "amount_invalid",
            Self::Reference => "reference_invalid",
            Self::Account => "account_invalid",
            Self::Reason => "reason_invalid",
            Self::ReasonMissing => "reason_missing",
        }
    }
}
