//! A book kept from receipts alone, as a read model keeps it: it must show the same lots.

use std::collections::BTreeMap;

use dure_score::{Bid, Effect, Receipt};

use super::Model;

/// Owner → number of the lot → what is in it.
#[derive(Clone, Debug, Default)]
pub struct Diary(pub BTreeMap<Bid, BTreeMap<u64, u64>>);

impl Diary {
    /// Enters what a receipt says; each change must fit what was there before.
    pub fn enter(&mut self, receipt: &Receipt) {
        for effect in &receipt.effects {
            match effect {
                Effect::LotChanged { owner, lot, amount, added } => {
                    let lots = self.0.entry(*owner).or_default();
                    let was = lots.get(&lot.id).copied().unwrap_or(0);
                    let now = lot.amount.get();
                    let fits = if *added { was + amount.get() == now } else { now + amount.get() == was };
                    assert!(fits, "a receipt's lot changed by another amount: {was} then {effect:?}");
                    match now {
                        0 => lots.remove(&lot.id),
                        _ => lots.insert(lot.id, now),
                    };
                }
                Effect::Expired { owner, lot } => {
                    let gone = self.0.entry(*owner).or_default().remove(&lot.id);
                    assert_eq!(gone, Some(lot.amount.get()), "{effect:?}");
                }
                Effect::Balance { owner, total } => {
                    let sum: u64 = self.0.get(owner).map_or(0, |lots| lots.values().sum());
                    assert_eq!(
                        sum,
                        total.get(),
                        "a receipt's balance is not the sum of its lots: {effect:?}"
                    );
                }
                _ => {}
            }
        }
    }
}

/// What a receipt says besides lots and balances. The ends of several devices come in the order of the owner's list,
/// which the model does not keep.
pub fn headlines(effects: &[Effect]) -> Vec<Effect> {
    let lots = |effect: &&Effect| {
        !matches!(effect, Effect::LotChanged { .. } | Effect::Balance { .. } | Effect::Expired { .. })
    };
    let mut out: Vec<Effect> = effects.iter().filter(lots).cloned().collect();
    out.sort_by_key(|effect| match effect {
        Effect::CertificateRevoked { certificate, .. } => Some(*certificate),
        _ => None,
    });
    out
}

impl Model {
    /// The diary shows of `owner` what the model holds.
    pub fn diary_agrees(&self, owner: Bid) {
        let lots = self.diary.0.get(&owner).cloned().unwrap_or_default();
        let heaps: BTreeMap<u64, u64> =
            self.purse(owner).heaps.iter().map(|heap| (heap.number, heap.amount)).collect();
        assert_eq!(lots, heaps, "receipts tell another story of {owner}");
    }
}
