//! The one chain, as the first validator that applied each block showed it, and what must hold of every block and of
//! every validator's state after it: I1 to I5, I8, I9.

use std::collections::{BTreeMap, BTreeSet};

use dure_consensus::{Finalized, verify_certificate};
use dure_score::{
    Bid, CertId, ChainId, Hash32, OrderId, Receipt, SignedTx, TxId,
    effect::Effect,
    holdings::Holdings,
    ids::DepositRef,
    invariant::{KINDS, balance_sheets},
    limits::MAX_VALIDITY_MS,
};
use ledger_node::{
    history::ledger::Ledger,
    store::{Read, Table, record::AppHeader},
};

use crate::{Violation, town::Town};

/// More entries of one kind than any seed makes.
const MANY: usize = 100_000;

type Balances = BTreeMap<Bid, u64>;

/// What a block did, in one value each.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Facts {
    digest: [u8; 32],
    time_ms: u64,
    state_root: Hash32,
    receipts_root: Hash32,
}

/// The chain so far.
pub struct Chain {
    name: ChainId,
    network: Vec<u8>,
    validators: Vec<[u8; 32]>,
    blocks: Vec<Facts>,
    balances: Vec<Balances>,
    receipts: BTreeMap<TxId, Receipt>,
    orders: BTreeSet<(Bid, OrderId)>,
    deposits: BTreeSet<DepositRef>,
    nonces: BTreeSet<(CertId, u64)>,
}

impl Chain {
    /// Block 0 of a town, with its state root.
    pub fn new(town: &Town, state_root: Hash32) -> Self {
        let origin = town.origin();
        let genesis = Facts {
            digest: origin.digest(),
            time_ms: town.genesis.time_ms,
            state_root,
            receipts_root: Hash32::default(),
        };
        Self {
            name: town.genesis.chain.clone(),
            network: town.genesis.network().into_bytes(),
            validators: town.validator_keys(),
            blocks: vec![genesis],
            balances: vec![Balances::new()],
            receipts: BTreeMap::new(),
            orders: BTreeSet::new(),
            deposits: BTreeSet::new(),
            nonces: BTreeSet::new(),
        }
    }

    /// Height of the newest block that anybody has applied.
    pub fn height(&self) -> u64 {
        self.blocks.len() as u64 - 1
    }

    /// Time of the newest block, ms.
    pub fn time_ms(&self) -> u64 {
        self.blocks.last().unwrap().time_ms
    }

    /// The receipt of a transaction, if it is in a block.
    pub fn receipt(&self, id: &TxId) -> Option<&Receipt> {
        self.receipts.get(id)
    }

    /// How many transactions are in blocks.
    pub fn transactions(&self) -> usize {
        self.receipts.len()
    }

    /// Takes in that `node` has applied a block, and checks everything about it.
    pub fn applied(&mut self, node: usize, ledger: &Ledger, block: &Finalized) -> Result<(), Violation> {
        let height = block.block.header.height;
        let at = |what: &str| format!("validator {node}, height {height}: {what}");
        let head = ledger.head();
        let record = ledger.record(height).unwrap();
        let Some(record) = record.filter(|_| head.height == height) else {
            return Err(Violation::new(
                "I6 acknowledged survives",
                at("applied, yet not the head of the ledger"),
            ));
        };
        let facts = Facts {
            digest: block.digest,
            time_ms: head.time_ms,
            state_root: head.state_root,
            receipts_root: record.receipts_root,
        };
        if *record.digest.as_bytes() != facts.digest || block.block.header.digest() != facts.digest {
            return Err(Violation::new("I5 one block a height", at("the record has another digest")));
        }
        let receipts = ledger.receipts(height).unwrap();
        match self.blocks.get(height as usize) {
            Some(known) if *known == facts => self.same_receipts(&receipts, &at)?,
            Some(known) if known.digest != facts.digest => {
                return Err(Violation::new("I5 one block a height", at("another block is final")));
            }
            Some(known) => {
                let detail = at(&format!("{facts:?} and not {known:?}"));
                return Err(Violation::new("I4 equal state at equal heights", detail));
            }
            None if height == self.height() + 1 => self.extend(facts, block, &receipts, &at)?,
            None => return Err(Violation::new("I5 one block a height", at("a height was left out"))),
        }
        self.check_state(ledger, height, &at)
    }

    /// Checks the ledger that a process finds when it opens it: at least what it had applied before, and no other.
    pub fn reopened(&self, node: usize, ledger: &Ledger, durable: u64) -> Result<(), Violation> {
        let head = ledger.head();
        let at =
            |what: &str| format!("validator {node} opens at {}, had applied {durable}: {what}", head.height);
        if head.height < durable {
            return Err(Violation::new("I6 acknowledged survives", at("blocks are gone")));
        }
        // A write may have happened whose report was lost: then the block is known from elsewhere, or is the next.
        let Some(known) = self.blocks.get(head.height as usize) else { return Ok(()) };
        if known.state_root != head.state_root || known.digest != *head.digest.as_bytes() {
            return Err(Violation::new("I4 equal state at equal heights", at("another head")));
        }
        self.check_state(ledger, head.height, &at)
    }

    fn same_receipts(&self, receipts: &[Receipt], at: &dyn Fn(&str) -> String) -> Result<(), Violation> {
        let differs = receipts.iter().find(|receipt| self.receipts.get(&receipt.tx) != Some(receipt));
        differs.map_or(Ok(()), |receipt| {
            Err(Violation::new(
                "I4 equal state at equal heights",
                at(&format!("another receipt: {receipt:?}")),
            ))
        })
    }

    fn extend(
        &mut self,
        facts: Facts,
        block: &Finalized,
        receipts: &[Receipt],
        at: &dyn Fn(&str) -> String,
    ) -> Result<(), Violation> {
        let header = &block.block.header;
        let parent = self.blocks.last().unwrap();
        let good = header.parent == parent.digest && header.time_ms > parent.time_ms;
        if !good || !self.validators.contains(&header.proposer) {
            return Err(Violation::new("I5 one block a height", at("it does not follow its parent")));
        }
        let claim = AppHeader::decode(&header.app);
        let true_claim = claim.is_some_and(|claim| {
            let claimed = self.blocks.get(claim.executed as usize);
            claimed.is_some_and(|facts| facts.state_root == claim.state_root)
        });
        if !true_claim {
            return Err(Violation::new(
                "I4 equal state at equal heights",
                at("it claims a root that is not so"),
            ));
        }
        if let Some(certificate) = &block.certificate
            && !verify_certificate(&self.network, &self.validators, header, certificate)
        {
            return Err(Violation::new("I5 one block a height", at("its certificate does not hold")));
        }
        if receipts.len() != block.block.items.len() {
            return Err(Violation::new("I3 applied once", at("not one receipt a transaction")));
        }
        let mut balances = self.balances.last().unwrap().clone();
        for (item, receipt) in block.block.items.iter().zip(receipts) {
            self.transaction(item, receipt, header.time_ms, at)?;
            count(&mut balances, receipt);
        }
        self.blocks.push(facts);
        self.balances.push(balances);
        Ok(())
    }

    /// I8 of one transaction of a block, and I3 of what it did.
    fn transaction(
        &mut self,
        item: &[u8],
        receipt: &Receipt,
        time_ms: u64,
        at: &dyn Fn(&str) -> String,
    ) -> Result<(), Violation> {
        let bad = |what: &str| Violation::new("I8 only good transactions", at(what));
        let signed = SignedTx::from_wire(item).map_err(|_| bad("no transaction"))?;
        let (id, transaction) = (signed.id(), signed.transaction().clone());
        signed.verify(&self.name).map_err(|refusal| bad(refusal.code()))?;
        let left = transaction.valid_until.checked_sub(time_ms);
        if left.is_none_or(|left| left > MAX_VALIDITY_MS) {
            return Err(bad("out of its time"));
        }
        if receipt.tx != id || receipt.signer != transaction.signer || receipt.time_ms != time_ms {
            return Err(bad("the receipt is another's"));
        }
        if receipt.is_applied() && !self.nonces.insert((transaction.signer, transaction.nonce)) {
            return Err(bad("a nonce applied twice"));
        }
        if !receipt.is_applied() && !receipt.effects.is_empty() {
            return Err(bad("refused, with effects"));
        }
        for effect in &receipt.effects {
            let fresh = match effect {
                Effect::Paid { merchant, order, .. } => self.orders.insert((*merchant, order.clone())),
                Effect::Charged { deposit, .. } => self.deposits.insert(deposit.clone()),
                _ => true,
            };
            if !fresh {
                return Err(Violation::new("I3 applied once", at(&format!("again: {effect:?}"))));
            }
        }
        if self.receipts.insert(id, receipt.clone()).is_some() {
            return Err(Violation::new("I3 applied once", at(&format!("transaction {id} again"))));
        }
        Ok(())
    }

    /// I1, I2 and I9 of a validator's state.
    fn check_state(
        &self,
        ledger: &Ledger,
        height: u64,
        at: &dyn Fn(&str) -> String,
    ) -> Result<(), Violation> {
        let (view, _) = ledger.view().unwrap();
        let mut entries = Vec::new();
        for kind in KINDS {
            entries.extend(view.scan(Table::State, &[kind], MANY).unwrap());
        }
        let pairs = entries.iter().map(|(key, value)| (key.as_slice(), value.as_slice()));
        balance_sheets(pairs)
            .map_err(|broken| Violation::new("I1 the books balance", at(&broken.to_string())))?;
        let Some(expected) = self.balances.get(height as usize) else { return Ok(()) };
        let found = balances(&*view);
        if found != *expected {
            let detail = at(&format!("{found:?} in the state, {expected:?} by the receipts"));
            return Err(Violation::new("I9 balances are the sums of receipts", detail));
        }
        Ok(())
    }
}

fn balances(view: &dyn Read) -> Balances {
    let mut balances = Balances::new();
    for (key, value) in view.scan(Table::State, b"H", MANY).unwrap() {
        let holdings: Holdings = minicbor::decode(&value).unwrap();
        let owner = Bid::new(key[1..].try_into().unwrap());
        if !holdings.total().is_zero() {
            balances.insert(owner, holdings.total().get());
        }
    }
    balances
}

fn count(balances: &mut Balances, receipt: &Receipt) {
    for effect in &receipt.effects {
        if let Effect::LotChanged { owner, amount, added, .. } = effect {
            let balance = balances.entry(*owner).or_default();
            *balance = if *added { *balance + amount.get() } else { balance.saturating_sub(amount.get()) };
        }
    }
    balances.retain(|_, balance| *balance > 0);
}
