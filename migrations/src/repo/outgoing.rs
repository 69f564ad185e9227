//! Transactions that our own officers' keys sign: made and stored before they are sent, one per purpose.
//!
//! A purpose names the business fact (`member.register:<bid>`). While its transaction is pending or final, the
//! stored bytes are what is sent, however often; only one that is certainly void may be replaced.

use diesel::prelude::*;

use crate::{
    connection::DbConnection,
    error::{DbError, unless_taken},
    schema::{nonces, outgoing as t},
};

/// Where a transaction of ours stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Stored, perhaps sent; its fate is open.
    Pending,
    /// The ledger has answered, applied or refused.
    Final,
    /// It can never apply: a new one may take its place.
    Void,
}

impl State {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Final => "final",
            Self::Void => "void",
        }
    }
}

/// A stored transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The business fact it is for.
    pub purpose: String,
    /// Transaction id, hex.
    pub tx: String,
    /// Wire bytes, to be sent as they are.
    pub wire: Vec<u8>,
    /// Signing certificate, hex.
    pub signer: String,
    /// Its nonce.
    pub nonce: u64,
    /// Block time after which it can never apply, ms.
    pub valid_until: i64,
    /// Where it stands.
    pub state: State,
    /// The receipt's JSON, once final.
    pub receipt: Option<String>,
}

/// What `build` makes of a nonce.
#[derive(Clone, Debug)]
pub struct Built {
    /// Transaction id, hex.
    pub tx: String,
    /// Wire bytes.
    pub wire: Vec<u8>,
}

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = t)]
#[diesel(treat_none_as_null = true)]
struct Row {
    purpose: String,
    tx: String,
    wire: String,
    signer: String,
    nonce: i64,
    valid_until: i64,
    state: String,
    receipt: Option<String>,
    created_at: i64,
}

impl TryFrom<Row> for Outgoing {
    type Error = DbError;
    fn try_from(row: Row) -> Result<Self, DbError> {
        let state = match row.state.as_str() {
            "pending" => State::Pending,
            "final" => State::Final,
            "void" => State::Void,
            _ => return Err(DbError::Corrupt("outgoing state")),
        };
        Ok(Self {
            purpose: row.purpose,
            tx: row.tx,
            wire: hex::decode(row.wire).map_err(|_| DbError::Corrupt("outgoing wire"))?,
            signer: row.signer,
            nonce: u64::try_from(row.nonce).map_err(|_| DbError::Corrupt("outgoing nonce"))?,
            valid_until: row.valid_until,
            state,
            receipt: row.receipt,
        })
    }
}

/// The stored transaction of `purpose`, or a new one: takes the signer's next nonce (above `floor_nonce`, the
/// highest that the ledger has seen), calls `build` with it and stores the result. Run it in a transaction and
/// commit before sending.
pub fn prepare(
    connection: &mut DbConnection,
    purpose: &str,
    signer: &str,
    floor_nonce: u64,
    valid_until: i64,
    build: impl FnOnce(u64) -> Built,
) -> Result<Outgoing, DbError> {
    let known = find(connection, purpose)?;
    if let Some(known) = &known
        && known.state != State::Void
    {
        return Ok(known.clone());
    }
    let nonce = next_nonce(connection, signer, floor_nonce)?;
    let built = build(u64::try_from(nonce).map_err(|_| DbError::Corrupt("nonce"))?);
    let row = Row {
        purpose: purpose.to_owned(),
        tx: built.tx,
        wire: hex::encode(built.wire),
        signer: signer.to_owned(),
        nonce,
        valid_until,
        state: State::Pending.as_str().to_owned(),
        receipt: None,
        created_at: crate::now_ms(),
    };
    if known.is_some() {
        diesel::update(t::table.find(purpose)).set(&row).execute(connection)?;
        return row.try_into();
    }
    let fresh = connection.transaction(|c| diesel::insert_into(t::table).values(&row).execute(c));
    if unless_taken(fresh)? {
        return row.try_into();
    }
    // Another process was first: its bytes are the ones.
    find(connection, purpose)?.ok_or(DbError::Corrupt("outgoing row"))
}

/// The nonce after both the last one given and `floor`. The update locks the row, so no two callers get the same.
fn next_nonce(connection: &mut DbConnection, signer: &str, floor: u64) -> Result<i64, DbError> {
    let floor = i64::try_from(floor).map_err(|_| DbError::Corrupt("nonce"))?;
    let bump = |c: &mut DbConnection| {
        diesel::update(nonces::table.find(signer)).set(nonces::last.eq(nonces::last + 1)).execute(c)
    };
    if bump(connection)? == 0 {
        let row = (nonces::certificate.eq(signer), nonces::last.eq(floor));
        let fresh = connection.transaction(|c| diesel::insert_into(nonces::table).values(row).execute(c));
        unless_taken(fresh)?;
        bump(connection)?;
    }
    let last: i64 = nonces::table.find(signer).select(nonces::last).first(connection)?;
    if last > floor {
        return Ok(last);
    }
    let next = floor.saturating_add(1);
    diesel::update(nonces::table.find(signer)).set(nonces::last.eq(next)).execute(connection)?;
    Ok(next)
}

/// The stored transaction of `purpose`.
pub fn find(connection: &mut DbConnection, purpose: &str) -> Result<Option<Outgoing>, DbError> {
    let row: Option<Row> = t::table.find(purpose).first(connection).optional()?;
    row.map(Outgoing::try_from).transpose()
}

/// The ledger has answered: keeps the receipt's JSON. Only the transaction that is stored can become final.
pub fn mark_final(
    connection: &mut DbConnection,
    purpose: &str,
    tx: &str,
    receipt: &str,
) -> Result<(), DbError> {
    let row = t::table.filter(t::purpose.eq(purpose)).filter(t::tx.eq(tx));
    diesel::update(row)
        .set((t::state.eq(State::Final.as_str()), t::receipt.eq(Some(receipt.to_owned()))))
        .execute(connection)?;
    Ok(())
}

/// It can never apply (its time has passed and the ledger does not know it, or it was refused and the fact shall be
/// tried again): the next [`prepare`] makes a new one.
pub fn mark_void(connection: &mut DbConnection, purpose: &str, tx: &str) -> Result<(), DbError> {
    let row = t::table.filter(t::purpose.eq(purpose)).filter(t::tx.eq(tx));
    diesel::update(row).set(t::state.eq(State::Void.as_str())).execute(connection)?;
    Ok(())
}

/// Pending transactions of one signer, oldest first: what a restarted process sends again.
pub fn pending(connection: &mut DbConnection, signer: &str, limit: i64) -> Result<Vec<Outgoing>, DbError> {
    let rows: Vec<Row> = t::table
        .filter(t::signer.eq(signer))
        .filter(t::state.eq(State::Pending.as_str()))
        .order(t::nonce.asc())
        .limit(limit)
        .load(connection)?;
    rows.into_iter().map(Outgoing::try_from).collect()
}
