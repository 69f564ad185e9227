//! Follows what four nodes say, block by block: they must say the same, and it must be what the model says.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use dure_ledger_client::{Block, LedgerClient};
use dure_score::{Bid, Hash32, Receipt, SignedTx, TxId, ids::sha256};
use futures::future::join_all;

use super::{
    bank::{Act, Answer, Bank},
    fault::Fault,
    people::Town,
};

/// Most blocks that a node gives at once.
const PAGE: u64 = 100;

/// Where a transaction is, and what its receipt says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Height and index.
    pub place: (u64, u32),
    /// Whether it had an effect.
    pub applied: bool,
    /// Hash of the receipt.
    pub print: Hash32,
}

/// Hash of a receipt's canonical bytes.
pub fn print(receipt: &Receipt) -> Hash32 {
    Hash32::new(sha256(&[&receipt.to_bytes()]))
}

/// The ledger as far as all four nodes had it.
pub struct Follower {
    town: Arc<Town>,
    nodes: Vec<LedgerClient>,
    bank: Bank,
    /// The last block that was followed.
    pub height: u64,
    /// Its time, ms.
    pub time_ms: u64,
    /// Every transaction.
    pub placed: HashMap<TxId, Placed>,
    balances: BTreeMap<Bid, Vec<(u64, u64)>>,
    blocks: Vec<(Hash32, Hash32)>,
}

impl Follower {
    /// Begins where the town does.
    pub fn new(town: Arc<Town>, nodes: Vec<LedgerClient>) -> Self {
        let (bank, height) = (town.bank.clone(), town.start);
        let balances =
            bank.balances().iter().map(|(bid, balance)| (*bid, vec![(height, *balance)])).collect();
        let (placed, blocks) = (HashMap::new(), Vec::new());
        Self { town, nodes, bank, height, time_ms: 0, placed, balances, blocks }
    }

    /// The accounts of the model, now.
    pub const fn bank(&self) -> &Bank {
        &self.bank
    }

    /// What `owner` held after the block at `height`, which must have been followed.
    pub fn balance_at(&self, owner: &Bid, height: u64) -> u64 {
        let changes = self.balances.get(owner).map(Vec::as_slice).unwrap_or_default();
        let after = changes.partition_point(|(at, _)| *at <= height);
        after.checked_sub(1).and_then(|last| changes.get(last)).map_or(0, |(_, balance)| *balance)
    }

    /// Follows all blocks that every node has. All of them must answer.
    pub async fn advance(&mut self) -> Result<(), Fault> {
        let mut top = u64::MAX;
        for node in &self.nodes {
            top = top.min(node.status().await.map_err(Fault::answer("a status"))?.height);
        }
        while self.height < top {
            let from = self.height + 1;
            let to = top.min(self.height + PAGE);
            for block in self.page(from, to).await? {
                self.blocks.push((block.digest, block.state_root));
                self.apply(&block)?;
            }
        }
        Ok(())
    }

    /// Reads every block again that was followed, from every node: nothing has changed since.
    pub async fn again(&self) -> Result<(), Fault> {
        let mut from = self.town.start + 1;
        let mut before = self.blocks.iter();
        while from <= self.height {
            let to = self.height.min(from + PAGE - 1);
            for block in self.page(from, to).await? {
                if before.next() != Some(&(block.digest, block.state_root)) {
                    let what = "it is another block than before".to_owned();
                    return Err(Fault::Differ { one: 1, other: 1, height: block.height, what });
                }
            }
            from = to + 1;
        }
        Ok(())
    }

    /// Blocks that are the same on every node.
    async fn page(&self, from: u64, to: u64) -> Result<Vec<Block>, Fault> {
        let pages = join_all(self.nodes.iter().map(|node| node.blocks(from, to))).await;
        let mut first: Option<Vec<Block>> = None;
        for (other, page) in pages.into_iter().enumerate() {
            let page = page.map_err(Fault::answer("blocks"))?;
            if page.len() as u64 != to - from + 1 {
                let what = format!("it has {} of the blocks up to {to}", page.len());
                return Err(Fault::Differ { one: 1, other: other + 1, height: from, what });
            }
            let Some(first) = &first else {
                first = Some(page);
                continue;
            };
            if let Some((one, two)) = first.iter().zip(&page).find(|(one, two)| one != two) {
                let what = if one.digest == two.digest { "what came of the block" } else { "the block" };
                let what = format!("{what}: {one:?} and {two:?}");
                return Err(Fault::Differ { one: 1, other: other + 1, height: one.height, what });
            }
        }
        Ok(first.unwrap_or_default())
    }

    /// Takes the next block, which every node has.
    pub fn apply(&mut self, block: &Block) -> Result<(), Fault> {
        for (signed, receipt) in block.entries() {
            self.take(block, signed, receipt)?;
            let print = print(receipt);
            let (place, applied) = ((receipt.height, receipt.index), receipt.is_applied());
            self.placed.entry(signed.id()).or_insert(Placed { place, applied, print });
        }
        (self.height, self.time_ms) = (block.height, block.time_ms);
        Ok(())
    }

    fn take(&mut self, block: &Block, signed: &SignedTx, receipt: &Receipt) -> Result<(), Fault> {
        let (id, height) = (signed.id(), block.height);
        let ledger = Answer::of(receipt);
        let wrong = |model: String| Fault::Wrong { id, height, ledger: format!("{receipt:?}"), model };
        let late = block.time_ms > signed.transaction().valid_until;
        if late || self.placed.contains_key(&id) {
            let why = if late { "its time was over" } else { "it was in a block before" };
            return match ledger {
                Answer::Refused("REPLAY" | "EXPIRED" | "NONCE_TOO_OLD", _) => Ok(()),
                _ => Err(Fault::Haunted { id, height, why: why.to_owned() }),
            };
        }
        let act =
            Act::of(signed, &self.town.owners).ok_or_else(|| wrong("knows nobody who sent it".into()))?;
        let model = self.bank.apply(id, &act);
        if model != ledger {
            return Err(wrong(format!("{model:?}")));
        }
        if let Answer::Done(after) = model {
            for (owner, balance) in after {
                self.balances.entry(owner).or_default().push((height, balance));
            }
        }
        Ok(())
    }
}
