//! The balance sheet, watched while the node runs: totals as metrics always, and the whole sheet after every block
//! in builds with debug assertions, as long as the state is small.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

use dure_score::{
    Amount, CampaignId,
    invariant::{Broken, KINDS, balance_sheets},
    record::{Campaign, Supply},
    state::Changes,
};

use crate::{
    measure,
    store::{Read, StoreError, Table, record::read},
};

/// With more entries than this of one kind the sheet is left to the auditor: a block must stay quick.
const SMALL: usize = 2_000;

/// Most campaigns whose totals are listed or measured.
pub const MAX_CAMPAIGNS: usize = 10_000;

/// Looks at the sheet after every block until the state has become too large for that.
#[derive(Debug, Default)]
pub struct Watch {
    too_large: AtomicBool,
}

impl Watch {
    /// Adds up the whole state as it will be after `changes`. `Ok(None)`: it is, or once was, too large to look at here.
    pub fn check(
        &self,
        before: &dyn Read,
        changes: &Changes,
    ) -> Result<Option<Result<(), Broken>>, StoreError> {
        if self.too_large.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let sheet = check(before, changes)?;
        self.too_large.store(sheet.is_none(), Ordering::Relaxed);
        Ok(sheet)
    }
}

fn check(before: &dyn Read, changes: &Changes) -> Result<Option<Result<(), Broken>>, StoreError> {
    let mut entries = BTreeMap::new();
    for kind in KINDS {
        let found = before.scan(Table::State, &[kind], SMALL)?;
        if found.len() == SMALL {
            return Ok(None);
        }
        entries.extend(found);
    }
    let of_money = |key: &[u8]| key.first().is_some_and(|kind| KINDS.contains(kind));
    for (key, value) in changes.iter().filter(|(key, _)| of_money(key)) {
        match value {
            Some(value) => entries.insert(key.to_vec(), value.to_vec()),
            None => entries.remove(key),
        };
    }
    let sheets = balance_sheets(entries.iter().map(|(key, value)| (key.as_slice(), value.as_slice())));
    Ok(Some(sheets.map(drop)))
}

/// A campaign with its totals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Which.
    pub id: CampaignId,
    /// Terms and budget.
    pub campaign: Campaign,
    /// What was minted and destroyed.
    pub supply: Supply,
}

/// Every campaign with its totals, by number, at most [`MAX_CAMPAIGNS`].
pub fn totals(read_from: &dyn Read) -> Result<Vec<Totals>, StoreError> {
    let mut all = Vec::new();
    for (key, value) in read_from.scan(Table::State, b"K", MAX_CAMPAIGNS)? {
        let Some(id) = campaign_of(&key) else { continue };
        let supply_key = dure_score::key::Key::Supply(id).to_bytes();
        let supply = match read_from.get(Table::State, &supply_key)? {
            Some(bytes) => read("supply", &bytes)?,
            None => Supply::default(),
        };
        all.push(Totals { id, campaign: read("campaign", &value)?, supply });
    }
    Ok(all)
}

/// Sets the metrics of every campaign.
pub fn measure_all(read_from: &dyn Read) -> Result<(), StoreError> {
    for line in totals(read_from)? {
        measure::supply(line.id, line.supply.existing().unwrap_or(Amount::ZERO));
        measure::budget(line.id, line.campaign.budget);
    }
    Ok(())
}

/// Sets the metrics of the campaigns that a block changed.
pub fn measure_changes(changes: &Changes) -> Result<(), StoreError> {
    for (key, value) in changes.iter() {
        let (Some(id), Some(value)) = (campaign_of(key), value) else { continue };
        match key.first() {
            Some(b'S') => {
                let supply: Supply = read("supply", value)?;
                measure::supply(id, supply.existing().unwrap_or(Amount::ZERO));
            }
            Some(b'K') => measure::budget(id, read::<Campaign>("campaign", value)?.budget),
            _ => {}
        }
    }
    Ok(())
}

fn campaign_of(key: &[u8]) -> Option<CampaignId> {
    let (_, id) = key.split_first()?;
    Some(CampaignId(u32::from_be_bytes(id.try_into().ok()?)))
}
