//! Entries: everything that came and went, one line each.

use diesel::prelude::*;
use diesel::sql_types::Text;
use dure_db::{
    DbConnection, DbError, merchants, people,
    schema::{entries as t, merchants as shops},
};
use dure_web::Lang;

use super::campaigns;
use crate::names;

/// An entry as it is stored. The sum of an account's amounts is its balance.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = t)]
pub struct Row {
    /// Transaction and position.
    pub id: String,
    /// Whose.
    pub bid: String,
    /// The transaction.
    pub tx: String,
    /// Block height.
    pub height: i64,
    /// Order within the block.
    pub position: i64,
    /// charge, bonus, pay …
    pub kind: String,
    /// What it did to the balance, minor units.
    pub amount: i64,
    /// The balance afterwards.
    pub balance_after: i64,
    /// A BID, or `campaign:` and a number.
    pub counterparty: Option<String>,
    /// Order, deposit or payout id.
    pub reference: Option<String>,
    /// Block time, ms.
    pub at: i64,
}

/// Most characters that are searched for.
pub const MAX_SEARCH: usize = 40;

/// What entries are searched by; whatever fits is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Part of a shop's name, in either language, or the beginning of an order or deposit number; lower case.
    words: String,
    /// The same as an amount that came or went, minor units, not negative: `4,500`, `₩4500` and `4500원` are amounts.
    amount: Option<i64>,
}

impl Search {
    /// What somebody has typed; `None` if it is blank.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '₩' | '원')).collect();
        let amount = digits.parse().ok().filter(|_| digits.bytes().all(|digit| digit.is_ascii_digit()));
        (!text.is_empty()).then(|| Self { words: text.to_lowercase(), amount })
    }
}

diesel::define_sql_function! {
    /// In lower case.
    fn lower(text: Text) -> Text;
}

/// `text` as it stands, in a pattern whose escape is a backslash.
fn literally(text: &str) -> String {
    text.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect()
}

/// An entry with the other side's name, as its owner may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The stored entry.
    pub row: Row,
    /// A shop's or campaign's name; a person's with its middle hidden.
    pub counterparty_name: Option<String>,
}

/// Enters one.
pub fn insert(connection: &mut DbConnection, row: &Row) -> Result<(), DbError> {
    diesel::insert_into(t::table).values(row).execute(connection)?;
    Ok(())
}

/// An account's entries, newest first, older than the position `before` (height, position); those that are searched for.
pub fn page(
    connection: &mut DbConnection,
    bid: &str,
    before: Option<(i64, i64)>,
    search: Option<&Search>,
    limit: i64,
    lang: Lang,
) -> Result<Vec<Entry>, DbError> {
    let (height, position) = before.unwrap_or((i64::MAX, i64::MAX));
    let older = t::height.lt(height).or(t::height.eq(height).and(t::position.lt(position)));
    let all = t::table
        .filter(t::bid.eq(bid))
        .filter(older)
        .order((t::height.desc(), t::position.desc()))
        .limit(limit);
    let rows: Vec<Row> = match search {
        None => all.load(connection)?,
        // PostgreSQL refuses a zero byte, which is in no name.
        Some(search) if search.words.contains('\0') => Vec::new(),
        Some(Search { words, amount }) => {
            let (within, begins) = (format!("%{}%", literally(words)), format!("{}%", literally(words)));
            let ko = lower(shops::name_ko).like(within.clone()).escape('\\');
            let en = lower(shops::name_en).like(within).escape('\\');
            let named = shops::table.filter(ko.or(en)).select(shops::bid.nullable());
            let numbered = lower(t::reference.assume_not_null()).like(begins).escape('\\');
            let either =
                t::counterparty.eq_any(named).or(t::reference.is_not_null().and(numbered).nullable());
            match *amount {
                None => all.filter(either).load(connection)?,
                Some(amount) => {
                    let size = t::amount.eq(amount).or(t::amount.eq(amount.saturating_neg()));
                    all.filter(either.or(size.nullable())).load(connection)?
                }
            }
        }
    };
    with_names(connection, rows, lang)
}

/// An account's entries of one transaction, in order.
pub fn of_tx(connection: &mut DbConnection, bid: &str, tx: &str, lang: Lang) -> Result<Vec<Entry>, DbError> {
    let rows: Vec<Row> = t::table
        .filter(t::bid.eq(bid))
        .filter(t::height.ge(0))
        .filter(t::tx.eq(tx))
        .order(t::position.asc())
        .load(connection)?;
    with_names(connection, rows, lang)
}

/// Adds the names. The rows are at most a page, so one look-up each is cheap.
pub fn with_names(connection: &mut DbConnection, rows: Vec<Row>, lang: Lang) -> Result<Vec<Entry>, DbError> {
    rows.into_iter()
        .map(|row| {
            let counterparty_name = match &row.counterparty {
                Some(counterparty) => name_of(connection, counterparty, lang)?,
                None => None,
            };
            Ok(Entry { row, counterparty_name })
        })
        .collect()
}

fn name_of(connection: &mut DbConnection, counterparty: &str, lang: Lang) -> Result<Option<String>, DbError> {
    if let Some(campaign) = counterparty.strip_prefix("campaign:") {
        return campaigns::name(connection, campaign.parse().map_err(|_| DbError::Corrupt("counterparty"))?);
    }
    if let Some(shop) = merchants::by_bid(connection, counterparty)? {
        return Ok(Some(match lang {
            Lang::Ko => shop.name_ko,
            Lang::En => shop.name_en,
        }));
    }
    Ok(people::by_bid(connection, counterparty)?.map(|person| names::masked(&person.display_name)))
}
