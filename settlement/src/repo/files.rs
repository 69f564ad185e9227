//! Bank files already read, so that none counts twice.

use diesel::prelude::*;
use dure_db::schema::bank_files as t;
use dure_db::{DbConnection, DbError, unless_taken};

/// Notes a file by the digest of its bytes; false if it was noted before. Run it in the transaction of its effects.
pub fn note(
    connection: &mut DbConnection,
    sha256: &str,
    name: &str,
    kind: &str,
    now: i64,
) -> Result<bool, DbError> {
    let known: i64 = t::table.filter(t::sha256.eq(sha256)).count().get_result(connection)?;
    if known > 0 {
        return Ok(false);
    }
    let row = (t::sha256.eq(sha256), t::name.eq(name), t::kind.eq(kind), t::read_at.eq(now));
    let fresh = connection.transaction(|c| diesel::insert_into(t::table).values(row).execute(c));
    Ok(unless_taken(fresh)?)
}
