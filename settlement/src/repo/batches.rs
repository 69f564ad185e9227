//! Daily batches, one row for each business date.

use crate::error::SettlementError;
use diesel::prelude::*;
use dure_db::schema::batches as t;
use dure_db::{DbConnection, DbError};

/// The last step that a batch has completed. The order is that of a batch's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BatchState {
    /// Its heights are fixed.
    Fixed,
    /// It is open on the ledger.
    Opened,
    /// Every merchant's payout is computed.
    Netted,
    /// The payouts are in escrow on the ledger.
    Redeemed,
    /// The payment file is written and its digest recorded.
    Filed,
    /// The file is in the bank's folder.
    Sent,
    /// The bank has booked or refused every payout.
    Answered,
    /// The ledger has burned or given back every payout.
    Decided,
    /// It balances and is closed; statements are queued.
    Closed,
}

impl BatchState {
    const ALL: [Self; 9] = [
        Self::Fixed,
        Self::Opened,
        Self::Netted,
        Self::Redeemed,
        Self::Filed,
        Self::Sent,
        Self::Answered,
        Self::Decided,
        Self::Closed,
    ];

    /// As it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Opened => "opened",
            Self::Netted => "netted",
            Self::Redeemed => "redeemed",
            Self::Filed => "filed",
            Self::Sent => "sent",
            Self::Answered => "answered",
            Self::Decided => "decided",
            Self::Closed => "closed",
        }
    }
}

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = t)]
pub struct Batch {
    /// Its id, which is also the payment file's MsgId.
    pub id: String,
    /// `YYYY-MM-DD`.
    pub business_date: String,
    /// See [`BatchState`].
    pub state: String,
    /// First block netted.
    pub from_height: i64,
    /// Last block netted.
    pub to_height: i64,
    /// Payouts in the file.
    pub payout_count: i64,
    /// Their sum.
    pub control_sum: i64,
    /// Name of the payment file.
    pub file_name: Option<String>,
    /// SHA-256 of its bytes, hex.
    pub file_sha256: Option<String>,
    /// The file's creation time, fixed when the batch is, ms.
    pub file_time: i64,
    /// When the row was made, ms.
    pub created_at: i64,
    /// When it was last changed, ms.
    pub updated_at: i64,
}

impl Batch {
    /// Where it stands.
    pub fn state(&self) -> Result<BatchState, SettlementError> {
        let found = BatchState::ALL.into_iter().find(|state| state.as_str() == self.state);
        found.ok_or_else(|| SettlementError::Stored(format!("batch {}: state {}", self.id, self.state)))
    }
}

/// By id.
pub fn find(connection: &mut DbConnection, id: &str) -> Result<Option<Batch>, DbError> {
    Ok(t::table.find(id).first(connection).optional()?)
}

/// Of a date.
pub fn of_date(connection: &mut DbConnection, date: &str) -> Result<Option<Batch>, DbError> {
    Ok(t::table.filter(t::business_date.eq(date)).first(connection).optional()?)
}

/// The newest batches, newest first.
pub fn newest(connection: &mut DbConnection, limit: i64) -> Result<Vec<Batch>, DbError> {
    Ok(t::table.order(t::to_height.desc()).limit(limit).load(connection)?)
}

/// Enters a new batch; a second one of its date is an error of the database.
pub fn insert(connection: &mut DbConnection, batch: &Batch) -> Result<(), DbError> {
    diesel::insert_into(t::table).values(batch).execute(connection)?;
    Ok(())
}

/// Moves a batch one step on. A batch that is not at `from` is an error: two runs at once.
pub fn advance(
    connection: &mut DbConnection,
    id: &str,
    from: BatchState,
    to: BatchState,
) -> Result<(), SettlementError> {
    let row = t::table.filter(t::id.eq(id)).filter(t::state.eq(from.as_str()));
    let changed = diesel::update(row)
        .set((t::state.eq(to.as_str()), t::updated_at.eq(dure_db::now_ms())))
        .execute(connection)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(SettlementError::Stored(format!("batch {id} is not {} any more", from.as_str())))
    }
}

/// Records how many payouts there are and their sum.
pub fn set_totals(
    connection: &mut DbConnection,
    id: &str,
    payout_count: i64,
    control_sum: i64,
) -> Result<(), DbError> {
    diesel::update(t::table.find(id))
        .set((t::payout_count.eq(payout_count), t::control_sum.eq(control_sum)))
        .execute(connection)?;
    Ok(())
}

/// Records the payment file.
pub fn set_file(connection: &mut DbConnection, id: &str, name: &str, sha256: &str) -> Result<(), DbError> {
    diesel::update(t::table.find(id))
        .set((t::file_name.eq(Some(name.to_owned())), t::file_sha256.eq(Some(sha256.to_owned()))))
        .execute(connection)?;
    Ok(())
}
