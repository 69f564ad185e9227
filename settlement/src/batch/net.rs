//! *netted*: every merchant's payout, computed from the ledger's blocks and stored once.

use super::Batcher;
use crate::bank::{latin, uetr};
use crate::config::Names;
use crate::error::SettlementError;
use crate::ledger::Ledger;
use crate::money::{from_db, to_db};
use crate::netting::{Net, Netting, payable};
use crate::repo::batches::{Batch, BatchState};
use crate::repo::payouts::{self, Payout, PayoutState};
use dure_db::merchants::{self, Merchant};
use dure_score::{Bid, PayoutId};
use std::collections::BTreeMap;

/// Blocks read at once: the most that a node serves.
const BLOCKS_AT_ONCE: u64 = 100;

impl<L: Ledger> Batcher<L> {
    pub(super) async fn net(&self, batch: &Batch) -> Result<(), SettlementError> {
        let id = batch.id.clone();
        let (forward, shops) = self
            .db()
            .run(move |c| -> Result<_, SettlementError> {
                Ok((payouts::brought_forward(c, &id)?, merchants::all(c)?))
            })
            .await?;
        let forward = forward.into_iter().map(|(bid, open)| Ok((parse_bid(&bid)?, open)));
        let forward: BTreeMap<Bid, i64> = forward.collect::<Result<_, SettlementError>>()?;
        let nets = self.netting(batch, forward).await?.close()?;
        let shops: BTreeMap<String, Merchant> =
            shops.into_iter().map(|shop| (shop.bid.clone(), shop)).collect();
        let mut rows = Vec::with_capacity(nets.len());
        for (merchant, net) in nets {
            let now = to_db(self.officer.ledger.takings(&merchant).await?.get())?;
            rows.push(self.plan(batch, &merchant, &net, shops.get(&merchant.to_string()), now)?);
        }
        tracing::info!(batch = batch.id, merchants = rows.len(), "netted");
        self.advance(batch, BatchState::Netted, move |c| Ok(payouts::insert(c, &rows)?)).await
    }

    async fn netting(&self, batch: &Batch, forward: BTreeMap<Bid, i64>) -> Result<Netting, SettlementError> {
        self.height_from(batch.to_height).await?;
        let (mut from, to) = (from_db(batch.from_height)?, from_db(batch.to_height)?);
        let mut netting = Netting::new(forward);
        // Bounded: each turn moves on by at least one block.
        while from <= to {
            let last = to.min(from.saturating_add(BLOCKS_AT_ONCE.saturating_sub(1)));
            for receipt in self.officer.ledger.receipts(from, last).await? {
                netting.add(&receipt)?;
            }
            from = last.saturating_add(1);
        }
        Ok(netting)
    }

    /// The row of one merchant. A merchant whose bank account we do not know is owed all the same: the sum is
    /// brought forward until we do.
    fn plan(
        &self,
        batch: &Batch,
        merchant: &Bid,
        net: &Net,
        shop: Option<&Merchant>,
        now: i64,
    ) -> Result<Payout, SettlementError> {
        let held = shop.map_or(0, |shop| shop.held.max(0));
        let amount = payable(net.takings, held, now);
        let payee = shop.map(|shop| self.payee(shop)).filter(Payee::is_complete);
        let (state, reason) = match (&payee, amount) {
            (_, 0) => (PayoutState::Nothing, None),
            (None, _) => (PayoutState::Deferred, Some("NO_BANK_ACCOUNT".to_owned())),
            (Some(_), _) => (PayoutState::Planned, None),
        };
        if state == PayoutState::Deferred {
            tracing::error!(merchant = %merchant, amount, "a merchant's bank account is not known; not paid");
        }
        // Shops have short codes; a merchant that is not in our tables is named by its BID.
        let name = shop.map_or_else(
            || format!("X{}", merchant.to_string().get(..16).unwrap_or_default()),
            |s| s.code.clone(),
        );
        let id = format!("{}-{name}", batch.id);
        PayoutId::new(&id).map_err(|error| SettlementError::Stored(format!("payout {id}: {error}")))?;
        let payee = payee.unwrap_or_default();
        Ok(Payout {
            uetr: uetr(&id),
            id,
            batch: batch.id.clone(),
            merchant: merchant.to_string(),
            amount: if state == PayoutState::Planned { amount } else { 0 },
            payments: net.payments,
            refunds: net.refunds,
            held,
            creditor_name: payee.name,
            bank_code: payee.bank,
            bank_account: payee.account,
            state: state.as_str().to_owned(),
            bank_reason: reason,
            bank_reference: None,
            statement_queued: false,
            reused: net.reused,
        })
    }

    fn payee(&self, shop: &Merchant) -> Payee {
        let name = match self.config.names {
            Names::Unicode => shop.account_holder.trim().to_owned(),
            Names::Latin => latin(&shop.name_en),
        };
        Payee { name, bank: shop.bank_code.trim().to_owned(), account: shop.bank_account.trim().to_owned() }
    }
}

#[derive(Default)]
struct Payee {
    name: String,
    bank: String,
    account: String,
}

impl Payee {
    /// Lengths are those of the payment file's schema (Max140Text, Max35Text, Max34Text).
    fn is_complete(&self) -> bool {
        // XML has no way to write control characters and these two: one of them would spoil the file of all shops.
        let unwritable = |letter: char| letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}');
        let text = |text: &str, max: usize| {
            (1..=max).contains(&text.chars().count()) && !text.chars().any(unwritable)
        };
        text(&self.name, 140) && text(&self.bank, 35) && text(&self.account, 34)
    }
}

pub(super) fn parse_bid(text: &str) -> Result<Bid, SettlementError> {
    text.parse().map_err(|error| SettlementError::Stored(format!("merchant {text}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_whose_name_no_file_can_carry_is_paid_by_nobody_and_stops_no_other() {
        let of =
            |name: &str| Payee { name: name.to_owned(), bank: "004".to_owned(), account: "1234".to_owned() };
        for name in ["한아름마트(주) & <sons>", "☕️ 두레", "\u{fffd}", &"가".repeat(140)] {
            assert!(of(name).is_complete(), "{name}");
        }
        for name in ["", "a\u{1}b", "a\nb", "a\u{fffe}", "\u{ffff}", &"가".repeat(141)] {
            assert!(!of(name).is_complete(), "{name:?}");
        }
    }
}
