//! Drawing coin from an account in the published order ([`crate::lot::Lot::spend_key`]): what a rule admits, and what
//! is said when that does not suffice.

use super::Work;
use crate::{
    amount::Amount,
    halt::Halt,
    holdings::Holdings,
    ids::CampaignId,
    lot::{Lot, SpendClass},
    record::{Campaign, CampaignTerms, Draw},
    refusal::Refusal,
    state::StateRead,
};

/// The series of one account's lots, each looked up once, under one rule. Few, so a list is quicker than a map.
pub struct Spending {
    series: Vec<(CampaignId, Series)>,
    now: u64,
}

struct Series {
    admitted: bool,
    class: SpendClass,
    holding_cap: Amount,
}

impl Spending {
    /// Looks up the campaigns of all lots held and asks `rule` of each.
    pub fn of<S: StateRead>(
        work: &Work<'_, S>,
        purse: &Holdings,
        rule: impl Fn(&CampaignTerms) -> bool,
    ) -> Result<Self, Halt> {
        let mut series: Vec<(CampaignId, Series)> = Vec::with_capacity(1);
        for Lot { campaign, .. } in &purse.lots {
            if series.iter().all(|(known, _)| known != campaign) {
                let one = work.see_campaign(*campaign, |Campaign { terms, .. }| Series {
                    admitted: rule(terms),
                    class: terms.spend_class(*campaign),
                    holding_cap: terms.holding_cap,
                })?;
                series.push((*campaign, one));
            }
        }
        Ok(Self { series, now: work.now() })
    }

    /// Takes `amount` out of `purse`. Refuses if all that has not expired does not suffice; else, if what the rule
    /// admits does not, with `refusal` of what it admits and what is missing.
    pub fn draw(
        &self,
        purse: &mut Holdings,
        amount: Amount,
        refusal: impl FnOnce(Amount, Amount) -> Refusal,
    ) -> Result<Vec<Draw>, Refusal> {
        let live = |lot: &Lot| lot.expires_at > self.now;
        let available = sum(purse, live);
        match amount.minus(available) {
            Some(short) if !short.is_zero() => return Err(Refusal::InsufficientFunds { available, short }),
            _ => {}
        }
        let good = |lot: &Lot| live(lot) && self.admits(lot);
        purse.draw(amount, good, |lot| lot.spend_key(self.class(lot))).ok_or_else(|| {
            let admitted = sum(purse, good);
            refusal(admitted, amount.minus(admitted).unwrap_or_default())
        })
    }

    /// The cap on what one citizen may hold of a series among the lots looked up.
    pub fn holding_cap(&self, campaign: CampaignId) -> Amount {
        self.find(campaign).map_or(Amount::ZERO, |series| series.holding_cap)
    }

    #[inline]
    fn find(&self, campaign: CampaignId) -> Option<&Series> {
        self.series.iter().find(|(known, _)| *known == campaign).map(|(_, series)| series)
    }

    #[inline]
    fn admits(&self, lot: &Lot) -> bool {
        self.find(lot.campaign).is_some_and(|series| series.admitted)
    }

    #[inline]
    fn class(&self, lot: &Lot) -> SpendClass {
        self.find(lot.campaign).map_or(SpendClass::Coin, |series| series.class)
    }
}

/// What was drawn, per series, in order of campaign number.
pub fn per_series(draws: &[Draw]) -> Result<Vec<(CampaignId, Amount)>, Refusal> {
    let mut out: Vec<(CampaignId, Amount)> = Vec::with_capacity(draws.len());
    for Draw { lot, amount, .. } in draws {
        match out.binary_search_by_key(&lot.campaign, |(campaign, _)| *campaign) {
            Ok(found) => {
                if let Some((_, sum)) = out.get_mut(found) {
                    *sum = sum.plus(*amount).ok_or(Refusal::AmountOutOfRange)?;
                }
            }
            Err(place) => out.insert(place, (lot.campaign, *amount)),
        }
    }
    Ok(out)
}

/// Sum of the lots that `rule` admits; bounded by the supply.
fn sum(holdings: &Holdings, rule: impl Fn(&Lot) -> bool) -> Amount {
    let lots = holdings.lots.iter().filter(|lot| rule(lot));
    Amount::total(lots.map(|lot| lot.amount)).unwrap_or(Amount::ZERO)
}
