//! One connection type over both databases, the pool's way of making it, and transactions.
#![allow(missing_docs, reason = "the derive makes public items without docs")]

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::{
    Connection as _, ConnectionError, PgConnection, SqliteConnection, result::Error as DieselError,
};

use crate::error::DbError;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum DbConnection {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// Which database a URL names. SQLite would take any text for a file name, so the scheme decides.
#[derive(Clone, Debug)]
pub enum Target {
    Postgres(String),
    Sqlite(String),
}

impl Target {
    pub fn parse(url: &str) -> Result<Self, DbError> {
        if let Some(path) = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
            Ok(Self::Sqlite(path.to_owned()))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Postgres(url.to_owned()))
        } else {
            // Nothing behind the scheme is repeated: it may hold a password.
            Err(DbError::Url(url.split("://").next().unwrap_or_default().to_owned()))
        }
    }

    fn open(&self) -> Result<DbConnection, ConnectionError> {
        match self {
            Self::Postgres(url) => PgConnection::establish(url).map(DbConnection::Postgres),
            Self::Sqlite(path) => {
                let mut connection = SqliteConnection::establish(path)?;
                connection
                    .batch_execute(SQLITE_SETTINGS)
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(DbConnection::Sqlite(connection))
            }
        }
    }
}

/// Waiting first, so that the switch to WAL itself may wait for a colleague. FULL: an answer given is on the disk.
/// Ten seconds: longer than any write of ours, shorter than a client's patience.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; \
     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

/// The pool's factory.
#[derive(Debug)]
pub struct Manager {
    target: Target,
}

impl Manager {
    pub const fn new(target: Target) -> Self {
        Self { target }
    }
}

impl ManageConnection for Manager {
    type Connection = DbConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<DbConnection, Self::Error> {
        self.target.open().map_err(diesel::r2d2::Error::ConnectionError)
    }
    fn is_valid(&self, connection: &mut DbConnection) -> Result<(), Self::Error> {
        connection.ping().map_err(diesel::r2d2::Error::QueryError)
    }
    fn has_broken(&self, connection: &mut DbConnection) -> bool {
        std::thread::panicking() || connection.is_broken()
    }
}

/// Runs `job` in one transaction: all of it, or on an error nothing. SQLite takes the write lock at once
/// (a transaction that reads first and writes later could otherwise fail half-way).
pub fn in_transaction<T, E, F>(connection: &mut DbConnection, job: F) -> Result<T, E>
where
    E: From<DieselError>,
    F: FnOnce(&mut DbConnection) -> Result<T, E>,
{
    match connection {
        DbConnection::Postgres(inner) => AnsiTransactionManager::begin_transaction(inner)?,
        DbConnection::Sqlite(inner) => {
            AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE")?
        }
    }
    match job(connection) {
        Ok(value) => {
            match connection {
                DbConnection::Postgres(inner) => AnsiTransactionManager::commit_transaction(inner)?,
                DbConnection::Sqlite(inner) => AnsiTransactionManager::commit_transaction(inner)?,
            }
            Ok(value)
        }
        Err(error) => {
            match connection {
                DbConnection::Postgres(inner) => AnsiTransactionManager::rollback_transaction(inner)?,
                DbConnection::Sqlite(inner) => AnsiTransactionManager::rollback_transaction(inner)?,
            }
            Err(error)
        }
    }
}
