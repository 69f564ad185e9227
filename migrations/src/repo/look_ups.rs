//! Who has looked a person up, and why. Written with the look-up itself, shown to the person, never changed.

use diesel::prelude::*;

use super::random_hex;
use crate::{connection::DbConnection, error::DbError, schema::look_ups as t};

/// How long one is kept, ms: a year, as long as people may ask about it.
const KEPT_MS: i64 = 366 * 24 * 60 * 60 * 1000;

/// Who asked: an officer at a counter, or somebody who wanted to send coin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An officer.
    Officer,
    /// Another citizen.
    Citizen,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Citizen => "citizen",
        }
    }
}

/// A look-up.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct LookUp {
    /// Its id.
    pub id: String,
    /// Who was looked up, hex.
    pub bid: String,
    /// `officer` or `citizen`.
    pub kind: String,
    /// The officer's certificate or the citizen's BID, hex: for an inquiry, not for the person.
    pub by_id: String,
    /// The officer's institution, or a citizen's name with its middle hidden.
    pub by_name: String,
    /// What for.
    pub reason: String,
    /// When, ms.
    pub at: i64,
}

/// Notes that `bid` was looked up by somebody, told by id and name. The same one asking for the same reason within ten minutes
/// is one look-up.
pub fn note(
    connection: &mut DbConnection,
    bid: &str,
    kind: Kind,
    (by_id, by_name): (&str, &str),
    reason: &str,
    at: i64,
) -> Result<(), DbError> {
    const ONE_MS: i64 = 10 * 60 * 1000;
    diesel::delete(t::table.filter(t::at.le(at.saturating_sub(KEPT_MS)))).execute(connection)?;
    let same = t::table
        .filter(t::bid.eq(bid))
        .filter(t::kind.eq(kind.name()))
        .filter(t::by_id.eq(by_id))
        .filter(t::reason.eq(reason))
        .filter(t::at.gt(at.saturating_sub(ONE_MS)));
    if same.count().get_result::<i64>(connection)? > 0 {
        return Ok(());
    }
    diesel::insert_into(t::table)
        .values((
            t::id.eq(random_hex::<16>()),
            t::bid.eq(bid),
            t::kind.eq(kind.name()),
            t::by_id.eq(by_id),
            t::by_name.eq(by_name),
            t::reason.eq(reason),
            t::at.eq(at),
        ))
        .execute(connection)?;
    Ok(())
}

/// The latest look-ups of a person, newest first.
pub fn of(connection: &mut DbConnection, bid: &str, limit: i64) -> Result<Vec<LookUp>, DbError> {
    Ok(t::table.filter(t::bid.eq(bid)).order(t::at.desc()).limit(limit).load(connection)?)
}
