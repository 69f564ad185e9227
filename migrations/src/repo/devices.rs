//! Devices and the server's half of their PIN protection.
//!
//! A device's key is wrapped under a share that is kept here and given out only for a right PIN. Order of a try:
//! [`begin_try`] counts it (so that parallel guesses count too), the service verifies the proof, then
//! [`right_pin`] or, when no tries are left, [`lock`]. Locking destroys the share for good.

use diesel::prelude::*;

use super::is_storable;
use crate::{connection::DbConnection, error::DbError, schema::devices as t};

/// Wrong PINs in a row after which the share is destroyed and the certificate is revoked.
pub const PIN_TRIES: i32 = 5;

/// A device.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable, Selectable)]
#[diesel(table_name = crate::schema::devices)]
pub struct Device {
    /// Certificate id, hex.
    pub certificate: String,
    /// BID of the person or shop, hex.
    pub owner: String,
    /// `holder`, `staff` or `terminal`.
    pub role: String,
    /// Public key, hex.
    pub public_key: String,
    /// What its owner calls it.
    pub name: String,
    /// The device's tag, `$`, then the Argon2 hash (PHC string) of the PIN proof.
    pub pin_verifier: String,
    /// The share (64 hex digits); `None` once locked.
    pub pin_share: Option<String>,
    /// Wrong PINs since the last right one.
    pub wrong_pins: i32,
    /// When it was enrolled, ms.
    pub created_at: i64,
    /// When its PIN was last right, ms.
    pub last_used_at: i64,
    /// When it was revoked, ms.
    pub revoked_at: Option<i64>,
}

/// What a try at a PIN may use.
#[derive(Clone, Debug)]
pub struct Try {
    /// The device.
    pub device: Device,
    /// Its share.
    pub share: String,
    /// Tries that remain if this one is wrong.
    pub tries_left: i32,
}

/// Adds a device.
pub fn insert(connection: &mut DbConnection, device: &Device) -> Result<(), DbError> {
    diesel::insert_into(t::table).values(device).execute(connection)?;
    Ok(())
}

/// The device of a certificate.
pub fn find(connection: &mut DbConnection, certificate: &str) -> Result<Option<Device>, DbError> {
    if !is_storable(certificate) {
        return Ok(None);
    }
    Ok(t::table.find(certificate).first(connection).optional()?)
}

/// An owner's devices, newest first.
pub fn of_owner(connection: &mut DbConnection, owner: &str) -> Result<Vec<Device>, DbError> {
    Ok(t::table.filter(t::owner.eq(owner)).order(t::created_at.desc()).load(connection)?)
}

/// Gives an owner's device another name; false if it is none of theirs, or revoked.
pub fn rename(
    connection: &mut DbConnection,
    certificate: &str,
    owner: &str,
    name: &str,
) -> Result<bool, DbError> {
    if !is_storable(certificate) {
        return Ok(false);
    }
    let own = t::table
        .filter(t::certificate.eq(certificate))
        .filter(t::owner.eq(owner))
        .filter(t::revoked_at.is_null());
    Ok(diesel::update(own).set(t::name.eq(name)).execute(connection)? > 0)
}

/// Counts a try and answers what it needs; `None` when the device is unknown, locked, revoked or out of tries.
pub fn begin_try(connection: &mut DbConnection, certificate: &str) -> Result<Option<Try>, DbError> {
    if !is_storable(certificate) {
        return Ok(None);
    }
    let live = t::table
        .filter(t::certificate.eq(certificate))
        .filter(t::wrong_pins.lt(PIN_TRIES))
        .filter(t::pin_share.is_not_null())
        .filter(t::revoked_at.is_null());
    if diesel::update(live).set(t::wrong_pins.eq(t::wrong_pins + 1)).execute(connection)? == 0 {
        return Ok(None);
    }
    let device: Device = t::table.find(certificate).first(connection)?;
    let tries_left = PIN_TRIES.saturating_sub(device.wrong_pins);
    Ok(device.pin_share.clone().map(|share| Try { device, share, tries_left }))
}

/// The PIN was right: the count starts again. Does nothing to a device locked meanwhile.
pub fn right_pin(connection: &mut DbConnection, certificate: &str, now: i64) -> Result<(), DbError> {
    let living = t::table.filter(t::certificate.eq(certificate)).filter(t::pin_share.is_not_null());
    diesel::update(living).set((t::wrong_pins.eq(0), t::last_used_at.eq(now))).execute(connection)?;
    Ok(())
}

/// Destroys the share and marks the device revoked; true if it was not before. The certificate on the
/// ledger must then be revoked too.
pub fn lock(connection: &mut DbConnection, certificate: &str, now: i64) -> Result<bool, DbError> {
    let living = t::table.filter(t::certificate.eq(certificate)).filter(t::revoked_at.is_null());
    let none: Option<String> = None;
    let changed = diesel::update(living)
        .set((t::pin_share.eq(none), t::revoked_at.eq(Some(now))))
        .execute(connection)?;
    Ok(changed > 0)
}

/// Devices that have used up their tries and still hold their share: a try was cut off before its [`lock`].
pub fn exhausted(connection: &mut DbConnection, limit: i64) -> Result<Vec<Device>, DbError> {
    let rows = t::table
        .filter(t::wrong_pins.ge(PIN_TRIES))
        .filter(t::pin_share.is_not_null())
        .filter(t::revoked_at.is_null())
        .order(t::certificate.asc())
        .limit(limit)
        .load(connection)?;
    Ok(rows)
}

/// Devices locked by wrong PINs, so that a revocation that could not be sent is sent later.
pub fn locked(connection: &mut DbConnection, limit: i64) -> Result<Vec<Device>, DbError> {
    let rows = t::table
        .filter(t::pin_share.is_null())
        .filter(t::revoked_at.is_not_null())
        .order(t::revoked_at.desc())
        .limit(limit)
        .load(connection)?;
    Ok(rows)
}
