//! The balance sheet, kept up block by block: only what a block changed is looked at again.

use std::collections::BTreeMap;

use dure_score::{
    Amount, CampaignId,
    invariant::{Broken, KINDS, Sheet, add_entry},
};

/// The kind that holds the totals.
const SUPPLY: u8 = b'S';

type Sheets = BTreeMap<CampaignId, Sheet>;

/// Every campaign's sheet.
#[derive(Debug, Default)]
pub(super) struct Books(Sheets);

/// Whether an entry of this key is on a sheet.
pub(super) fn is_money(key: &[u8]) -> bool {
    key.first().is_some_and(|kind| KINDS.contains(kind))
}

impl Books {
    /// From sheets of a whole state.
    pub(super) const fn new(sheets: Sheets) -> Self {
        Self(sheets)
    }

    /// Replaces entries (key, value before, value after) and checks the sheets of the campaigns that they touch.
    pub(super) fn change<'a>(
        &mut self,
        entries: impl Iterator<Item = (&'a [u8], Option<&'a [u8]>, Option<&'a [u8]>)>,
    ) -> Result<(), Broken> {
        let mut touched = Vec::new();
        for (key, before, after) in entries {
            let (old, new) = (sheets_of(key, before)?, sheets_of(key, after)?);
            let is_supply = key.first() == Some(&SUPPLY);
            for (id, sheet) in old {
                let ours = self.0.entry(id).or_default();
                replace(ours, &sheet, Amount::minus).ok_or(Broken::Overflow(id))?;
                touched.push(id);
            }
            for (id, sheet) in new {
                let ours = self.0.entry(id).or_default();
                replace(ours, &sheet, Amount::plus).ok_or(Broken::Overflow(id))?;
                if is_supply {
                    ours.supply = sheet.supply;
                }
                touched.push(id);
            }
        }
        touched.sort_unstable();
        touched.dedup();
        touched.into_iter().try_for_each(|id| self.check(id))
    }

    fn check(&self, id: CampaignId) -> Result<(), Broken> {
        let Some(sheet) = self.0.get(&id) else { return Ok(()) };
        let held = sheet.lots.plus(sheet.budget).and_then(|sum| sum.plus(sheet.payouts));
        let balanced = held.is_some() && held == sheet.supply.existing();
        if balanced { Ok(()) } else { Err(Broken::Unbalanced(id, *sheet)) }
    }

    /// Whether these are the sheets of the whole state. Campaigns of which nothing is left may be missing there.
    pub(super) fn equal(&self, whole: &Sheets) -> bool {
        let ours = self.0.iter().filter(|(_, sheet)| **sheet != Sheet::default());
        let theirs = whole.iter().filter(|(_, sheet)| **sheet != Sheet::default());
        ours.eq(theirs)
    }

    /// All sheets.
    pub(super) const fn sheets(&self) -> &Sheets {
        &self.0
    }
}

fn sheets_of(key: &[u8], value: Option<&[u8]>) -> Result<Sheets, Broken> {
    let mut sheets = Sheets::new();
    if let Some(value) = value {
        add_entry(&mut sheets, key, value)?;
    }
    Ok(sheets)
}

fn replace(ours: &mut Sheet, other: &Sheet, how: impl Fn(Amount, Amount) -> Option<Amount>) -> Option<()> {
    ours.lots = how(ours.lots, other.lots)?;
    ours.budget = how(ours.budget, other.budget)?;
    ours.payouts = how(ours.payouts, other.payouts)?;
    Some(())
}
