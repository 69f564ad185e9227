//! Shops: what is not on the ledger, such as their names and bank accounts.

use diesel::prelude::*;

use super::is_storable;
use crate::{connection::DbConnection, error::DbError, schema::merchants as t};

/// A shop.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = t)]
pub struct Merchant {
    /// The id on the ledger, hex.
    pub bid: String,
    /// Short code on QR codes, such as M000101.
    pub code: String,
    /// Korean name.
    pub name_ko: String,
    /// English name.
    pub name_en: String,
    /// City in ASCII, for QR codes.
    pub city_en: String,
    /// ISO 18245 category.
    pub category: String,
    /// Region code of the channel.
    pub region: String,
    /// Address, lowercase.
    pub email: String,
    /// `ko` or `en`.
    pub lang: String,
    /// Bank code.
    pub bank_code: String,
    /// Account number.
    pub bank_account: String,
    /// Account holder.
    pub account_holder: String,
    /// Held back from payouts, minor units.
    pub held: i64,
    /// When entered, ms.
    pub created_at: i64,
}

/// Enters a shop, or brings the known one up to date. Run it in a transaction.
pub fn put(connection: &mut DbConnection, merchant: &Merchant) -> Result<(), DbError> {
    if diesel::update(t::table.find(&merchant.bid)).set(merchant).execute(connection)? == 0 {
        diesel::insert_into(t::table).values(merchant).execute(connection)?;
    }
    Ok(())
}

/// By id.
pub fn by_bid(connection: &mut DbConnection, bid: &str) -> Result<Option<Merchant>, DbError> {
    if !is_storable(bid) {
        return Ok(None);
    }
    Ok(t::table.find(bid).first(connection).optional()?)
}

/// By short code.
pub fn by_code(connection: &mut DbConnection, code: &str) -> Result<Option<Merchant>, DbError> {
    if !is_storable(code) {
        return Ok(None);
    }
    Ok(t::table.filter(t::code.eq(code)).first(connection).optional()?)
}

/// By e-mail, lowercase.
pub fn by_email(connection: &mut DbConnection, email: &str) -> Result<Option<Merchant>, DbError> {
    if !is_storable(email) {
        return Ok(None);
    }
    Ok(t::table.filter(t::email.eq(email)).first(connection).optional()?)
}

/// All, by code.
pub fn all(connection: &mut DbConnection) -> Result<Vec<Merchant>, DbError> {
    Ok(t::table.order(t::code.asc()).load(connection)?)
}
