//! Why a file is not a pain.001 that the bank can read.

use thiserror::Error;

/// The first fault that was found.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum Fault {
    #[error("the file is longer than 20 MiB")]
    TooLarge,
    #[error("the file is not UTF-8")]
    NotUtf8,
    #[error("the XML is not well-formed: {0}")]
    Xml(String),
    #[error("a document type or an entity of its own is not allowed")]
    Doctype,
    #[error("element {0} is not of pain.001.001.09")]
    Namespace(String),
    #[error("elements are nested too deeply")]
    TooDeep,
    #[error("{0} holds text between its elements")]
    Mixed(String),
    #[error("{0} occurs more than once")]
    Repeated(String),
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{0} is not valid")]
    Invalid(&'static str),
    #[error("there are more than 50,000 transfers")]
    TooManyTransfers,
}
