//! Who vouches for a person. The first registrar enrolled them; others have taken the registration over after a check of
//! their own, and know the person by another mailbox perhaps.

use diesel::prelude::*;

use super::is_storable;
use crate::{
    connection::DbConnection,
    error::{DbError, unless_taken},
    schema::registrations as t,
};

/// One registrar's knowledge of a person.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = t)]
pub struct Registration {
    /// The registrar's short name.
    pub registrar: String,
    /// Where this registrar writes to, lowercase.
    pub email: String,
    /// The person, hex.
    pub bid: String,
    /// Since when, ms.
    pub created_at: i64,
}

/// Enters one; false if that registrar's address belongs to somebody already.
pub fn insert(connection: &mut DbConnection, registration: &Registration) -> Result<bool, DbError> {
    let fresh = connection.transaction(|c| diesel::insert_into(t::table).values(registration).execute(c));
    Ok(unless_taken(fresh)?)
}

/// The person whom a registrar knows by this address.
pub fn find(
    connection: &mut DbConnection,
    registrar: &str,
    email: &str,
) -> Result<Option<Registration>, DbError> {
    if !is_storable(registrar) || !is_storable(email) {
        return Ok(None);
    }
    Ok(t::table.find((registrar, email)).first(connection).optional()?)
}

/// Everybody who vouches for a person, the first one first.
pub fn of(connection: &mut DbConnection, bid: &str) -> Result<Vec<Registration>, DbError> {
    Ok(t::table.filter(t::bid.eq(bid)).order((t::created_at.asc(), t::registrar.asc())).load(connection)?)
}

/// The person to whom any registrar writes at this address, hex.
pub fn person(connection: &mut DbConnection, email: &str) -> Result<Option<String>, DbError> {
    if !is_storable(email) {
        return Ok(None);
    }
    let rows = t::table.filter(t::email.eq(email)).order(t::created_at.asc()).select(t::bid);
    Ok(rows.first(connection).optional()?)
}
