//! Writes a block into the read model, inside one SQL transaction.

use std::collections::BTreeMap;

use dure_db::{DbConnection, DbError, devices, sessions};
use dure_ledger_client::{Block, ClientError};
use dure_score::{Bid, CampaignId, Effect, Receipt, record::CampaignTerms};
use dure_service::ServiceError;

use super::{
    counter,
    draft::{Sign, drafts},
};
use crate::repo::{accounts, campaigns, entries, lots, payments};

/// Positions reserved for one transaction's effects within a block: one expiry run makes at most 100 × 257.
const POSITIONS: i64 = 100_000;

/// Why blocks cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The blocks do not continue those written before, or the ledger could not be asked.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The terms of a campaign that opened are not at hand.
    #[error("the terms of campaign {0} are not known yet")]
    NoTerms(u32),
    /// The entries do not add up to the balance that the ledger states.
    #[error("block {height}: the entries of {bid} add up to {sum}, the ledger says {balance}")]
    Unbalanced {
        /// Where.
        height: i64,
        /// Whose.
        bid: String,
        /// Of the entries.
        sum: i64,
        /// Of the ledger.
        balance: i64,
    },
}

/// What was written, for those who listen.
#[derive(Debug, Default)]
pub struct Written {
    /// Accounts whose balance was stated, as they are now.
    pub accounts: BTreeMap<String, accounts::Account>,
    /// New entries in order.
    pub entries: Vec<entries::Row>,
}

/// Terms of campaigns that open or change in the blocks: an effect names only their number.
pub type Terms = BTreeMap<CampaignId, CampaignTerms>;

impl From<ClientError> for WriteError {
    fn from(error: ClientError) -> Self {
        Self::Service(error.into())
    }
}

/// Writes what `block` changes.
pub fn write_block(
    connection: &mut DbConnection,
    block: &Block,
    terms: &Terms,
    written: &mut Written,
) -> Result<(), WriteError> {
    let height = number(block.height)?;
    for receipt in block.receipts.iter().filter(|receipt| receipt.is_applied()) {
        let running = BTreeMap::new();
        Receipting { connection, receipt, terms, height, running, written }.write()?;
    }
    Ok(())
}

/// One receipt being written.
struct Receipting<'a> {
    connection: &'a mut DbConnection,
    receipt: &'a Receipt,
    terms: &'a Terms,
    height: i64,
    /// Balances while its entries are made.
    running: BTreeMap<Bid, i64>,
    written: &'a mut Written,
}

impl<'a> Receipting<'a> {
    fn write(mut self) -> Result<(), WriteError> {
        for (index, effect) in self.receipt.effects.iter().enumerate() {
            let index = i64::try_from(index).map_err(|_| DbError::Corrupt("position"))?;
            let position = i64::from(self.receipt.index)
                .saturating_mul(POSITIONS)
                .saturating_add(index.saturating_mul(2));
            for (step, draft) in (0i64..).zip(drafts(effect, &self.receipt.effects)) {
                self.entry(position.saturating_add(step), draft)?;
            }
            self.change(effect)?;
            self.budget(effect)?;
        }
        Ok(())
    }

    fn entry(&mut self, position: i64, draft: super::draft::Draft) -> Result<(), WriteError> {
        let bid = draft.bid.to_string();
        let amount = number(draft.amount.get())?;
        let amount = match draft.sign {
            Sign::Plus => amount,
            Sign::Minus => amount.saturating_neg(),
            Sign::None => 0,
        };
        let before = match self.running.get(&draft.bid) {
            Some(balance) => *balance,
            None => accounts::get(self.connection, &bid)?.balance,
        };
        let balance_after = before.checked_add(amount).ok_or(DbError::Corrupt("balance"))?;
        self.running.insert(draft.bid, balance_after);
        let row = entries::Row {
            id: format!("{}-{position}", self.receipt.tx),
            bid,
            tx: self.receipt.tx.to_string(),
            height: self.height,
            position,
            kind: draft.kind.to_owned(),
            amount,
            balance_after,
            counterparty: draft.counterparty,
            reference: draft.reference,
            at: number(self.receipt.time_ms)?,
        };
        entries::insert(self.connection, &row)?;
        self.written.entries.push(row);
        Ok(())
    }

    fn change(&mut self, effect: &Effect) -> Result<(), WriteError> {
        match effect {
            Effect::LotChanged { owner, lot, .. } => lots::put(self.connection, &owner.to_string(), lot)?,
            Effect::Expired { owner, lot } => lots::remove(self.connection, &owner.to_string(), lot)?,
            Effect::Balance { owner, total } => self.balance(owner, number(total.get())?)?,
            Effect::Paid { payment, payer, merchant, order, amount } => {
                let payment = payments::Payment {
                    tx: payment.to_string(),
                    payer: payer.to_string(),
                    merchant: merchant.to_string(),
                    order_id: order.to_string(),
                    amount: number(amount.get())?,
                    refunded: 0,
                    paid_at: number(self.receipt.time_ms)?,
                    height: self.height,
                };
                payments::insert(self.connection, &payment)?;
            }
            Effect::Refunded { payment, total, .. } => {
                payments::set_refunded(self.connection, &payment.to_string(), number(total.get())?)?;
            }
            Effect::CertificateRevoked { certificate, .. } => {
                let certificate = certificate.to_string();
                devices::lock(self.connection, &certificate, number(self.receipt.time_ms)?)?;
                sessions::end_for_certificate(self.connection, &certificate)?;
            }
            Effect::AccountRebound { member, certificate } => {
                counter::rebound(self.connection, member, certificate, number(self.receipt.time_ms)?)?;
                counter::executed(self.connection, self.receipt, number(self.receipt.time_ms)?)?;
            }
            Effect::AccountUnfrozen { .. } => {
                counter::executed(self.connection, self.receipt, number(self.receipt.time_ms)?)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Campaigns' budgets follow from the effects alone, so they are true to the block and not to a node's present.
    fn budget(&mut self, effect: &Effect) -> Result<(), WriteError> {
        let (campaign, change) = match effect {
            Effect::CampaignOpened { campaign } => {
                return Ok(campaigns::open(self.connection, *campaign, self.terms(*campaign)?)?);
            }
            Effect::CampaignAmended { campaign, .. } => {
                return Ok(campaigns::amend(self.connection, *campaign, self.terms(*campaign)?)?);
            }
            Effect::CampaignClosed { campaign, returned } => {
                campaigns::close(self.connection, *campaign)?;
                (campaign, number(returned.get())?.saturating_neg())
            }
            Effect::Issued { campaign, amount, .. } => {
                return Ok(campaigns::issue(self.connection, *campaign, number(amount.get())?)?);
            }
            Effect::Charged { bonus, campaign, .. } if !bonus.is_zero() => {
                (campaign, number(bonus.get())?.saturating_neg())
            }
            Effect::Granted { campaign, amount, .. } | Effect::CashbackPaid { campaign, amount, .. } => {
                (campaign, number(amount.get())?.saturating_neg())
            }
            // What was withheld from refunded coin comes back by an effect of its own.
            Effect::CashbackTakenBack { campaign, amount, withheld, .. } => {
                (campaign, number(amount.minus(*withheld).unwrap_or_default().get())?)
            }
            Effect::SubsidyReturned { campaign, amount, .. } => (campaign, number(amount.get())?),
            // Charged coin that expires leaves circulation; vouchers go back to who paid for them.
            Effect::Expired { lot, .. } if lot.campaign != CampaignId::COIN => {
                (&lot.campaign, number(lot.amount.get())?)
            }
            _ => return Ok(()),
        };
        Ok(campaigns::add_budget(self.connection, *campaign, change)?)
    }

    /// The terms of a campaign that opened or changed in these blocks.
    fn terms(&self, campaign: CampaignId) -> Result<&'a CampaignTerms, WriteError> {
        self.terms.get(&campaign).ok_or(WriteError::NoTerms(campaign.0))
    }

    /// The ledger's word on a balance; the entries must have led there.
    fn balance(&mut self, owner: &Bid, balance: i64) -> Result<(), WriteError> {
        let bid = owner.to_string();
        if let Some(sum) = self.running.get(owner).copied()
            && sum != balance
        {
            return Err(WriteError::Unbalanced { height: self.height, bid, sum, balance });
        }
        let account = accounts::Account { bid: bid.clone(), balance, height: self.height };
        accounts::put(self.connection, &account)?;
        self.written.accounts.insert(bid, account);
        Ok(())
    }
}

fn number(value: u64) -> Result<i64, DbError> {
    i64::try_from(value).map_err(|_| DbError::Corrupt("number of the ledger"))
}
