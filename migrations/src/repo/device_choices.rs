//! What a person has chosen for one of their devices: up to which amount it pays without asking for the PIN again, and when
//! its screen locks. Without a row: the PIN for every payment, and a screen that stays open.

use diesel::prelude::*;

use crate::{connection::DbConnection, error::DbError, schema::device_choices as t};

/// The choices for a device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = t)]
pub struct Choices {
    /// The device's certificate, hex.
    pub certificate: String,
    /// Payments up to here need no PIN for a while after a right one, minor units; 0 for none.
    pub free_amount: i64,
    /// A session that rests this long asks for the PIN, ms; 0 for never.
    pub lock_after_ms: i64,
    /// When the device's share was last given without a PIN, ms.
    pub freed_at: i64,
}

/// The choices for a device; the careful ones where none were made.
pub fn of(connection: &mut DbConnection, certificate: &str) -> Result<Choices, DbError> {
    let made = t::table.find(certificate).first(connection).optional()?;
    Ok(made.unwrap_or_else(|| Choices { certificate: certificate.to_owned(), ..Choices::default() }))
}

/// Keeps the choices for a device. Run it in a transaction.
pub fn set(connection: &mut DbConnection, choices: &Choices) -> Result<(), DbError> {
    let row = t::table.find(&choices.certificate);
    if diesel::update(row).set(choices).execute(connection)? == 0 {
        diesel::insert_into(t::table).values(choices).execute(connection)?;
    }
    Ok(())
}

/// Notes that the device's share was given without a PIN.
pub fn freed(connection: &mut DbConnection, certificate: &str, now: i64) -> Result<(), DbError> {
    diesel::update(t::table.find(certificate)).set(t::freed_at.eq(now)).execute(connection)?;
    Ok(())
}
