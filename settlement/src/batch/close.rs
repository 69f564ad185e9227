//! *closed*: the batch balances to the won, or stays open.

use super::open::{CATCH_UP_PAUSE, CATCH_UP_TRIES, close_purpose};
use super::statement::{Statement, compose};
use super::{Batcher, batch_id};
use crate::bank::control_sum_of;
use crate::error::SettlementError;
use crate::ledger::Ledger;
use crate::money::{from_db, total};
use crate::repo::batches::{Batch, BatchState};
use crate::repo::payouts::{self, Payout, PayoutState};
use dure_db::{merchants, outbox};
use dure_score::call::SettlementClose;
use dure_score::{Amount, Call, Refusal};

/// A batch's totals as each of the four books has them, in won.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    /// Moved into escrow, says the ledger.
    pub redeemed: u64,
    /// Burned, says the ledger.
    pub burned: u64,
    /// Given back, says the ledger.
    pub returned: u64,
    /// Control sum of the payment file, counted again; 0 without a file.
    pub file: u64,
    /// Booked by the bank.
    pub booked: u64,
    /// Refused by the bank.
    pub refused: u64,
    /// Sum of the merchants' statements.
    pub statements: u64,
}

impl Totals {
    /// The first difference between two books that must agree; 0 if there is none.
    pub(super) fn difference(&self) -> i128 {
        let pairs = [
            (self.redeemed, self.file),
            (self.burned.saturating_add(self.returned), self.redeemed),
            (self.burned, self.booked),
            (self.returned, self.refused),
            (self.statements, self.file),
        ];
        let differences = pairs.into_iter().map(|(left, right)| i128::from(left) - i128::from(right));
        differences.into_iter().find(|difference| *difference != 0).unwrap_or(0)
    }
}

impl<L: Ledger> Batcher<L> {
    pub(super) async fn close(&self, batch: &Batch) -> Result<(), SettlementError> {
        let totals = self.settled_totals(batch).await?;
        if totals.difference() != 0 {
            let text = format!("difference {} won: {totals:?}", totals.difference());
            return Err(SettlementError::Unbalanced(text));
        }
        let id = batch_id(&batch.id)?;
        let control_sum = Amount::new(from_db(batch.control_sum)?);
        let call = Call::SettlementClose(SettlementClose { batch: id.clone(), control_sum });
        let purpose = close_purpose(&batch.id);
        let receipt = self.officer.act(&purpose, &call).await?;
        match receipt.refusal() {
            None | Some(Refusal::BatchClosed) => {}
            Some(refusal) => return Err(SettlementError::Refused { purpose, refusal: refusal.clone() }),
        }
        let statements = self.statements(batch).await?;
        self.advance(batch, BatchState::Closed, move |c| {
            for statement in &statements {
                if payouts::take_statement(c, &statement.payout)? {
                    outbox::queue(
                        c,
                        &statement.recipient,
                        &statement.subject,
                        &statement.body,
                        dure_db::now_ms(),
                    )?;
                }
            }
            Ok(())
        })
        .await
    }

    /// [`Self::totals`] of a batch that must balance: asks again for a while, because the node that answers may be some
    /// blocks behind the one that took our last transaction.
    pub(super) async fn settled_totals(&self, batch: &Batch) -> Result<Totals, SettlementError> {
        let mut totals = self.totals(batch).await?;
        for _ in 0..CATCH_UP_TRIES {
            if totals.difference() == 0 {
                break;
            }
            tokio::time::sleep(CATCH_UP_PAUSE).await;
            totals = self.totals(batch).await?;
        }
        Ok(totals)
    }

    /// The batch as the ledger, the file, the bank and the statements have it.
    pub(super) async fn totals(&self, batch: &Batch) -> Result<Totals, SettlementError> {
        let record = self.officer.ledger.batch(&batch_id(&batch.id)?).await?;
        let file = match self.filed(batch).await? {
            None => 0,
            Some((name, bytes)) => control_sum_of(&bytes)
                .map_err(|error| SettlementError::Unbalanced(format!("{name}: {error}")))?
                .ok_or_else(|| {
                    SettlementError::Unbalanced(format!("{name}: its sums contradict each other"))
                })?,
        };
        let id = batch.id.clone();
        let rows = self.db().run(move |c| payouts::of_batch(c, &id)).await?;
        let sum = |states: &[PayoutState]| -> Result<u64, SettlementError> {
            let mut amounts = Vec::new();
            for row in &rows {
                if states.contains(&row.state()?) {
                    amounts.push(row.amount);
                }
            }
            total(amounts)
        };
        Ok(Totals {
            redeemed: record.as_ref().map_or(0, |record| record.redeemed.get()),
            burned: record.as_ref().map_or(0, |record| record.confirmed.get()),
            returned: record.as_ref().map_or(0, |record| record.rejected.get()),
            file,
            booked: sum(&[PayoutState::Booked, PayoutState::Paid])?,
            refused: sum(&[PayoutState::Refused, PayoutState::Returned])?,
            statements: total(rows.iter().map(|row| row.amount))?,
        })
    }

    async fn statements(&self, batch: &Batch) -> Result<Vec<Statement>, SettlementError> {
        let id = batch.id.clone();
        let (rows, forward, shops) = self
            .db()
            .run(move |c| -> Result<_, SettlementError> {
                Ok((payouts::of_batch(c, &id)?, payouts::brought_forward(c, &id)?, merchants::all(c)?))
            })
            .await?;
        let mut statements = Vec::with_capacity(rows.len());
        for row in &rows {
            let open = forward.get(&row.merchant).copied().unwrap_or(0);
            match shops.iter().find(|shop| shop.bid == row.merchant) {
                Some(shop) => statements.push(compose(&batch.business_date, row, shop, open)?),
                None => note_unknown(row),
            }
        }
        Ok(statements)
    }
}

fn note_unknown(row: &Payout) {
    tracing::error!(
        merchant = row.merchant,
        "a merchant on the ledger is not in our tables; no statement is sent"
    );
}

#[cfg(test)]
mod tests {
    use super::Totals;

    #[test]
    fn any_book_that_disagrees_is_a_difference() {
        let good = Totals {
            redeemed: 100,
            burned: 70,
            returned: 30,
            file: 100,
            booked: 70,
            refused: 30,
            statements: 100,
        };
        assert_eq!(good.difference(), 0);
        assert_eq!(Totals { file: 99, ..good }.difference(), 1);
        assert_eq!(Totals { burned: 69, ..good }.difference(), -1);
        assert_eq!(Totals { booked: 71, ..good }.difference(), -1);
        assert_eq!(Totals { refused: 29, ..good }.difference(), 1);
        assert_eq!(Totals { statements: 101, ..good }.difference(), 1);
    }
}
