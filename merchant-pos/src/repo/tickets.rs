//! Tickets of enrolments, kept as sessions of their own kind: random, hashed at rest, gone when over. In place of a
//! certificate such a row has a mark, `role:serial`, and once claimed `role:serial:certificate`.

use diesel::prelude::*;
use dure_db::{
    DbConnection, DbError,
    schema::{merchants, sessions as t},
    sessions,
};

const APP: &str = "till-ticket";
/// Time to choose a PIN and make a key.
const LIFE_MS: i64 = 15 * 60_000;

/// A living ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// BID of the shop, hex.
    pub shop: String,
    mark: String,
}

impl Ticket {
    /// Name of the role that the device will have.
    pub fn role(&self) -> &str {
        self.mark.split(':').next().unwrap_or_default()
    }

    /// The certificate that has claimed it, hex.
    pub fn claimant(&self) -> Option<&str> {
        self.mark.split(':').nth(2)
    }
}

/// Makes a ticket; answers its token, which is not stored.
pub fn open(connection: &mut DbConnection, shop: &str, role: &str, now: i64) -> Result<String, DbError> {
    let serial = hex::encode(rand::random::<[u8; 16]>());
    sessions::create(connection, APP, shop, &format!("{role}:{serial}"), now, LIFE_MS)
}

/// The ticket of `token`, if it lives.
pub fn find(connection: &mut DbConnection, token: &str, now: i64) -> Result<Option<Ticket>, DbError> {
    let found = sessions::find(connection, APP, token, now)?;
    Ok(found.map(|session| Ticket { shop: session.owner, mark: session.certificate }))
}

/// True if a living ticket of `shop` for `role` has been claimed.
pub fn is_role_claimed(
    connection: &mut DbConnection,
    shop: &str,
    role: &str,
    now: i64,
) -> Result<bool, DbError> {
    // A shop gets few codes an hour, so these are few.
    let living = t::table.filter(t::app.eq(APP)).filter(t::owner.eq(shop)).filter(t::expires_at.gt(now));
    let marks: Vec<String> = living.select(t::certificate).load(connection)?;
    let mut tickets = marks.into_iter().map(|mark| Ticket { shop: shop.to_owned(), mark });
    Ok(tickets.any(|ticket| ticket.role() == role && ticket.claimant().is_some()))
}

/// Marks an unclaimed ticket as `certificate`'s; false if it was claimed or ended meanwhile.
pub fn claim(connection: &mut DbConnection, ticket: &Ticket, certificate: &str) -> Result<bool, DbError> {
    remark(connection, &ticket.mark, &format!("{}:{certificate}", ticket.mark))
}

/// Takes the claim off a claimed ticket.
pub fn release(connection: &mut DbConnection, ticket: &Ticket) -> Result<(), DbError> {
    let Some((unclaimed, _)) = ticket.mark.rsplit_once(':').filter(|_| ticket.claimant().is_some()) else {
        return Ok(());
    };
    remark(connection, &ticket.mark, unclaimed).map(|_| ())
}

/// Ends the ticket of `token`; true for one caller only.
pub fn end(connection: &mut DbConnection, token: &str) -> Result<bool, DbError> {
    sessions::end(connection, APP, token)
}

/// Makes others who ask the same wait until this transaction is over: PostgreSQL lets them read side by side otherwise.
pub fn lock_shop(connection: &mut DbConnection, shop: &str) -> Result<(), DbError> {
    let row = merchants::table.find(shop);
    diesel::update(row).set(merchants::held.eq(merchants::held)).execute(connection)?;
    Ok(())
}

/// The serial makes a mark the name of one row.
fn remark(connection: &mut DbConnection, from: &str, to: &str) -> Result<bool, DbError> {
    let row = t::table.filter(t::app.eq(APP)).filter(t::certificate.eq(from));
    Ok(diesel::update(row).set(t::certificate.eq(to)).execute(connection)? > 0)
}
