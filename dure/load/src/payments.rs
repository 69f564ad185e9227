//! Payments that are signed before anything is measured.

use std::{num::NonZeroUsize, thread};

use dure_score::{Amount, Call, ChainId, OrderId, SignedTx, Transaction, TxId, call::TokenPay};

use crate::{Crowd, LoadError};

/// What each payment is about, minor units.
const AMOUNT: u64 = 10;

/// Signed payments, numbered from `first` on.
pub struct Payments {
    wires: Vec<(TxId, Box<[u8]>)>,
}

impl Payments {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.wires.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.wires.is_empty()
    }

    /// Id and wire bytes of a payment.
    pub fn get(&self, at: usize) -> Option<(&TxId, &[u8])> {
        self.wires.get(at).map(|(id, wire)| (id, &**wire))
    }
}

/// The payment of that number. Payers take turns, each with its own numbers counting up; so do shops, unless all pay the
/// first one (`hot`).
pub fn payment(
    crowd: &Crowd,
    chain: &ChainId,
    number: u64,
    hot: bool,
    valid_until: u64,
) -> Result<SignedTx, LoadError> {
    let payers = u64::from(crowd.payers.max(1));
    let (payer, round) = (narrow(number % payers)?, number / payers);
    let merchant = if hot { 0 } else { narrow(number % u64::from(crowd.merchants.max(1)))? };
    let order = OrderId::new(&format!("L{number}")).map_err(LoadError::crowd)?;
    let merchant = crowd.merchant(merchant);
    let call = Call::TokenPay(TokenPay { merchant, order, amount: Amount::new(AMOUNT), cashback: None });
    let key = crowd.key(payer);
    let signer = key.public_key().certificate_id(chain);
    let nonce = round.saturating_add(1);
    Ok(Transaction { chain: chain.clone(), signer, nonce, valid_until, call }.sign(&key))
}

/// Signs `count` payments from number `first` on, on all cores.
pub fn sign_payments(
    crowd: &Crowd,
    first: u64,
    count: u32,
    hot: bool,
    valid_until: u64,
) -> Result<Payments, LoadError> {
    let wires = signed(crowd, first, count, |chain, number| {
        let tx = payment(crowd, chain, number, hot, valid_until)?;
        Ok((tx.id(), tx.wire().into()))
    })?;
    Ok(Payments { wires })
}

/// Signs `count` payments from number `first` on, on this thread.
pub fn payment_block(
    crowd: &Crowd,
    first: u64,
    count: u32,
    valid_until: u64,
) -> Result<Vec<SignedTx>, LoadError> {
    let chain = crowd.chain()?;
    let numbers = first..first.saturating_add(count.into());
    numbers.map(|number| payment(crowd, &chain, number, false, valid_until)).collect()
}

/// Does `make` for every number, on all cores; results in order.
pub(crate) fn signed<T: Send>(
    crowd: &Crowd,
    first: u64,
    count: u32,
    make: impl Fn(&ChainId, u64) -> Result<T, LoadError> + Sync,
) -> Result<Vec<T>, LoadError> {
    let chain = crowd.chain()?;
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let share = u64::from(count).div_ceil(u64::try_from(cores).unwrap_or(1)).max(1);
    let end = first.saturating_add(count.into());
    thread::scope(|scope| {
        let (chain, make) = (&chain, &make);
        let part = |core: usize| {
            let from = first.saturating_add(share.saturating_mul(u64::try_from(core).unwrap_or(0)));
            let to = from.saturating_add(share).min(end);
            scope.spawn(move || (from..to).map(|number| make(chain, number)).collect::<Result<Vec<T>, _>>())
        };
        let parts: Vec<_> = (0..cores).map(part).collect();
        let mut all = Vec::new();
        for part in parts {
            all.append(&mut part.join().map_err(|_| LoadError::crowd("a signing thread panicked"))??);
        }
        Ok(all)
    })
}

fn narrow(number: u64) -> Result<u32, LoadError> {
    u32::try_from(number).map_err(LoadError::crowd)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use dure_score::{
        BlockContext, Overlay, apply, codec, invariant::balance_sheets, key::Key, record::Certificate,
        signature::SigningKey, state::MemoryState,
    };

    /// The contract takes every payment of a made-up crowd, and its books balance before and after.
    #[test]
    fn the_contract_takes_what_is_made_up() {
        let crowd = Crowd {
            chain: "load-1".to_owned(),
            time_ms: 1_800_000_000_000,
            seed: 7,
            accounts: 100,
            payers: 20,
            merchants: 3,
        };
        let genesis = crowd.genesis(vec![SigningKey::from_seed([1; 32]).public_key()]).unwrap();
        let mut state = MemoryState::default();
        let records: Vec<_> = crowd.records(&genesis).unwrap().collect();
        let kinds = |kind: u8| records.iter().filter(|(key, _)| key.first() == Some(&kind)).count();
        assert_eq!([kinds(b'H'), kinds(b'M'), kinds(b'C')], [100, 103, 101]);
        records.into_iter().for_each(|(key, value)| {
            state.0.insert(key, value);
        });
        let sheet = |state: &MemoryState| {
            balance_sheets(state.0.iter().map(|(key, value)| (&**key, &**value))).unwrap()
        };
        sheet(&state);
        let valid_until = crowd.time_ms + 60_000;
        let payments = sign_payments(&crowd, 0, 90, false, valid_until).unwrap();
        let hot = sign_payments(&crowd, 90, 5, true, valid_until).unwrap();
        assert_eq!((payments.len(), hot.len()), (90, 5));
        let mut overlay = Overlay::new(&state);
        for (at, index) in (0..95).zip(0u32..) {
            let (_, wire) = payments.get(at).or_else(|| hot.get(at - 90)).unwrap();
            let tx = SignedTx::from_wire(wire).unwrap().verify(&genesis.chain).unwrap();
            let block = BlockContext { height: 1, time_ms: crowd.time_ms + 1, index };
            assert_eq!(apply(&mut overlay, &tx, &block).unwrap().refusal(), None, "payment {at}");
        }
        let changes = overlay.into_changes();
        state.commit(changes);
        sheet(&state);
        let certificate = crowd.key(0).public_key().certificate_id(&genesis.chain);
        let stored = state.0.get(&Key::Certificate(&certificate).to_bytes()).unwrap();
        assert_eq!(codec::decode::<Certificate>(stored).unwrap().window.highest, 5);
    }
}
