//! Sessions: a random token in a cookie, its hash here. A stolen table opens nothing.

use diesel::prelude::*;

use super::{hash_hex, random_hex};
use crate::{connection::DbConnection, error::DbError, schema::sessions as t};

/// Who is signed in, with which device.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Session {
    /// The BID of the person or shop.
    pub owner: String,
    /// The device's certificate id.
    pub certificate: String,
    /// When it was opened, ms.
    pub created_at: i64,
    /// When it ends, ms.
    pub expires_at: i64,
}

/// Opens a session of `life_ms` in `app` and answers its token (64 hex digits), which is not stored.
pub fn create(
    connection: &mut DbConnection,
    app: &str,
    owner: &str,
    certificate: &str,
    now: i64,
    life_ms: i64,
) -> Result<String, DbError> {
    // Those that are over go away whenever a new one comes: the table stays as small as its use.
    diesel::delete(t::table.filter(t::expires_at.le(now))).execute(connection)?;
    let token = random_hex::<32>();
    diesel::insert_into(t::table)
        .values((
            t::token_hash.eq(hash_hex(&[app, &token])),
            t::app.eq(app),
            t::owner.eq(owner),
            t::certificate.eq(certificate),
            t::created_at.eq(now),
            t::expires_at.eq(now.saturating_add(life_ms)),
        ))
        .execute(connection)?;
    Ok(token)
}

/// The living session of `token` in `app`.
pub fn find(
    connection: &mut DbConnection,
    app: &str,
    token: &str,
    now: i64,
) -> Result<Option<Session>, DbError> {
    let row = t::table
        .find(hash_hex(&[app, token]))
        .filter(t::app.eq(app))
        .filter(t::expires_at.gt(now))
        .select((t::owner, t::certificate, t::created_at, t::expires_at))
        .first(connection)
        .optional()?;
    Ok(row)
}

/// Takes a living token for one device: the first certificate that claims it keeps it, the same one may claim it again.
/// `None` if the token is unknown, over, or another device's. One statement, so that of several at once one wins.
pub fn claim(
    connection: &mut DbConnection,
    app: &str,
    token: &str,
    certificate: &str,
    now: i64,
) -> Result<Option<Session>, DbError> {
    let free = t::table
        .filter(t::token_hash.eq(hash_hex(&[app, token])))
        .filter(t::app.eq(app))
        .filter(t::expires_at.gt(now))
        .filter(t::certificate.eq("").or(t::certificate.eq(certificate)));
    if diesel::update(free).set(t::certificate.eq(certificate)).execute(connection)? == 0 {
        return Ok(None);
    }
    find(connection, app, token, now)
}

/// Ends the session of `token`; true if there was one.
pub fn end(connection: &mut DbConnection, app: &str, token: &str) -> Result<bool, DbError> {
    Ok(diesel::delete(t::table.find(hash_hex(&[app, token]))).execute(connection)? > 0)
}

/// Ends every session of a device, in every app.
pub fn end_for_certificate(connection: &mut DbConnection, certificate: &str) -> Result<(), DbError> {
    diesel::delete(t::table.filter(t::certificate.eq(certificate))).execute(connection)?;
    Ok(())
}

/// Gives the session of `token` a new end.
pub fn extend(connection: &mut DbConnection, app: &str, token: &str, expires_at: i64) -> Result<(), DbError> {
    diesel::update(t::table.find(hash_hex(&[app, token])))
        .set(t::expires_at.eq(expires_at))
        .execute(connection)?;
    Ok(())
}

/// Lets no session of a device in `app` live beyond `latest`.
pub fn cap(connection: &mut DbConnection, app: &str, certificate: &str, latest: i64) -> Result<(), DbError> {
    let longer = t::table
        .filter(t::app.eq(app))
        .filter(t::certificate.eq(certificate))
        .filter(t::expires_at.gt(latest));
    diesel::update(longer).set(t::expires_at.eq(latest)).execute(connection)?;
    Ok(())
}
