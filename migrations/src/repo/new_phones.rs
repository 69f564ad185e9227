//! New phones at a counter: a phone has made its key and chosen its PIN, shows a number, and waits until an officer has said
//! whose it is and two officers have moved the account to it.

use diesel::prelude::*;

use super::{hash_hex, is_storable, random_hex};
use crate::{
    connection::DbConnection,
    error::{DbError, unless_taken},
    schema::new_phones as t,
};

/// A phone that no officer has named waits this long, ms: the queue at the counter.
pub const LIFE_MS: i64 = 30 * 60 * 1000;
/// One that an officer has named, ms: from then on.
pub const NAMED_MS: i64 = 60 * 60 * 1000;
/// One that an officer has proposed for its person, ms: the second officer decides within a day.
pub const PROPOSED_MS: i64 = 24 * 60 * 60 * 1000;
/// Numbers tried for one phone.
const TRIES: usize = 3;
/// Phones that wait at once: bounds what strangers can store here.
const MOST: i64 = 1000;

/// What a phone brings.
#[derive(Clone, Debug)]
pub struct Brought {
    /// The certificate that its key will have, hex.
    pub certificate: String,
    /// Its key, hex.
    pub public_key: String,
    /// What its owner calls it.
    pub device_name: String,
    /// As in [`crate::devices::Device`].
    pub pin_verifier: String,
    /// As in [`crate::devices::Device`].
    pub pin_share: String,
}

/// A phone that waits.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct NewPhone {
    /// Hash of the phone's token.
    pub token_hash: String,
    /// What it shows: eight digits.
    pub number: String,
    /// The certificate that its key will have, hex.
    pub certificate: String,
    /// Its key, hex.
    pub public_key: String,
    /// What its owner calls it.
    pub device_name: String,
    /// As in [`crate::devices::Device`].
    pub pin_verifier: String,
    /// As in [`crate::devices::Device`].
    pub pin_share: String,
    /// Whose an officer says it is, hex.
    pub bid: Option<String>,
    /// Its key's signature for that person, hex.
    pub possession: Option<String>,
    /// Since when it waits, ms.
    pub created_at: i64,
    /// Until when, ms.
    pub expires_at: i64,
}

/// True if no more phones can wait.
pub fn is_full(connection: &mut DbConnection, now: i64) -> Result<bool, DbError> {
    Ok(t::table.filter(t::expires_at.gt(now)).count().get_result::<i64>(connection)? >= MOST)
}

/// A phone begins to wait; answers its token (64 hex digits, not stored) and its number. `None`: its key waits already, or
/// too many do. Nobody takes the place of a phone that waits: the key alone is no secret.
pub fn begin(
    connection: &mut DbConnection,
    brought: &Brought,
    now: i64,
) -> Result<Option<(String, String)>, DbError> {
    diesel::delete(t::table.filter(t::expires_at.le(now))).execute(connection)?;
    if is_full(connection, now)? || by_certificate(connection, &brought.certificate)?.is_some() {
        return Ok(None);
    }
    let token = random_hex::<32>();
    for _ in 0..TRIES {
        let number = format!("{:08}", rand::random_range(0..100_000_000u32));
        let row = (
            t::token_hash.eq(hash_hex(&["new-phone", &token])),
            t::number.eq(&number),
            t::certificate.eq(&brought.certificate),
            t::public_key.eq(&brought.public_key),
            t::device_name.eq(&brought.device_name),
            t::pin_verifier.eq(&brought.pin_verifier),
            t::pin_share.eq(&brought.pin_share),
            t::created_at.eq(now),
            t::expires_at.eq(now.saturating_add(LIFE_MS)),
        );
        let fresh = connection.transaction(|c| diesel::insert_into(t::table).values(row).execute(c));
        if unless_taken(fresh)? {
            return Ok(Some((token, number)));
        }
    }
    Ok(None)
}

/// The phone of a token, also when its time is over: the ledger may have moved the account in its last minute.
pub fn by_token(connection: &mut DbConnection, token: &str) -> Result<Option<NewPhone>, DbError> {
    Ok(t::table.find(hash_hex(&["new-phone", token])).first(connection).optional()?)
}

/// The phone that shows a number, while it waits.
pub fn by_number(connection: &mut DbConnection, number: &str, now: i64) -> Result<Option<NewPhone>, DbError> {
    if !is_storable(number) {
        return Ok(None);
    }
    Ok(t::table.filter(t::number.eq(number)).filter(t::expires_at.gt(now)).first(connection).optional()?)
}

/// The phone whose key has this certificate, also when its time is over: the ledger has the last word.
pub fn by_certificate(connection: &mut DbConnection, certificate: &str) -> Result<Option<NewPhone>, DbError> {
    Ok(t::table.filter(t::certificate.eq(certificate)).first(connection).optional()?)
}

/// An officer says whose the phone is; a signature for somebody else is forgotten.
pub fn assign(connection: &mut DbConnection, number: &str, bid: &str, now: i64) -> Result<(), DbError> {
    let other = t::table.filter(t::number.eq(number)).filter(t::bid.is_null().or(t::bid.ne(bid)));
    let none: Option<String> = None;
    diesel::update(other).set((t::bid.eq(bid), t::possession.eq(none))).execute(connection)?;
    extend_number(connection, number, now.saturating_add(NAMED_MS))
}

/// An officer has proposed the phone for its person.
pub fn proposed(connection: &mut DbConnection, certificate: &str, now: i64) -> Result<(), DbError> {
    match by_certificate(connection, certificate)? {
        Some(phone) => extend_number(connection, &phone.number, now.saturating_add(PROPOSED_MS)),
        None => Ok(()),
    }
}

/// The phone has signed for the person; false if another has been named meanwhile.
pub fn sign(
    connection: &mut DbConnection,
    token: &str,
    bid: &str,
    possession: &str,
) -> Result<bool, DbError> {
    let row = t::table.find(hash_hex(&["new-phone", token])).filter(t::bid.eq(bid));
    Ok(diesel::update(row).set(t::possession.eq(possession)).execute(connection)? > 0)
}

/// It waits at least until then.
fn extend_number(connection: &mut DbConnection, number: &str, until: i64) -> Result<(), DbError> {
    let row = t::table.filter(t::number.eq(number)).filter(t::expires_at.lt(until));
    diesel::update(row).set(t::expires_at.eq(until)).execute(connection)?;
    Ok(())
}

/// The phone has become a device: what protects its PIN is kept there alone from now on. The row stays until its time is
/// over, so that the phone can still ask how it stands.
pub fn end(connection: &mut DbConnection, certificate: &str) -> Result<(), DbError> {
    let row = t::table.filter(t::certificate.eq(certificate));
    diesel::update(row).set((t::pin_verifier.eq(""), t::pin_share.eq(""))).execute(connection)?;
    Ok(())
}
