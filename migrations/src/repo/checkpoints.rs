//! How far each follower of the ledger has come. Write it in the same transaction as what the block changed.

use diesel::prelude::*;

use crate::{connection::DbConnection, error::DbError, schema::checkpoints};

/// The last block that a follower has applied.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Checkpoint {
    /// Its height.
    pub height: i64,
    /// Its digest, lowercase hex.
    pub digest: String,
}

/// Where the follower `name` stands; `None` before its first block.
pub fn get(connection: &mut DbConnection, name: &str) -> Result<Option<Checkpoint>, DbError> {
    let row = checkpoints::table
        .find(name)
        .select((checkpoints::height, checkpoints::digest))
        .first(connection)
        .optional()?;
    Ok(row)
}

/// Moves the follower `name` to `height`, whose block has `digest`.
pub fn set(connection: &mut DbConnection, name: &str, height: i64, digest: &str) -> Result<(), DbError> {
    let changed = diesel::update(checkpoints::table.find(name))
        .set((checkpoints::height.eq(height), checkpoints::digest.eq(digest)))
        .execute(connection)?;
    if changed == 0 {
        diesel::insert_into(checkpoints::table)
            .values((
                checkpoints::name.eq(name),
                checkpoints::height.eq(height),
                checkpoints::digest.eq(digest),
            ))
            .execute(connection)?;
    }
    Ok(())
}
