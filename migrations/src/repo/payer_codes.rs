//! Payers' codes under numbers: where a till cannot scan a phone's screen, eight digits are read out and typed.
//!
//! The code is a signed authorisation that any shop may present for at most three minutes, so guessing a number would be
//! taking a stranger's money: eight digits, few tries a minute and till, and a number is given to one shop only.

use diesel::prelude::*;

use super::is_storable;
use crate::{
    connection::DbConnection,
    error::{DbError, unless_taken},
    schema::payer_codes as t,
};

/// Digits of a number.
pub const DIGITS: usize = 8;
/// Longest code, characters: base64 of some 140 bytes, with room to grow.
pub const CODE_MAX: usize = 512;
/// Numbers tried for one code: with a thousand living ones, the third is taken once in 10^15.
const TRIES: usize = 3;

/// Stores a code of `owner` and answers its number. An owner has one code at a time: the last one. `None`:
/// the numbers that were tried are taken, or the owner has just offered another.
pub fn offer(
    connection: &mut DbConnection,
    owner: &str,
    code: &str,
    now: i64,
    expires_at: i64,
) -> Result<Option<String>, DbError> {
    // Those that are over go away whenever a new one comes: the table stays as small as its use.
    let old = t::table.filter(t::expires_at.le(now).or(t::owner.eq(owner)));
    diesel::delete(old).execute(connection)?;
    for _ in 0..TRIES {
        let number = format!("{:08}", rand::random_range(0..100_000_000u32));
        let row = (t::number.eq(&number), t::owner.eq(owner), t::code.eq(code), t::expires_at.eq(expires_at));
        let fresh = connection.transaction(|c| diesel::insert_into(t::table).values(row).execute(c));
        if unless_taken(fresh)? {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// Takes the owner's code back; true if there was one.
pub fn withdraw(connection: &mut DbConnection, owner: &str) -> Result<bool, DbError> {
    Ok(diesel::delete(t::table.filter(t::owner.eq(owner))).execute(connection)? > 0)
}

/// The code under `number` for `shop`. The first shop that asks has it, and may ask again.
pub fn take(
    connection: &mut DbConnection,
    number: &str,
    shop: &str,
    now: i64,
) -> Result<Option<String>, DbError> {
    if !is_storable(number) {
        return Ok(None);
    }
    let free = t::table
        .find(number)
        .filter(t::expires_at.gt(now))
        .filter(t::taken_by.is_null().or(t::taken_by.eq(shop)));
    // One statement, so that of several shops at once one wins.
    if diesel::update(free).set(t::taken_by.eq(shop)).execute(connection)? == 0 {
        return Ok(None);
    }
    Ok(t::table.find(number).select(t::code).first(connection).optional()?)
}
