//! Answers to requests that must not be done twice (draft-ietf-httpapi-idempotency-key-header-08). The answer is stored in the
//! transaction of the effect itself: there is never an effect without its answer, nor one that is still under way.

use diesel::prelude::*;

use super::is_storable;
use crate::{
    connection::DbConnection,
    error::{DbError, unless_taken},
    schema::idempotency_keys as t,
};

/// A key means the same request for a day.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;
/// Longest key, characters: a UUID has 36.
pub const KEY_MAX: usize = 64;

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Once {
    /// Done now, or done before with this answer.
    Answer(String),
    /// The key was used for another request.
    OtherRequest,
}

/// Does `effect` unless `key` has been used in `scope`; answers what it answered then. Run it in a transaction: an error of
/// the effect must undo the key as well. `request` is a digest of what was asked.
pub fn once<E: From<DbError>>(
    connection: &mut DbConnection,
    (scope, key): (&str, &str),
    request: &str,
    now: i64,
    effect: impl FnOnce(&mut DbConnection) -> Result<String, E>,
) -> Result<Once, E> {
    if !is_storable(key) {
        return Err(DbError::Corrupt("idempotency key").into());
    }
    if !take(connection, scope, key, request, now)? {
        return Ok(before(connection, scope, key, request)?);
    }
    let answer = effect(connection)?;
    let row = t::table.find((scope, key));
    diesel::update(row).set(t::answer.eq(&answer)).execute(connection).map_err(DbError::from)?;
    Ok(Once::Answer(answer))
}

/// True if the key is ours now. A second request with the same key waits here until the first one has ended.
fn take(
    connection: &mut DbConnection,
    scope: &str,
    key: &str,
    request: &str,
    now: i64,
) -> Result<bool, DbError> {
    // Those that are over go away whenever a new one comes: the table stays as small as its use.
    let old = t::table.filter(t::created_at.le(now.saturating_sub(KEPT_MS)));
    diesel::delete(old).execute(connection)?;
    let row =
        (t::scope.eq(scope), t::key.eq(key), t::request.eq(request), t::answer.eq(""), t::created_at.eq(now));
    let fresh = connection.transaction(|c| diesel::insert_into(t::table).values(row).execute(c));
    Ok(unless_taken(fresh)?)
}

fn before(connection: &mut DbConnection, scope: &str, key: &str, request: &str) -> Result<Once, DbError> {
    let row = t::table.find((scope, key)).select((t::request, t::answer));
    let (asked, answer): (String, String) = row.first(connection)?;
    Ok(if asked == request { Once::Answer(answer) } else { Once::OtherRequest })
}
