//! Campaigns: name, terms, what is left of the budget.

use diesel::prelude::*;
use dure_db::{DbConnection, DbError, schema::campaigns as t};
use dure_score::{CampaignId, record::CampaignTerms};

/// A campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Its number; 0 is charged coin.
    pub id: i64,
    /// Its terms.
    pub terms: CampaignTerms,
    /// Issued and not given out, minor units.
    pub budget: i64,
    /// Has ended: gives nothing any more.
    pub closed: bool,
}

/// Enters a campaign that has just opened: nothing issued, no budget. Does nothing to a known one.
pub fn open(connection: &mut DbConnection, id: CampaignId, terms: &CampaignTerms) -> Result<(), DbError> {
    let id = i64::from(id.0);
    if name(connection, id)?.is_some() {
        return Ok(());
    }
    diesel::insert_into(t::table)
        .values((
            t::id.eq(id),
            t::name.eq(terms.name.as_str()),
            t::terms.eq(json(terms)?),
            t::budget.eq(0),
            t::issued.eq(0),
            t::closed.eq(false),
        ))
        .execute(connection)?;
    Ok(())
}

/// Its terms are these from now on.
pub fn amend(connection: &mut DbConnection, id: CampaignId, terms: &CampaignTerms) -> Result<(), DbError> {
    let row = t::table.find(i64::from(id.0));
    let set = (t::name.eq(terms.name.as_str()), t::terms.eq(json(terms)?));
    known(diesel::update(row).set(set).execute(connection)?)
}

/// It has ended. What its budget held is a change of its own.
pub fn close(connection: &mut DbConnection, id: CampaignId) -> Result<(), DbError> {
    let row = t::table.find(i64::from(id.0));
    known(diesel::update(row).set(t::closed.eq(true)).execute(connection)?)
}

fn json(terms: &CampaignTerms) -> Result<String, DbError> {
    serde_json::to_string(terms).map_err(|_| DbError::Corrupt("campaign terms"))
}

/// `amount` was minted into the budget.
pub fn issue(connection: &mut DbConnection, id: CampaignId, amount: i64) -> Result<(), DbError> {
    let row = t::table.find(i64::from(id.0));
    known(diesel::update(row).set(t::issued.eq(t::issued + amount)).execute(connection)?)?;
    add_budget(connection, id, amount)
}

/// The budget grew by `amount`, or shrank if it is negative.
pub fn add_budget(connection: &mut DbConnection, id: CampaignId, amount: i64) -> Result<(), DbError> {
    let row = t::table.find(i64::from(id.0));
    known(diesel::update(row).set(t::budget.eq(t::budget + amount)).execute(connection)?)
}

const fn known(changed: usize) -> Result<(), DbError> {
    if changed == 1 { Ok(()) } else { Err(DbError::Corrupt("campaign that never opened")) }
}

/// All, by number.
pub fn all(connection: &mut DbConnection) -> Result<Vec<Campaign>, DbError> {
    let rows: Vec<(i64, String, i64, bool)> =
        t::table.select((t::id, t::terms, t::budget, t::closed)).order(t::id.asc()).load(connection)?;
    rows.into_iter()
        .map(|(id, terms, budget, closed)| {
            let terms = serde_json::from_str(&terms).map_err(|_| DbError::Corrupt("campaign terms"))?;
            Ok(Campaign { id, terms, budget, closed })
        })
        .collect()
}

/// The public name of a campaign.
pub fn name(connection: &mut DbConnection, id: i64) -> Result<Option<String>, DbError> {
    Ok(t::table.find(id).select(t::name).first(connection).optional()?)
}
