//! The day's settlement.

use dure_score::{
    Amount, BatchId, Bid, Effect, PayoutId,
    call::{SettlementOpen, SettlementRedeem},
    ids::Code,
};

use super::{Answer, Ask, Heap, Model, amount_fits, no};

/// A batch.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    pub redeemed: u64,
    pub paid: u64,
    pub refused: u64,
    pub waiting: u32,
    pub closed: bool,
}

/// A payout.
#[derive(Clone, Debug)]
pub struct Wire {
    pub batch: BatchId,
    pub shop: Bid,
    pub taken: Vec<(Heap, u64)>,
    pub open: bool,
    pub paid: bool,
}

impl Model {
    pub fn open_batch(&mut self, ask: &Ask, call: &SettlementOpen) -> Answer {
        self.officer(ask, |duties| duties.bank)?;
        if self.folders.contains_key(call.batch.as_str()) {
            return no("BATCH_EXISTS", &[]);
        }
        if call.from_height > call.to_height || call.to_height >= ask.height {
            return no("BAD_BATCH", &[ask.height]);
        }
        self.folders.insert(call.batch.as_str().to_owned(), Folder::default());
        let (batch, from_height, to_height) = (call.batch.clone(), call.from_height, call.to_height);
        self.told.push(Effect::BatchOpened { batch, from_height, to_height });
        Ok(())
    }

    fn folder(&mut self, batch: &str) -> Answer<&mut Folder> {
        match self.folders.get_mut(batch) {
            None => no("UNKNOWN_BATCH", &[]),
            Some(folder) if folder.closed => no("BATCH_CLOSED", &[]),
            Some(folder) => Ok(folder),
        }
    }

    pub fn redeem(&mut self, ask: &Ask, call: &SettlementRedeem) -> Answer {
        let (batch, payout, amount) = (call.batch.as_str(), call.payout.as_str(), call.amount.get());
        self.officer(ask, |duties| duties.bank)?;
        amount_fits(amount)?;
        self.folder(batch)?;
        if self.payout_used(payout) {
            return no("PAYOUT_EXISTS", &[]);
        }
        self.merchant(call.merchant)?;
        let mut takings = self.purse(call.merchant);
        let all = takings.sum(|_| true);
        let Some(taken) = takings.spend(amount, |_| true, |heap| heap.number) else {
            return no("TAKINGS_TOO_LOW", &[all]);
        };
        self.purses.insert(call.merchant, takings);
        let folder = self.folder(batch)?;
        folder.redeemed += amount;
        folder.waiting += 1;
        self.told.push(Effect::Redeemed {
            batch: call.batch.clone(),
            payout: call.payout.clone(),
            merchant: call.merchant,
            amount: call.amount,
        });
        let wire = Wire { batch: call.batch.clone(), shop: call.merchant, taken, open: true, paid: false };
        self.wires.insert(payout.to_owned(), wire);
        Ok(())
    }

    /// The bank has paid, or refused with a reason.
    pub fn decide(&mut self, ask: &Ask, payout: &PayoutId, refused: Option<&Code>) -> Answer {
        self.officer(ask, |duties| duties.bank)?;
        if self.remainders.contains_key(payout.as_str()) {
            return self.decide_remainder(payout, refused);
        }
        let Some(wire) = self.wires.get(payout.as_str()).cloned() else { return no("UNKNOWN_PAYOUT", &[]) };
        if !wire.open {
            return no("PAYOUT_DECIDED", &[]);
        }
        let amount: u64 = wire.taken.iter().map(|(_, part)| part).sum();
        let folder = self.folder(wire.batch.as_str())?;
        folder.waiting -= 1;
        let (batch, merchant, sum) = (wire.batch.clone(), wire.shop, Amount::new(amount));
        let payout_id = payout.clone();
        if refused.is_none() {
            folder.paid += amount;
            self.told.push(Effect::PayoutConfirmed { batch, payout: payout_id, merchant, amount: sum });
            for (campaign, sum) in Self::by_series(&wire.taken) {
                self.books.get_mut(&campaign).unwrap().burned += sum;
            }
        } else {
            folder.refused += amount;
            let reason = refused.cloned().unwrap();
            self.told.push(Effect::PayoutRejected {
                batch,
                payout: payout_id,
                merchant,
                amount: sum,
                reason,
            });
            let mut takings = self.purse(wire.shop);
            wire.taken.iter().for_each(|(heap, part)| takings.put_back(heap, *part));
            self.purses.insert(wire.shop, takings);
        }
        let wire = self.wires.get_mut(payout.as_str()).unwrap();
        (wire.open, wire.paid) = (false, refused.is_none());
        Ok(())
    }

    pub fn close_batch(&mut self, ask: &Ask, batch: &BatchId, sum: u64) -> Answer {
        self.officer(ask, |duties| duties.bank)?;
        let folder = self.folder(batch.as_str())?;
        let decided = folder.paid + folder.refused;
        if folder.waiting > 0 || decided != folder.redeemed || sum != folder.redeemed {
            return no("BATCH_UNBALANCED", &[folder.redeemed, decided, sum]);
        }
        folder.closed = true;
        let [redeemed, confirmed, rejected] = [folder.redeemed, folder.paid, folder.refused].map(Amount::new);
        let batch = batch.clone();
        self.told.push(Effect::BatchClosed { batch, redeemed, confirmed, rejected });
        Ok(())
    }
}
