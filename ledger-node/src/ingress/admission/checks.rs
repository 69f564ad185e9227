//! Judges a batch: what is known is answered, the rest is verified together and held against one view of the state.

use std::sync::Arc;

use bytes::Bytes;
use dure_consensus::Engine;
use dure_score::{
    BlockContext, Overlay, Refusal, SignedTx, Transaction, TxId, VerifiedTx,
    apply::precheck,
    limits::{MAX_TX_BYTES, MAX_VALIDITY_MS},
};
use parking_lot::RwLock;

use super::{
    answer::{Admitted, Origin, TurnedAway},
    queue::{Reply, Ticket},
};
use crate::{
    history::ledger::{Found, Ledger, LedgerError, now_ms},
    ingress::{
        finality::{Finality, Wait},
        gossip::Gossip,
        pool::{Inserted, Pool, wire_of},
        signatures::Signatures,
    },
    store::{StateView, StoreError, record::Head},
};

/// How often a batch is looked up because a block was applied meanwhile. Looking takes far less time than a block.
const TRIES: usize = 8;

/// What a batch is judged by, and where it goes.
pub(super) struct Checks {
    ledger: Arc<Ledger>,
    pool: Arc<Pool>,
    signatures: Arc<Signatures>,
    finality: Arc<Finality>,
    gossip: Gossip,
    engine: RwLock<Option<Arc<Engine>>>,
}

/// A transaction that may be let in, and who wants to know. `T` is what is known of it.
struct Guest<T> {
    tx: T,
    id: TxId,
    reply: Reply,
    /// Waits since before anything was looked up, so that no block is missed.
    wait: Option<Wait>,
}

/// A well-formed transaction.
enum Read {
    /// Verified before.
    Known(Arc<VerifiedTx>),
    /// Its wire bytes, and what they say.
    Fresh(Bytes, Box<SignedTx>),
}

impl<T> Guest<T> {
    fn turn_away(self, reason: TurnedAway) {
        drop(self.wait);
        self.reply.answer(Err(reason));
    }

    fn answer(self, answer: Admitted) {
        drop(self.wait);
        self.reply.answer(Ok(answer));
    }

    fn waits(self) {
        self.reply.answer(Ok(Admitted::Pending(self.id, self.wait)));
    }

    fn with<U>(self, tx: U) -> Guest<U> {
        Guest { tx, id: self.id, reply: self.reply, wait: self.wait }
    }
}

impl Checks {
    pub(super) fn new(
        ledger: Arc<Ledger>,
        pool: Arc<Pool>,
        signatures: Arc<Signatures>,
        finality: Arc<Finality>,
        gossip: Gossip,
    ) -> Self {
        Self { ledger, pool, signatures, finality, gossip, engine: RwLock::new(None) }
    }

    /// Who proposes what is let in; nobody if the node observes.
    pub(super) fn orders(&self, engine: Option<Arc<Engine>>) {
        *self.engine.write() = engine;
    }

    pub(super) const fn finality(&self) -> &Arc<Finality> {
        &self.finality
    }

    /// Judges a batch and answers each of it. The cheap checks come first.
    pub(super) fn let_in(&self, batch: Vec<Ticket>) {
        let settled = self.pool.settled();
        let guests = self.not_waiting(self.read(batch));
        let guests = self.not_final(guests);
        if self.pool.is_held() {
            return guests.into_iter().for_each(|guest| guest.turn_away(TurnedAway::DiskFull));
        }
        let guests = self.hopeful(self.verified(guests));
        self.insert(guests, settled);
    }

    /// The well-formed ones.
    fn read(&self, batch: Vec<Ticket>) -> Vec<Guest<Read>> {
        let known = self.signatures.known(batch.iter().map(|ticket| &*ticket.wire));
        let mut guests = Vec::with_capacity(batch.len());
        for (Ticket { wire, reply }, known) in batch.into_iter().zip(known) {
            let read = match known {
                Some(tx) => Ok((tx.signed().id(), Read::Known(tx))),
                None if wire.len() > MAX_TX_BYTES => Err(TurnedAway::TooLarge),
                None => match SignedTx::from_wire(&wire) {
                    Ok(tx) => Ok((tx.id(), Read::Fresh(wire, Box::new(tx)))),
                    Err(_) => Err(TurnedAway::Malformed),
                },
            };
            match read {
                Ok((id, tx)) => {
                    let wait = reply.wants_to_wait().then(|| self.finality.wait(id)).flatten();
                    guests.push(Guest { tx, id, reply, wait });
                }
                Err(reason) => reply.answer(Err(reason)),
            }
        }
        guests
    }

    /// Those that do not wait in the pool.
    fn not_waiting(&self, guests: Vec<Guest<Read>>) -> Vec<Guest<Read>> {
        let waiting = self.pool.contains_each(guests.iter().map(|guest| &guest.id));
        let observes = self.engine.read().is_none();
        let (mut rest, mut again) = (Vec::with_capacity(guests.len()), Vec::new());
        for (guest, waits) in guests.into_iter().zip(waiting) {
            if !waits {
                rest.push(guest);
                continue;
            }
            // An observer depends on its peers, and one of them may have lost it.
            if observes && guest.reply.origin() == Origin::Client {
                again.push((guest.id, guest.tx.wire()));
            }
            guest.waits();
        }
        self.gossip.pass_on(again);
        rest
    }

    /// Those that are in no block.
    fn not_final<T>(&self, guests: Vec<Guest<T>>) -> Vec<Guest<T>> {
        let ids: Vec<TxId> = guests.iter().map(|guest| guest.id).collect();
        let places = match self.ledger.locate_many(&ids) {
            Ok(places) => places,
            Err(error) => {
                guests.into_iter().for_each(|guest| guest.turn_away(error.clone().into()));
                return Vec::new();
            }
        };
        let mut rest = Vec::with_capacity(guests.len());
        for (guest, place) in guests.into_iter().zip(places) {
            if place.is_none() {
                rest.push(guest);
                continue;
            }
            match self.known(&guest.id) {
                Ok(None) => rest.push(guest),
                Ok(Some(answer)) => guest.answer(answer),
                Err(reason) => guest.turn_away(reason),
            }
        }
        rest
    }

    /// The answer to a transaction that is in a block already.
    fn known(&self, id: &TxId) -> Result<Option<Admitted>, TurnedAway> {
        match self.ledger.find(id)? {
            Found::Unknown => Ok(None),
            Found::Final(receipt) => Ok(Some(Admitted::Final(receipt))),
            Found::Pruned(_) => Err(TurnedAway::Pruned),
        }
    }

    /// Those whose signature is good, in their order.
    fn verified(&self, guests: Vec<Guest<Read>>) -> Vec<Guest<Arc<VerifiedTx>>> {
        let (mut open, mut fresh) = (Vec::with_capacity(guests.len()), Vec::new());
        for Guest { tx, id, reply, wait } in guests {
            let tx = match tx {
                Read::Known(tx) => Some(tx),
                Read::Fresh(wire, tx) => {
                    fresh.push((wire, *tx));
                    None
                }
            };
            open.push(Guest { tx, id, reply, wait });
        }
        let mut verdicts = self.signatures.verify_each(fresh).into_iter();
        let mut good = Vec::with_capacity(open.len());
        for mut guest in open {
            let verdict = match guest.tx.take() {
                Some(known) => Ok(known),
                None => verdicts.next().unwrap_or(Err(Refusal::BadSignature)),
            };
            match verdict {
                Ok(tx) => good.push(guest.with(tx)),
                Err(refusal) => guest.turn_away(TurnedAway::Refused(refusal)),
            }
        }
        good
    }

    /// Those that the state, as it is, does not refuse.
    fn hopeful(&self, guests: Vec<Guest<Arc<VerifiedTx>>>) -> Vec<Guest<Arc<VerifiedTx>>> {
        if guests.is_empty() {
            return guests;
        }
        let (view, head) = match self.ledger.view() {
            Ok(view) => view,
            Err(error) => {
                let reason = |_| TurnedAway::from(error.clone());
                guests.into_iter().for_each(|guest| guest.turn_away(reason(())));
                return Vec::new();
            }
        };
        let state = Overlay::new(StateView(&*view));
        let mut rest = Vec::with_capacity(guests.len());
        for guest in guests {
            match self.check(&state, &head, guest.tx.signed().transaction()) {
                Ok(()) => rest.push(guest),
                // A block with it may have been applied since we looked: then its nonce is used by itself.
                Err(refused) => match self.known(&guest.id) {
                    Ok(None) => guest.turn_away(refused),
                    Ok(Some(answer)) => guest.answer(answer),
                    Err(reason) => guest.turn_away(reason),
                },
            }
        }
        rest
    }

    /// Holds a transaction against the state as it is. It is refused as expired by the chain's own time only, since only that
    /// makes *not paid* certain; a chain that has been idle must not call a fresh one too long, hence the second look.
    fn check(
        &self,
        state: &Overlay<StateView<'_>>,
        head: &Head,
        transaction: &Transaction,
    ) -> Result<(), TurnedAway> {
        let at = |time_ms| {
            let block = BlockContext { height: head.height, time_ms, index: 0 };
            precheck(state, transaction, &block).map_err(LedgerError::from)
        };
        let mut answer = at(head.time_ms)?;
        if matches!(answer, Err(Refusal::ValidTooLong { .. })) && now_ms() > head.time_ms {
            answer = at(now_ms())?;
        }
        match answer {
            // *Expired* promises that it was never paid. Of what came before a snapshot this node cannot promise that.
            Err(Refusal::Expired { .. } | Refusal::Replay | Refusal::NonceTooOld { .. })
                if self.may_be_older_than_we_know(transaction)? =>
            {
                Err(TurnedAway::Pruned)
            }
            answer => answer.map_err(TurnedAway::Refused),
        }
    }

    fn may_be_older_than_we_know(&self, transaction: &Transaction) -> Result<bool, StoreError> {
        let joined = self.ledger.joined()?;
        Ok(joined.is_some_and(|at| transaction.valid_until <= at.time_ms.saturating_add(MAX_VALIDITY_MS)))
    }

    /// Lets them wait. They were looked up since `settled`; if a block was applied since then, they are looked up again.
    fn insert(&self, mut guests: Vec<Guest<Arc<VerifiedTx>>>, mut settled: u64) {
        for _ in 0..TRIES {
            if guests.is_empty() {
                return;
            }
            let txs: Vec<_> = guests.iter().map(|guest| &guest.tx).collect();
            if let Some(inserted) = self.pool.insert_since(settled, &txs) {
                return self.welcome(guests, inserted);
            }
            settled = self.pool.settled();
            guests = self.not_final(guests);
        }
        guests.into_iter().for_each(|guest| guest.turn_away(TurnedAway::Overloaded));
    }

    fn welcome(&self, guests: Vec<Guest<Arc<VerifiedTx>>>, inserted: Vec<Inserted>) {
        let engine = self.engine.read().clone();
        let (mut fresh, mut tell) = (false, Vec::new());
        for (guest, inserted) in guests.into_iter().zip(inserted) {
            match inserted {
                Inserted::Full => guest.turn_away(TurnedAway::Full),
                Inserted::SignerFull => guest.turn_away(TurnedAway::SignerBusy),
                Inserted::Known => guest.waits(),
                Inserted::New => {
                    fresh = true;
                    // An observer passes on what peers bring as well: it proposes nothing itself. Each transaction is new once
                    // only, so that it never goes round.
                    if engine.is_none() || guest.reply.origin() == Origin::Client {
                        tell.push((guest.id, wire_of(&guest.tx)));
                    }
                    guest.waits();
                }
            }
        }
        if let (Some(engine), true) = (engine, fresh) {
            engine.wake();
        }
        self.gossip.pass_on(tell);
    }
}

impl Read {
    fn wire(&self) -> Bytes {
        match self {
            Self::Known(tx) => wire_of(tx),
            Self::Fresh(wire, _) => wire.clone(),
        }
    }
}
