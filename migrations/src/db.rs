//! The pool, and the way from async code to a connection and back.

use std::{path::Path, time::Duration};

use diesel::r2d2::Pool;

use crate::{
    connection::{DbConnection, Manager, Target, in_transaction},
    error::DbError,
    migrate,
};

/// Connections of one process. Services wait on the ledger far more than on SQL; SQLite writes one at a time anyway.
const POOL_SIZE: u32 = 8;
/// How long a piece of work waits for a connection.
const POOL_WAIT: Duration = Duration::from_secs(10);

/// A pool of connections. Clones share it.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Manager>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Db")
    }
}

impl Db {
    /// Opens `sqlite://path` (made if missing, with its folder) or `postgres://…` and brings it to the newest
    /// migration. Blocks the thread; call it at start. Fails on another scheme, no connection, or a failed migration.
    pub fn connect(url: &str) -> Result<Self, DbError> {
        let target = Target::parse(url)?;
        if let Target::Sqlite(path) = &target
            && let Some(folder) = Path::new(path).parent()
        {
            std::fs::create_dir_all(folder).map_err(|error| DbError::Pool(error.to_string()))?;
        }
        let pool = Pool::builder()
            .max_size(POOL_SIZE)
            .min_idle(Some(1))
            .connection_timeout(POOL_WAIT)
            .build(Manager::new(target))
            .map_err(|error| DbError::Pool(error.to_string()))?;
        let db = Self { pool };
        db.on_connection(migrate::run)?;
        Ok(db)
    }

    /// Runs `job` on a connection, off the async threads. Each statement stands alone; see [`Db::transaction`].
    pub async fn run<T, E, F>(&self, job: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut DbConnection) -> Result<T, E> + Send + 'static,
    {
        let db = self.clone();
        match tokio::task::spawn_blocking(move || db.on_connection(job)).await {
            Ok(result) => result,
            Err(_) => Err(DbError::Interrupted.into()),
        }
    }

    /// Runs `job` in one transaction, off the async threads: all of it, or on an error nothing.
    pub async fn transaction<T, E, F>(&self, job: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut DbConnection) -> Result<T, E> + Send + 'static,
    {
        self.run(move |connection| {
            in_transaction(connection, |connection| job(connection).map_err(Carried::Job))
                .map_err(Carried::into)
        })
        .await
    }

    fn on_connection<T, E: From<DbError>>(
        &self,
        job: impl FnOnce(&mut DbConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.pool.get().map_err(|error| DbError::Pool(error.to_string()))?;
        job(&mut connection)
    }
}

/// The job's own error, or the transaction's.
enum Carried<E> {
    Job(E),
    Transaction(diesel::result::Error),
}

impl<E> From<diesel::result::Error> for Carried<E> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Transaction(error)
    }
}

impl<E: From<DbError>> Carried<E> {
    fn into(self) -> E {
        match self {
            Self::Job(error) => error,
            Self::Transaction(error) => DbError::Query(error).into(),
        }
    }
}
