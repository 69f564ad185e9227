//! Mail waiting to be sent. Queue it in the transaction of what it tells about; one worker sends.

use diesel::prelude::*;

use super::random_hex;
use crate::{connection::DbConnection, error::DbError, schema::mail_outbox as t};

/// Tries after which a mail is given up: with doubling pauses that is about a day.
pub const MAX_ATTEMPTS: i32 = 12;

/// A mail to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Mail {
    /// Its id; also the Message-ID's local part, so that a second copy is recognisable.
    pub id: String,
    /// Address.
    pub recipient: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Failed tries so far.
    pub attempts: i32,
}

/// Queues a plain-text mail; answers its id.
pub fn queue(
    connection: &mut DbConnection,
    recipient: &str,
    subject: &str,
    body: &str,
    now: i64,
) -> Result<String, DbError> {
    let id = random_hex::<16>();
    diesel::insert_into(t::table)
        .values((
            t::id.eq(&id),
            t::recipient.eq(recipient),
            t::subject.eq(subject),
            t::body.eq(body),
            t::attempts.eq(0),
            t::created_at.eq(now),
            t::next_try_at.eq(now),
        ))
        .execute(connection)?;
    Ok(id)
}

/// Mails that are due, oldest first, at most `limit`.
pub fn due(connection: &mut DbConnection, now: i64, limit: i64) -> Result<Vec<Mail>, DbError> {
    let rows = t::table
        .filter(t::sent_at.is_null())
        .filter(t::next_try_at.le(now))
        .filter(t::attempts.lt(MAX_ATTEMPTS))
        .order((t::next_try_at.asc(), t::created_at.asc()))
        .limit(limit)
        .select((t::id, t::recipient, t::subject, t::body, t::attempts))
        .load(connection)?;
    Ok(rows)
}

/// It was sent. The text is forgotten: it may have held a code.
pub fn mark_sent(connection: &mut DbConnection, id: &str, now: i64) -> Result<(), DbError> {
    let none: Option<String> = None;
    diesel::update(t::table.find(id))
        .set((t::sent_at.eq(Some(now)), t::body.eq(""), t::last_error.eq(none)))
        .execute(connection)?;
    Ok(())
}

/// It was not sent; the next try is due at `next_try_at`.
pub fn mark_failed(
    connection: &mut DbConnection,
    id: &str,
    error: &str,
    next_try_at: i64,
) -> Result<(), DbError> {
    diesel::update(t::table.find(id))
        .set((
            t::attempts.eq(t::attempts + 1),
            t::next_try_at.eq(next_try_at),
            t::last_error.eq(Some(error.to_owned())),
        ))
        .execute(connection)?;
    Ok(())
}
