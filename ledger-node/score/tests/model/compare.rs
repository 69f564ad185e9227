//! Each stored record against what the model holds.

use std::collections::BTreeMap;

use dure_score::{
    Bid, CertId, Hash32, TxId, codec,
    holdings::Holdings,
    proposal::Proposal,
    record::{
        Batch, Campaign, CashOut, Certificate, Channel, Contract, Deposit, Draw, Institution, Member,
        MemberClass, MemberStatus, Payment, Payout, PayoutState, PersonUse, Supply, ValidatorSet,
    },
};
use minicbor::{Decode, Encode};

use super::{Book, Heap, Model, Reward};

fn read<T: Encode<()> + for<'b> Decode<'b, ()>>(bytes: &[u8]) -> T {
    codec::decode(bytes).expect("a stored record is canonical")
}

fn heap(lot: &dure_score::Lot) -> Heap {
    Heap {
        number: lot.id,
        campaign: lot.campaign.0,
        acquired: lot.acquired_at,
        face: lot.face.get(),
        price: lot.price_paid.get(),
        expires: lot.expires_at,
        amount: lot.amount.get(),
    }
}

fn parts(draws: &[Draw]) -> Vec<(Heap, u64)> {
    draws.iter().map(|draw| (heap(&draw.lot), draw.amount.get())).collect()
}

fn standing(state: PayoutState) -> (bool, bool) {
    (state == PayoutState::Escrowed, state == PayoutState::Confirmed)
}

fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap()
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_be_bytes(bytes.try_into().unwrap())
}

fn bid(bytes: &[u8]) -> Bid {
    Bid::new(bytes.try_into().unwrap())
}

impl Model {
    /// The record under `key` says what the model says.
    pub fn same_record(&self, key: &[u8], value: &[u8], now: u64) {
        let (kind, id) = key.split_first().unwrap();
        match kind {
            b'H' | b'K' | b'S' | b'U' | b'D' | b'G' => self.same_money(*kind, id, value, now),
            b'P' | b'O' | b'X' | b'W' | b'Y' | b'B' => self.same_payment(*kind, id, value),
            _ => self.same_frame(*kind, id, value),
        }
    }

    fn same_money(&self, kind: u8, id: &[u8], value: &[u8], now: u64) {
        match kind {
            b'H' => {
                let (holdings, purse) = (read::<Holdings>(value), self.purse(bid(id)));
                let mut heaps = purse.heaps.clone();
                heaps.sort();
                let lots: Vec<Heap> = holdings.lots.iter().map(heap).collect();
                assert_eq!((holdings.next_lot, lots), (purse.next, heaps), "lots of {}", bid(id));
            }
            b'K' => {
                let (campaign, mine): (Campaign, _) = (read(value), &self.campaigns[&number(id)]);
                let theirs = (campaign.budget.get(), campaign.open, campaign.version, campaign.terms);
                assert_eq!(theirs, (mine.budget, mine.open, mine.version, mine.terms.clone()), "campaign");
            }
            b'S' => {
                let supply: Supply = read(value);
                let book = Book {
                    issued: supply.issued.get(),
                    charged: supply.charged.get(),
                    burned: supply.burned.get(),
                    expired: supply.expired.get(),
                    returned: supply.returned.get(),
                };
                assert_eq!(book, self.books[&number(id)], "supply of campaign {}", number(id));
            }
            b'U' => {
                let (stored, month): (PersonUse, u64) = (read(value), self.month(now));
                let (who, campaign) = (bid(&id[..16]), number(&id[16..]));
                let mine = self.share(who, campaign, month);
                let fresh = stored.month == month;
                let monthly = |amount: dure_score::Amount| if fresh { amount.get() } else { 0 };
                let theirs = (monthly(stored.charged), monthly(stored.cashback), stored.received.get());
                assert_eq!(
                    theirs,
                    (mine.charged, mine.cashback, mine.received),
                    "use of campaign {campaign}"
                );
            }
            b'D' => {
                let (deposit, slip): (Deposit, _) = (read(value), &self.slips[text(id)]);
                let payout = deposit.cashed_out.as_ref().map(|payout| payout.as_str().to_owned());
                let theirs = (deposit.to, deposit.amount.get(), deposit.charged_at, deposit.bonus.get());
                assert_eq!(theirs, (slip.to, slip.amount, slip.at, slip.bonus), "deposit");
                assert_eq!((deposit.campaign.0, payout), (slip.campaign, slip.cashed_out.clone()), "deposit");
            }
            _ => assert_eq!(read::<TxId>(value), self.grants[&Hash32::new(id.try_into().unwrap())]),
        }
    }

    fn same_payment(&self, kind: u8, id: &[u8], value: &[u8]) {
        match kind {
            b'P' => {
                let (payment, bill): (Payment, _) =
                    (read(value), &self.bills[&TxId::new(id.try_into().unwrap())]);
                let draws = payment.draws.iter();
                let taken: Vec<_> =
                    draws.map(|draw| (heap(&draw.lot), draw.amount.get(), draw.refunded.get())).collect();
                let reward = payment.cashback.map(|cashback| Reward {
                    campaign: cashback.campaign.0,
                    heap: cashback.lot,
                    amount: cashback.amount.get(),
                    back: cashback.taken_back.get(),
                });
                assert_eq!((payment.payer, payment.merchant), (bill.payer, bill.shop), "payment");
                assert_eq!(
                    (payment.amount.get(), payment.refunded.get()),
                    (bill.amount, bill.back),
                    "payment"
                );
                assert_eq!(payment.paid_at, bill.at, "payment");
                assert_eq!(taken, bill.taken, "draws");
                assert_eq!(reward, bill.reward, "cashback");
            }
            b'O' => {
                let order = (bid(&id[..16]), text(&id[16..]).to_owned());
                assert_eq!(read::<TxId>(value), self.orders[&order], "order");
            }
            b'X' => {
                assert_eq!(
                    read::<TxId>(value),
                    self.mandates[&Hash32::new(id.try_into().unwrap())],
                    "mandate"
                );
            }
            b'W' => {
                let (cash_out, mine): (CashOut, _) = (read(value), &self.remainders[text(id)]);
                let amounts = (cash_out.won.get(), cash_out.subsidy.get());
                assert_eq!(amounts, (mine.won, mine.subsidy), "cash-out");
                assert_eq!((cash_out.owner, cash_out.deposit.as_str()), (mine.owner, mine.slip.as_str()));
                assert_eq!(standing(cash_out.state), (mine.open, mine.paid), "cash-out");
                assert_eq!(parts(&cash_out.draws), mine.taken, "cash-out");
            }
            b'Y' => {
                let (payout, wire): (Payout, _) = (read(value), &self.wires[text(id)]);
                assert_eq!((payout.merchant, payout.batch.as_str()), (wire.shop, wire.batch.as_str()));
                assert_eq!(standing(payout.state), (wire.open, wire.paid), "payout");
                assert_eq!(parts(&payout.draws), wire.taken, "payout");
            }
            _ => {
                let (batch, mine): (Batch, _) = (read(value), &self.folders[text(id)]);
                let sums = (batch.redeemed.get(), batch.confirmed.get(), batch.rejected.get());
                assert_eq!(sums, (mine.redeemed, mine.paid, mine.refused), "batch");
                assert_eq!((batch.undecided, batch.closed), (mine.waiting, mine.closed), "batch");
            }
        }
    }

    /// People, devices, institutions, the network.
    fn same_frame(&self, kind: u8, id: &[u8], value: &[u8]) {
        match kind {
            b'M' => {
                let (member, person): (Member, _) = (read(value), &self.people[&bid(id)]);
                let shop = match member.class {
                    MemberClass::Citizen => None,
                    MemberClass::Merchant(terms) => Some(terms),
                };
                let frozen = member.status == MemberStatus::Frozen;
                assert_eq!((shop, frozen), (person.shop.clone(), person.frozen), "member");
                assert_ne!(member.status, MemberStatus::Closed, "no call closes a member");
            }
            b'C' => {
                let stored: Certificate = read(value);
                let device = &self.devices[&CertId::new(id.try_into().unwrap())];
                let theirs =
                    (stored.owner, stored.role, stored.expires_at, stored.revoked, stored.public_key);
                let mine = (device.owner, device.role, device.until, device.ended, device.key);
                assert_eq!(theirs, mine, "certificate");
            }
            b'I' => {
                let (stored, office): (Institution, _) = (read(value), &self.offices[&bid(id)]);
                assert_eq!(stored.open_proposals, office.lapses, "open proposals");
                assert_eq!(u64::from(stored.quorum), office.quorum);
            }
            b'Q' => {
                let (stored, motion): (Proposal, _) =
                    (read(value), &self.motions[&TxId::new(id.try_into().unwrap())]);
                assert_eq!((stored.institution, stored.proposed), (motion.office, motion.call.clone()));
                assert_eq!((stored.lapses_at, stored.executed), (motion.lapses, motion.done), "proposal");
                assert_eq!(stored.approvals, motion.yes, "approvals");
            }
            b'T' => {
                let terms = &self.old_terms[&(number(&id[..4]), number(&id[4..]))];
                assert_eq!(read::<dure_score::record::CampaignTerms>(value), *terms, "earlier terms");
            }
            b'Z' => self.same_contract(&read(value)),
            b'E' => {
                let epoch = u64::from_be_bytes(id.try_into().unwrap());
                let seats = read::<ValidatorSet>(value).validators;
                let keys = seats.iter().map(|seat| (*seat.public_key.as_bytes(), seat.address.clone()));
                assert!(keys.clone().is_sorted_by_key(|(key, _)| key), "seats are in order of key bytes");
                assert_eq!(keys.collect::<BTreeMap<_, _>>(), self.seats[&epoch], "validators");
            }
            b'A' => {
                let epochs: Vec<u64> = self.seats.keys().copied().collect();
                assert_eq!(read::<Channel>(value).validator_epochs, epochs, "validator epochs");
            }
            b'V' | b'R' => {}
            other => panic!("a record of unknown kind {other}"),
        }
    }

    fn same_contract(&self, stored: &Contract) {
        let registry = &self.registry;
        assert_eq!(stored.active, registry.active, "active version");
        assert_eq!(stored.versions.len(), registry.later.len() + 1, "versions");
        for (version, hash) in stored.versions.iter().skip(1).zip(&registry.later) {
            assert_eq!(version.code_hash, *hash, "code hash");
            let waiting = registry.waiting.filter(|(number, _)| *number == version.version);
            if version.version > registry.active {
                assert_eq!(version.active_from, waiting.map(|(_, from)| from), "activation");
            }
        }
    }

    /// The whole state, and nothing of the model is missing in it.
    pub fn same_state(&self, state: &BTreeMap<Vec<u8>, Vec<u8>>, now: u64) {
        let mut found: BTreeMap<u8, usize> = BTreeMap::new();
        for (key, value) in state {
            self.same_record(key, value, now);
            *found.entry(key[0]).or_default() += 1;
        }
        let expected = [
            (b'M', self.people.len()),
            (b'C', self.devices.len()),
            (b'I', self.offices.len()),
            (b'K', self.campaigns.len()),
            (b'S', self.books.len()),
            (b'D', self.slips.len()),
            (b'G', self.grants.len()),
            (b'P', self.bills.len()),
            (b'O', self.orders.len()),
            (b'X', self.mandates.len()),
            (b'W', self.remainders.len()),
            (b'Y', self.wires.len()),
            (b'B', self.folders.len()),
            (b'Q', self.motions.len()),
            (b'T', self.old_terms.len()),
            (b'E', self.seats.len()),
        ];
        for (kind, count) in expected {
            assert_eq!(found.get(&kind).copied().unwrap_or(0), count, "records of kind {}", kind as char);
        }
        let purses = self.purses.iter().filter(|(_, purse)| !purse.heaps.is_empty());
        for (owner, _) in purses {
            let key = [b"H", owner.as_bytes().as_slice()].concat();
            assert!(state.contains_key(&key), "the lots of {owner} are missing");
            self.diary_agrees(*owner);
        }
    }
}
