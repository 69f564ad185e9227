//! One-time codes by mail: six digits, five tries, ten minutes, few per subject.
//!
//! Only a salted hash is stored. A decoy row answers exactly as a real one but no code opens it, so that an
//! outsider cannot learn who is known.

use diesel::prelude::*;
use subtle::ConstantTimeEq;

use super::{hash_hex, is_storable, random_hex};
use crate::{connection::DbConnection, error::DbError, schema::one_time_codes as t};

/// A code lives this long, ms.
pub const LIFE_MS: i64 = 10 * 60 * 1000;
/// Wrong codes after which it is void: five guesses in a million.
pub const TRIES: i32 = 5;
/// Codes per purpose and subject within [`RATE_WINDOW_MS`]: a person who mistypes, not one who guesses.
pub const RATE: i64 = 5;
/// The window of [`RATE`], ms.
pub const RATE_WINDOW_MS: i64 = 60 * 60 * 1000;

/// A new code. `code` goes into the mail and nowhere else.
#[derive(Debug)]
pub struct Issued {
    /// Names the attempt; given back with the code.
    pub id: String,
    /// Six digits; `None` for a decoy.
    pub code: Option<String>,
}

/// Why no code was issued or a code did not open.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// Too many codes were asked for.
    #[error("too many codes were asked for; try again in {retry_after_s} seconds")]
    RateLimited {
        /// Seconds until the next one.
        retry_after_s: i64,
    },
    /// Not the code.
    #[error("this is not the code; {tries_left} tries are left")]
    Wrong {
        /// Tries that remain.
        tries_left: i32,
    },
    /// Unknown, used, too old, or too often wrong.
    #[error("the code has expired; ask for a new one")]
    Expired,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for CodeError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl CodeError {
    /// A stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "TOO_MANY_CODES",
            Self::Wrong { .. } => "CODE_WRONG",
            Self::Expired => "CODE_EXPIRED",
            Self::Db(error) => error.code(),
        }
    }
}

/// Makes a code for `subject` (an e-mail address, a BID). Run it in a transaction with the mail that carries it.
pub fn issue(
    connection: &mut DbConnection,
    purpose: &str,
    subject: &str,
    now: i64,
) -> Result<Issued, CodeError> {
    let code = format!("{:06}", rand::random_range(0..1_000_000u32));
    let id = insert(connection, purpose, subject, Some(&code), now)?;
    Ok(Issued { id, code: Some(code) })
}

/// Makes a row that no code opens, with the same limits and the same answers.
pub fn issue_decoy(
    connection: &mut DbConnection,
    purpose: &str,
    subject: &str,
    now: i64,
) -> Result<Issued, CodeError> {
    let id = insert(connection, purpose, subject, None, now)?;
    Ok(Issued { id, code: None })
}

fn insert(
    connection: &mut DbConnection,
    purpose: &str,
    subject: &str,
    code: Option<&str>,
    now: i64,
) -> Result<String, CodeError> {
    // Rows that neither open nor count any more go away whenever a new one comes: the table stays as small as its use.
    let old = t::table.filter(t::created_at.le(now.saturating_sub(RATE_WINDOW_MS)));
    diesel::delete(old).execute(connection)?;
    let recent = t::table
        .filter(t::purpose.eq(purpose))
        .filter(t::subject.eq(subject))
        .filter(t::created_at.gt(now.saturating_sub(RATE_WINDOW_MS)));
    if recent.count().get_result::<i64>(connection)? >= RATE {
        let oldest: i64 = recent
            .select(t::created_at)
            .order(t::created_at.asc())
            .first(connection)
            .optional()?
            .unwrap_or(now);
        let wait = oldest.saturating_add(RATE_WINDOW_MS).saturating_sub(now);
        return Err(CodeError::RateLimited { retry_after_s: wait.max(1000) / 1000 });
    }
    let id = random_hex::<16>();
    let secret = code.map_or_else(random_hex::<32>, str::to_owned);
    diesel::insert_into(t::table)
        .values((
            t::id.eq(&id),
            t::purpose.eq(purpose),
            t::subject.eq(subject),
            t::code_hash.eq(hash_hex(&[&id, &secret])),
            t::tries.eq(0),
            t::used.eq(false),
            t::created_at.eq(now),
            t::expires_at.eq(now.saturating_add(LIFE_MS)),
        ))
        .execute(connection)?;
    Ok(id)
}

/// Opens a code once; answers its subject. A try is counted before the comparison. Commit the transaction
/// also on `Wrong` (do not run it inside one that an error rolls back), or tries are not counted.
pub fn check(
    connection: &mut DbConnection,
    purpose: &str,
    id: &str,
    code: &str,
    now: i64,
) -> Result<String, CodeError> {
    if !is_storable(id) {
        return Err(CodeError::Expired);
    }
    let live = t::table
        .filter(t::id.eq(id))
        .filter(t::purpose.eq(purpose))
        .filter(t::used.eq(false))
        .filter(t::tries.lt(TRIES))
        .filter(t::expires_at.gt(now));
    if diesel::update(live).set(t::tries.eq(t::tries + 1)).execute(connection)? == 0 {
        return Err(CodeError::Expired);
    }
    let (subject, hash, tries): (String, String, i32) =
        t::table.find(id).select((t::subject, t::code_hash, t::tries)).first(connection)?;
    let given = hash_hex(&[id, code]);
    if !bool::from(given.as_bytes().ct_eq(hash.as_bytes())) {
        let tries_left = TRIES.saturating_sub(tries);
        return Err(if tries_left <= 0 { CodeError::Expired } else { CodeError::Wrong { tries_left } });
    }
    let unused = t::table.filter(t::id.eq(id)).filter(t::used.eq(false));
    match diesel::update(unused).set(t::used.eq(true)).execute(connection)? {
        0 => Err(CodeError::Expired),
        _ => Ok(subject),
    }
}
