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

/// Whose a device is. The role does not tell: a shop's first device is a `holder`, as a person's is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerClass {
    /// A person's: the wallet's business.
    Person,
    /// A shop's: the till's.
    Shop,
}

impl OwnerClass {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Shop => "shop",
        }
    }
}

impl From<OwnerClass> for String {
    fn from(class: OwnerClass) -> Self {
        class.as_str().to_owned()
    }
}

impl TryFrom<String> for OwnerClass {
    type Error = DbError;
    fn try_from(text: String) -> Result<Self, DbError> {
        match text.as_str() {
            "person" => Ok(Self::Person),
            "shop" => Ok(Self::Shop),
            _ => Err(DbError::Corrupt("owner class")),
        }
    }
}

/// A device.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable, Selectable)]
#[diesel(table_name = crate::schema::devices)]
pub struct Device {
    /// Certificate id, hex.
    pub certificate: String,
    /// BID of the person or shop, hex.
    pub owner: String,
    /// Its role on the ledger: `holder`, `staff` or `terminal`.
    pub role: String,
    /// Public key, hex.
    pub public_key: String,
    /// What its owner calls it.
    pub name: String,
    /// What proves tag and PIN; `dure_service::device` writes and reads it.
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
    /// Whose it is.
    #[diesel(serialize_as = String, deserialize_as = String)]
    pub owner_class: OwnerClass,
    /// When a PIN was last tried, ms.
    pub tried_at: i64,
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
    diesel::insert_into(t::table).values(device.clone()).execute(connection)?;
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

/// Counts a try made at `now` and answers what it needs; `None` when the device is unknown, locked, revoked or out of tries.
pub fn begin_try(connection: &mut DbConnection, certificate: &str, now: i64) -> Result<Option<Try>, DbError> {
    if !is_storable(certificate) {
        return Ok(None);
    }
    let live = t::table
        .filter(t::certificate.eq(certificate))
        .filter(t::wrong_pins.lt(PIN_TRIES))
        .filter(t::pin_share.is_not_null())
        .filter(t::revoked_at.is_null());
    let counted = (t::wrong_pins.eq(t::wrong_pins + 1), t::tried_at.eq(now));
    if diesel::update(live).set(counted).execute(connection)? == 0 {
        return Ok(None);
    }
    let device: Device = t::table.find(certificate).first(connection)?;
    let tries_left = PIN_TRIES.saturating_sub(device.wrong_pins);
    Ok(device.pin_share.clone().map(|share| Try { device, share, tries_left }))
}

/// The PIN was right: the count starts again. False, and nothing done, if the device was locked meanwhile.
pub fn right_pin(connection: &mut DbConnection, certificate: &str, now: i64) -> Result<bool, DbError> {
    let living = t::table.filter(t::certificate.eq(certificate)).filter(t::pin_share.is_not_null());
    let opened = diesel::update(living).set((t::wrong_pins.eq(0), t::last_used_at.eq(now)));
    Ok(opened.execute(connection)? > 0)
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

/// Devices of a class that had used up their tries by `before` and still hold their share: a try was cut off before its [`lock`].
pub fn exhausted(
    connection: &mut DbConnection,
    class: OwnerClass,
    before: i64,
    limit: i64,
) -> Result<Vec<Device>, DbError> {
    let rows = t::table
        .filter(t::owner_class.eq(class.as_str()))
        .filter(t::tried_at.le(before))
        .filter(t::wrong_pins.ge(PIN_TRIES))
        .filter(t::pin_share.is_not_null())
        .filter(t::revoked_at.is_null())
        .order(t::certificate.asc())
        .limit(limit)
        .load(connection)?;
    Ok(rows)
}

/// Devices of a class locked by wrong PINs, so that a revocation that could not be sent is sent later.
pub fn locked(connection: &mut DbConnection, class: OwnerClass, limit: i64) -> Result<Vec<Device>, DbError> {
    let rows = t::table
        .filter(t::owner_class.eq(class.as_str()))
        .filter(t::pin_share.is_null())
        .filter(t::revoked_at.is_not_null())
        .order(t::revoked_at.desc())
        .limit(limit)
        .load(connection)?;
    Ok(rows)
}
