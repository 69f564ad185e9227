//! What can go wrong with the database, for every service alike.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failed piece of database work.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The URL names no database that we know.
    #[error("database URL must start with sqlite:// or postgres:// (it is {0:?})")]
    Url(String),
    /// No connection could be had in time.
    #[error("no database connection: {0}")]
    Pool(String),
    /// The tables could not be brought to the newest version.
    #[error("database migration failed: {0}")]
    Migration(String),
    /// A statement failed.
    #[error("database statement failed: {0}")]
    Query(#[from] DieselError),
    /// The worker thread was lost (the process is stopping).
    #[error("database work was interrupted")]
    Interrupted,
    /// A stored value is not of its form.
    #[error("the database holds a bad {0}")]
    Corrupt(&'static str),
}

impl DbError {
    /// A stable code for logs and problem documents.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Url(_) => "DB_URL",
            Self::Pool(_) => "DB_POOL",
            Self::Migration(_) => "DB_MIGRATION",
            Self::Query(_) => "DB_QUERY",
            Self::Interrupted => "DB_INTERRUPTED",
            Self::Corrupt(_) => "DB_CORRUPT",
        }
    }
}

/// Turns an insert's result into whether the row was new: `Ok(false)` when its key was taken.
///
/// Run the insert in a nested transaction: PostgreSQL gives up the surrounding one after an error.
pub fn unless_taken<T>(result: Result<T, DieselError>) -> Result<bool, DieselError> {
    match result {
        Ok(_) => Ok(true),
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(false),
        Err(error) => Err(error),
    }
}
