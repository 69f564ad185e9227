//! Which message a file is, and so who reads it.

use super::fault::BankFileError;
use super::message::Message;
use super::shown::shown;
use super::{camt054, pain002, xml};

impl Message {
    /// Reads a file's bytes. A notification must be about `account`.
    pub fn read(bytes: &[u8], account: &str) -> Result<Self, BankFileError> {
        let document = xml::parse(bytes)?;
        let unknown = || BankFileError::UnknownMessage(shown(&document.namespace));
        let root = (document.root.name == "Document").then_some(&document.root).ok_or_else(unknown)?;
        match document.namespace.as_str() {
            pain002::NAMESPACE => pain002::read(root).map(Self::Report),
            camt054::NAMESPACE => camt054::read(root, account).map(Self::Notification),
            _ => Err(unknown()),
        }
    }
}
