//! The run in figures, taken from the ledger's own blocks, the database, the bank file and the processes.

use std::{path::PathBuf, time::Instant};

use dure_ledger_client::Block;
use dure_score::{Effect, Hash32};
use serde::Serialize;

use super::{
    checks::Checks,
    crash::{self, Position},
    prove::Proven,
    settle::Settled,
    stage::Stage,
    wait,
};
use crate::{error::DureError, process::resident_mb, repo};

/// Blocks asked for at once: what a node gives at most.
const PAGE: u64 = 100;

/// One JSON object that says it all. Money in whole won.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// Won that became coin.
    pub charged: u64,
    /// Bonus on it.
    pub bonus: u64,
    /// Vouchers given.
    pub granted: u64,
    /// Paid to shops.
    pub paid: u64,
    /// Given back by shops.
    pub refunded: u64,
    /// Sent between citizens.
    pub transferred: u64,
    /// Taken into escrow for payout.
    pub redeemed: u64,
    /// Burned: the bank has paid.
    pub burned: u64,
    /// Back with shops: the bank has refused.
    pub returned: u64,
    /// Coin outside the campaigns' budgets at the end.
    pub in_circulation: u64,
    /// Height of each validator.
    pub heights: Vec<u64>,
    /// State root of each validator at that height.
    pub state_roots: Vec<Hash32>,
    /// The payment file.
    pub pain001: PathBuf,
    /// Its control sum.
    pub pain001_ctrl_sum: i64,
    /// What the ledger, the read model, the batch and the bank file do not agree on; 0 or something is wrong.
    pub difference: i64,
    /// Submit → final, ms.
    pub finality_ms: Percentiles,
    /// Resident memory of each validator, MiB.
    pub rss_mb: Vec<u64>,
    /// How long all of it took, s.
    pub seconds: u64,
    /// What was proven and audited.
    #[serde(flatten)]
    pub proven: Proven,
    /// What held.
    pub checks: Checks,
}

/// A distribution in three numbers.
#[derive(Debug, Serialize)]
pub struct Percentiles {
    /// Half are at most this.
    pub p50: u64,
    /// Of twenty, nineteen are at most this.
    pub p95: u64,
    /// All are at most this.
    pub max: u64,
}

impl Percentiles {
    /// Of `values`; zeros if there are none.
    pub fn of(mut values: Vec<u64>) -> Self {
        values.sort_unstable();
        let at = |percent: usize| {
            let place = (values.len() * percent).div_ceil(100).saturating_sub(1);
            values.get(place).copied().unwrap_or_default()
        };
        Self { p50: at(50), p95: at(95), max: at(100) }
    }
}

/// What the blocks say was done, won.
#[derive(Debug, Default, PartialEq, Eq)]
struct Totals {
    charged: u64,
    bonus: u64,
    granted: u64,
    paid: u64,
    refunded: u64,
    transferred: u64,
    redeemed: u64,
    burned: u64,
    returned: u64,
}

impl Totals {
    fn add(&mut self, block: &Block) {
        for effect in block.receipts.iter().flat_map(|receipt| &receipt.effects) {
            let (slot, amount) = match effect {
                Effect::Charged { amount, bonus, .. } => {
                    self.bonus = self.bonus.saturating_add(bonus.get());
                    (&mut self.charged, amount)
                }
                Effect::Granted { amount, .. } => (&mut self.granted, amount),
                Effect::Paid { amount, .. } => (&mut self.paid, amount),
                Effect::Refunded { amount, .. } => (&mut self.refunded, amount),
                Effect::Transferred { amount, .. } => (&mut self.transferred, amount),
                Effect::Redeemed { amount, .. } => (&mut self.redeemed, amount),
                Effect::PayoutConfirmed { amount, .. } => (&mut self.burned, amount),
                Effect::PayoutRejected { amount, .. } => (&mut self.returned, amount),
                _ => continue,
            };
            *slot = slot.saturating_add(amount.get());
        }
    }
}

/// Collects the figures and makes the last checks.
pub async fn collect(
    stage: &mut Stage,
    settled: Settled,
    proven: Proven,
    begun: Instant,
) -> Result<Summary, DureError> {
    let positions = crash::agreed(stage).await?;
    let height = positions.first().map_or(0, |position| position.0);
    let totals = totals(stage, height).await?;
    let books = books(stage, height).await?;
    let paid_out = totals.burned.saturating_add(totals.returned);
    let difference = [
        books.difference,
        settled.difference,
        signed(totals.redeemed).saturating_sub(settled.control_sum),
        signed(totals.redeemed).saturating_sub(signed(paid_out)),
    ];
    let difference = difference.into_iter().map(i64::saturating_abs).fold(0, i64::saturating_add);
    stage.checks.equal("books_balance_to_one_won", &difference, &0);
    let done =
        [totals.charged, totals.bonus, totals.granted, totals.paid, totals.refunded, totals.transferred];
    let settled_parts = [totals.redeemed, totals.burned, totals.returned];
    let complete = done.iter().chain(&settled_parts).all(|amount| *amount > 0);
    stage.checks.note("every_kind_of_money_moved", complete, format!("{totals:?}"));
    let same = |pick: fn(&Position) -> Hash32| {
        positions.iter().all(|position| positions.first().is_some_and(|first| pick(first) == pick(position)))
    };
    stage.checks.note("equal_blocks_at_equal_heights", same(|position| position.1), format!("{positions:?}"));
    stage.checks.note("equal_state_roots", same(|position| position.2), format!("{positions:?}"));
    stage.cluster.check_alive()?;
    Ok(Summary {
        charged: totals.charged,
        bonus: totals.bonus,
        granted: totals.granted,
        paid: totals.paid,
        refunded: totals.refunded,
        transferred: totals.transferred,
        redeemed: totals.redeemed,
        burned: totals.burned,
        returned: totals.returned,
        in_circulation: books.in_circulation,
        heights: positions.iter().map(|position| position.0).collect(),
        state_roots: positions.iter().map(|position| position.2).collect(),
        pain001: settled.file,
        pain001_ctrl_sum: settled.control_sum,
        difference,
        finality_ms: Percentiles::of(std::mem::take(&mut stage.finality_ms)),
        rss_mb: stage.cluster.nodes.iter().filter_map(|node| resident_mb(node.pid())).collect(),
        seconds: begun.elapsed().as_secs(),
        proven,
        checks: std::mem::take(&mut stage.checks),
    })
}

async fn totals(stage: &Stage, height: u64) -> Result<Totals, DureError> {
    let mut totals = Totals::default();
    let mut from = 1;
    while from <= height {
        let to = height.min(from.saturating_add(PAGE - 1));
        for block in stage.client.blocks(from, to).await? {
            totals.add(&block);
        }
        from = to.saturating_add(1);
    }
    Ok(totals)
}

struct Books {
    in_circulation: u64,
    difference: i64,
}

/// The ledger's supply against the read model's accounts and budgets, once the follower has reached `height`.
/// Nothing is in escrow after a closed batch.
async fn books(stage: &Stage, height: u64) -> Result<Books, DureError> {
    wait::until("the read model reaches the ledger", async || {
        let reached = stage.db.run(|connection| dure_db::checkpoints::get(connection, "wallet")).await;
        let reached = reached.map_err(|error: dure_db::DbError| DureError::Database(error.to_string()))?;
        let enough =
            reached.is_some_and(|checkpoint| u64::try_from(checkpoint.height).unwrap_or(0) >= height);
        Ok(enough.then_some(()))
    })
    .await?;
    let (mut exists, mut budgets) = (0u64, 0u64);
    for line in stage.client.supply().await? {
        let existing =
            line.supply.existing().ok_or_else(|| DureError::Data("supply contradicts itself".to_owned()))?;
        exists = exists.saturating_add(existing.get());
        budgets = budgets.saturating_add(line.budget.get());
    }
    let model = stage.db.run(repo::read_model).await;
    let model = model.map_err(|error| DureError::Database(error.to_string()))?;
    let difference = signed(exists).saturating_sub(model.accounts.saturating_add(model.budgets));
    Ok(Books { in_circulation: exists.saturating_sub(budgets), difference })
}

fn signed(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::Percentiles;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let found = Percentiles::of((1..=20).rev().collect());
        assert_eq!((found.p50, found.p95, found.max), (10, 19, 20));
        let none = Percentiles::of(Vec::new());
        assert_eq!((none.p50, none.max), (0, 0));
    }
}
