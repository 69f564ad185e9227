//! People: personal data, off the ledger only.

use diesel::prelude::*;

use super::{is_storable, registrations};
use crate::{connection::DbConnection, error::DbError, schema::people as t};

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = t)]
pub struct Person {
    /// The pseudonym on the ledger, hex.
    pub bid: String,
    /// Name as the registrar knows it.
    pub display_name: String,
    /// Address, lowercase.
    pub email: String,
    /// Digits only.
    pub phone: Option<String>,
    /// `ko` or `en`.
    pub lang: String,
    /// Which registrar knows this person.
    pub registrar: String,
    /// When entered, ms.
    pub created_at: i64,
}

/// Enters a person, vouched for by their registrar; a taken BID, e-mail or phone is an error of the database. Run it in a
/// transaction.
pub fn insert(connection: &mut DbConnection, person: &Person) -> Result<(), DbError> {
    diesel::insert_into(t::table).values(person).execute(connection)?;
    let first = registrations::Registration {
        registrar: person.registrar.clone(),
        email: person.email.clone(),
        bid: person.bid.clone(),
        created_at: person.created_at,
    };
    if registrations::insert(connection, &first)? { Ok(()) } else { Err(DbError::Corrupt("registration")) }
}

/// By BID.
pub fn by_bid(connection: &mut DbConnection, bid: &str) -> Result<Option<Person>, DbError> {
    if !is_storable(bid) {
        return Ok(None);
    }
    Ok(t::table.find(bid).first(connection).optional()?)
}

/// By e-mail, lowercase.
pub fn by_email(connection: &mut DbConnection, email: &str) -> Result<Option<Person>, DbError> {
    if !is_storable(email) {
        return Ok(None);
    }
    Ok(t::table.filter(t::email.eq(email)).first(connection).optional()?)
}

/// By phone, digits only.
pub fn by_phone(connection: &mut DbConnection, phone: &str) -> Result<Option<Person>, DbError> {
    if !is_storable(phone) {
        return Ok(None);
    }
    Ok(t::table.filter(t::phone.eq(phone)).first(connection).optional()?)
}

/// Changes the language of a person's mails and pages.
pub fn set_lang(connection: &mut DbConnection, bid: &str, lang: &str) -> Result<(), DbError> {
    diesel::update(t::table.find(bid)).set(t::lang.eq(lang)).execute(connection)?;
    Ok(())
}
