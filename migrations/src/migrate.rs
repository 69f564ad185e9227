//! Brings the tables to the newest version. Several processes may start at once: one migrates, the others wait.

use diesel::{Connection as _, RunQueryDsl, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{connection::DbConnection, error::DbError};

const SQLITE: EmbeddedMigrations = embed_migrations!("sql/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("sql/postgres");

/// Any number that nobody else locks; held until the migration's transaction ends.
const LOCK: &str = "SELECT pg_advisory_xact_lock(4479)";

pub fn run(connection: &mut DbConnection) -> Result<(), DbError> {
    match connection {
        DbConnection::Postgres(inner) => inner.transaction(|inner| {
            sql_query(LOCK).execute(inner)?;
            apply(inner, POSTGRES)
        }),
        DbConnection::Sqlite(inner) => inner.exclusive_transaction(|inner| apply(inner, SQLITE)),
    }
}

fn apply<DB: diesel::backend::Backend>(
    harness: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> Result<(), DbError>
where
    EmbeddedMigrations: diesel::migration::MigrationSource<DB>,
{
    let done =
        harness.run_pending_migrations(migrations).map_err(|error| DbError::Migration(error.to_string()))?;
    for version in done {
        tracing::info!(%version, "database migrated");
    }
    Ok(())
}
