//! The balance sheet: what must be true of the whole state after every block (I1, I2).
//!
//! I1: per campaign, Σ lots + Σ escrow = issued + charged − burned − expired − returned. Escrow is a campaign's
//! budget and every payout or cash-out that waits for the bank. I2 (nothing negative) holds by type; a stored zero lot breaks it.

use std::collections::BTreeMap;

use crate::{
    amount::Amount,
    holdings::Holdings,
    ids::CampaignId,
    record::{Campaign, CashOut, Draw, Payout, PayoutState, Supply},
};

/// Kinds of state keys (first letters, see [`crate::key::Key`]) that the balance sheet adds up: holdings, campaigns, supply,
/// payouts, cash-outs. A sheet without one of them does not balance.
pub const KINDS: [u8; 5] = [b'H', b'K', b'S', b'Y', b'W'];

/// One campaign's side of the books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Coin in accounts.
    pub lots: Amount,
    /// Coin in the budget.
    pub budget: Amount,
    /// Coin in payouts and cash-outs that wait for the bank.
    pub payouts: Amount,
    /// What was minted and destroyed.
    pub supply: Supply,
}

impl Sheet {
    /// Coin outside the campaign's own budget.
    pub fn in_circulation(&self) -> Option<Amount> {
        self.lots.plus(self.payouts)
    }
}

/// What does not hold, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// A stored value is not a record of its kind.
    Unreadable(Vec<u8>),
    /// A sum overflowed.
    Overflow(CampaignId),
    /// A lot of amount zero is stored.
    EmptyLot(Vec<u8>),
    /// The two sides differ.
    Unbalanced(CampaignId, Sheet),
}

impl core::fmt::Display for Broken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the books do not balance: {self:?}")
    }
}
impl std::error::Error for Broken {}

/// Adds up the whole state and compares. `entries` are all (key, value) pairs, in any order.
pub fn balance_sheets<'a>(
    entries: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
) -> Result<BTreeMap<CampaignId, Sheet>, Broken> {
    let mut sheets: BTreeMap<CampaignId, Sheet> = BTreeMap::new();
    for (key, value) in entries {
        add_entry(&mut sheets, key, value)?;
    }
    for (id, sheet) in &sheets {
        let held = sheet.lots.plus(sheet.budget).and_then(|sum| sum.plus(sheet.payouts));
        match (held, sheet.supply.existing()) {
            (Some(held), Some(existing)) if held == existing => {}
            _ => return Err(Broken::Unbalanced(*id, *sheet)),
        }
    }
    Ok(sheets)
}

/// Adds what one entry of the state contributes: for an auditor who keeps the sheets as blocks go by. Entries that hold
/// no money add nothing.
pub fn add_entry(sheets: &mut BTreeMap<CampaignId, Sheet>, key: &[u8], value: &[u8]) -> Result<(), Broken> {
    let unreadable = |_| Broken::Unreadable(key.to_vec());
    let Some((kind, id)) = key.split_first() else { return Err(Broken::Unreadable(Vec::new())) };
    let campaign_of_key = || {
        let bytes: [u8; 4] = id.try_into().map_err(|_| Broken::Unreadable(key.to_vec()))?;
        Ok::<_, Broken>(CampaignId(u32::from_be_bytes(bytes)))
    };
    match kind {
        b'H' => {
            let holdings: Holdings = minicbor::decode(value).map_err(unreadable)?;
            for lot in &holdings.lots {
                if lot.amount.is_zero() {
                    return Err(Broken::EmptyLot(key.to_vec()));
                }
                add(&mut sheets.entry(lot.campaign).or_default().lots, lot.amount, lot.campaign)?;
            }
        }
        b'K' => {
            let campaign: Campaign = minicbor::decode(value).map_err(unreadable)?;
            let id = campaign_of_key()?;
            sheets.entry(id).or_default().budget = campaign.budget;
        }
        b'S' => {
            sheets.entry(campaign_of_key()?).or_default().supply =
                minicbor::decode(value).map_err(unreadable)?
        }
        b'Y' => {
            let payout: Payout = minicbor::decode(value).map_err(unreadable)?;
            add_escrow(sheets, payout.state, &payout.draws)?;
        }
        b'W' => {
            let cash_out: CashOut = minicbor::decode(value).map_err(unreadable)?;
            add_escrow(sheets, cash_out.state, &cash_out.draws)?;
        }
        _ => {}
    }
    Ok(())
}

fn add_escrow(
    sheets: &mut BTreeMap<CampaignId, Sheet>,
    state: PayoutState,
    draws: &[Draw],
) -> Result<(), Broken> {
    if state != PayoutState::Escrowed {
        return Ok(());
    }
    for draw in draws {
        let id = draw.lot.campaign;
        add(&mut sheets.entry(id).or_default().payouts, draw.amount, id)?;
    }
    Ok(())
}

fn add(sum: &mut Amount, amount: Amount, campaign: CampaignId) -> Result<(), Broken> {
    *sum = sum.plus(amount).ok_or(Broken::Overflow(campaign))?;
    Ok(())
}
