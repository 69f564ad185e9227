//! Balances.

use diesel::prelude::*;
use dure_db::{DbConnection, DbError, schema::accounts as t};

/// An account's balance as of a block.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Account {
    /// Whose.
    pub bid: String,
    /// Minor units.
    pub balance: i64,
    /// Height of the block that last changed it.
    pub height: i64,
}

/// The account; a balance of 0 for one that never held anything.
pub fn get(connection: &mut DbConnection, bid: &str) -> Result<Account, DbError> {
    let known: Option<Account> = t::table.find(bid).first(connection).optional()?;
    Ok(known.unwrap_or_else(|| Account { bid: bid.to_owned(), balance: 0, height: 0 }))
}

/// Writes a balance.
pub fn put(connection: &mut DbConnection, account: &Account) -> Result<(), DbError> {
    let values = (t::balance.eq(account.balance), t::height.eq(account.height));
    if diesel::update(t::table.find(&account.bid)).set(values).execute(connection)? == 0 {
        diesel::insert_into(t::table)
            .values((t::bid.eq(&account.bid), values.0, values.1))
            .execute(connection)?;
    }
    Ok(())
}
