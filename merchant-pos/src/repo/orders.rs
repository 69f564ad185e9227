//! Orders: made and withdrawn by the till, paid and refunded by the ledger (see [`super::ledger`]).

use diesel::prelude::*;
use dure_db::{DbConnection, DbError, schema::orders as t, unless_taken};

use crate::{
    error::PosError,
    order::{Order, OrderState},
};

/// Paid orders of one day and one shop that are added up: a sale a second around the clock stays below it.
const SALES_A_DAY: i64 = 100_000;

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = t)]
#[diesel(treat_none_as_null = true)]
struct Row {
    merchant: String,
    order_id: String,
    amount: i64,
    state: String,
    note: String,
    created_by: String,
    created_at: i64,
    expires_at: i64,
    tx: Option<String>,
    paid_at: Option<i64>,
    paid_amount: i64,
    refunded: i64,
}

impl TryFrom<Row> for Order {
    type Error = PosError;
    fn try_from(row: Row) -> Result<Self, PosError> {
        Ok(Self {
            merchant: row.merchant,
            order_id: row.order_id,
            amount: row.amount,
            state: OrderState::parse(&row.state)?,
            note: row.note,
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            tx: row.tx,
            paid_at: row.paid_at,
            paid_amount: row.paid_amount,
            refunded: row.refunded,
        })
    }
}

impl From<&Order> for Row {
    fn from(order: &Order) -> Self {
        let order = order.clone();
        Self {
            merchant: order.merchant,
            order_id: order.order_id,
            amount: order.amount,
            state: order.state.as_str().to_owned(),
            note: order.note,
            created_by: order.created_by,
            created_at: order.created_at,
            expires_at: order.expires_at,
            tx: order.tx,
            paid_at: order.paid_at,
            paid_amount: order.paid_amount,
            refunded: order.refunded,
        }
    }
}

/// What a shop took in a span of time, won.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Takings {
    /// Σ payments.
    pub paid: i64,
    /// Σ what has gone back of them, whenever.
    pub refunded: i64,
    /// How many payments.
    pub count: i64,
}

/// Stores a new order; false if its number is taken.
pub fn insert(connection: &mut DbConnection, order: &Order) -> Result<bool, DbError> {
    let fresh =
        connection.transaction(|c| diesel::insert_into(t::table).values(&Row::from(order)).execute(c));
    Ok(unless_taken(fresh)?)
}

/// Replaces a stored order.
pub fn update(connection: &mut DbConnection, order: &Order) -> Result<(), DbError> {
    let row = t::table.find((&order.merchant, &order.order_id));
    diesel::update(row).set(&Row::from(order)).execute(connection)?;
    Ok(())
}

/// An order of a shop.
pub fn find(
    connection: &mut DbConnection,
    merchant: &str,
    order_id: &str,
) -> Result<Option<Order>, PosError> {
    let row: Option<Row> =
        t::table.find((merchant, order_id)).first(connection).optional().map_err(DbError::from)?;
    row.map(Order::try_from).transpose()
}

/// Withdraws an order that is still open at `now`; false if it is not.
pub fn cancel(
    connection: &mut DbConnection,
    merchant: &str,
    order_id: &str,
    now: i64,
) -> Result<bool, DbError> {
    let open = t::table
        .filter(t::merchant.eq(merchant))
        .filter(t::order_id.eq(order_id))
        .filter(t::state.eq(OrderState::Open.as_str()))
        .filter(t::expires_at.gt(now));
    let changed =
        diesel::update(open).set(t::state.eq(OrderState::Cancelled.as_str())).execute(connection)?;
    Ok(changed > 0)
}

/// Marks open orders whose time is over at `now`; answers how many.
pub fn expire(connection: &mut DbConnection, now: i64) -> Result<usize, DbError> {
    let late = t::table.filter(t::state.eq(OrderState::Open.as_str())).filter(t::expires_at.le(now));
    Ok(diesel::update(late).set(t::state.eq(OrderState::Expired.as_str())).execute(connection)?)
}

/// What a shop was paid from `from` to before `to`, latest first, at most `limit`.
pub fn paid_between(
    connection: &mut DbConnection,
    merchant: &str,
    (from, to): (i64, i64),
    limit: i64,
) -> Result<Vec<Order>, PosError> {
    let rows: Vec<Row> = t::table
        .filter(t::merchant.eq(merchant))
        .filter(t::paid_at.ge(from))
        .filter(t::paid_at.lt(to))
        .order((t::paid_at.desc(), t::order_id.desc()))
        .limit(limit)
        .load(connection)
        .map_err(DbError::from)?;
    rows.into_iter().map(Order::try_from).collect()
}

/// The sums of all that [`paid_between`] could list.
pub fn takings(
    connection: &mut DbConnection,
    merchant: &str,
    (from, to): (i64, i64),
) -> Result<Takings, PosError> {
    let rows: Vec<(i64, i64)> = t::table
        .filter(t::merchant.eq(merchant))
        .filter(t::paid_at.ge(from))
        .filter(t::paid_at.lt(to))
        .limit(SALES_A_DAY)
        .select((t::paid_amount, t::refunded))
        .load(connection)
        .map_err(DbError::from)?;
    let mut sum = Takings::default();
    for (paid, refunded) in rows {
        sum.paid = sum.paid.checked_add(paid).ok_or(PosError::Internal("takings beyond 64 bits"))?;
        sum.refunded =
            sum.refunded.checked_add(refunded).ok_or(PosError::Internal("refunds beyond 64 bits"))?;
        sum.count = sum.count.saturating_add(1);
    }
    Ok(sum)
}
