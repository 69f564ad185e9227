//! Why the service could not start or had to stop.

use dure_db::DbError;
use dure_ledger_client::KeyFileError;
use dure_web::AssetError;

/// A failed start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings are wrong.
    #[error("configuration: {0}")]
    Config(String),
    /// The database cannot be used.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The officer's key file cannot be used.
    #[error("key file: {0}")]
    Key(#[from] KeyFileError),
    /// The web assets are missing.
    #[error(transparent)]
    Assets(#[from] AssetError),
    /// The registrar's data file is wrong.
    #[error("registrar's file {0}")]
    Registrar(String),
    /// The mail transport cannot be set up.
    #[error("mail: {0}")]
    Mail(String),
    /// The officer's key has no certificate on this ledger.
    #[error(
        "the key file's certificate {0} is not on the ledger; was the ledger started with another genesis?"
    )]
    NotAnOfficer(String),
    /// The address is taken, or the system refused something.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl StartError {
    /// A stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Config(_) => "CONFIG",
            Self::Db(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Assets(error) => error.code(),
            Self::Registrar(_) => "REGISTRAR_FILE",
            Self::Mail(_) => "MAIL_TRANSPORT",
            Self::NotAnOfficer(_) => "NOT_AN_OFFICER",
            Self::Io(_) => "IO",
        }
    }
}
