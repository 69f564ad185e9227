//! A prover of its own: headers, certificates and both trees by their published layout, in the plainest way
//! there is, and without a line of the node's.

use std::collections::BTreeMap;

use dure_proof::{
    AccountProof, Blob, FinalityProof, Handover, Neighbour, Pinned, RecordProof, Step, TransactionProof,
};
use dure_score::{
    Amount, Bid, CampaignId, CertId, ChainId, Effect, Hash32, Lot, OrderId, Outcome, Receipt, TxId, codec,
    holdings::Holdings,
    ids::{DepositRef, sha256},
    key::Key,
    record::{Cashback, Deposit, Draw, Payment, ValidatorSeat, ValidatorSet},
    signature::SigningKey,
};

pub const EXECUTED: u64 = 41;

pub fn validator(number: u8) -> SigningKey {
    SigningKey::from_seed([number; 32])
}

/// The set with these validators, in order of key bytes.
pub fn set(numbers: &[u8]) -> Vec<SigningKey> {
    let mut keys: Vec<_> = numbers.iter().map(|number| validator(*number)).collect();
    keys.sort_by_key(|key| *key.public_key().as_bytes());
    keys
}

pub fn pinned() -> Pinned {
    Pinned {
        chain: ChainId::new("proof-1").unwrap(),
        genesis_hash: Hash32::new(sha256(&[b"the genesis of the vectors"])),
        validators: [3, 1, 4, 2].map(|number| validator(number).public_key()).to_vec(),
    }
}

pub fn bid(name: &str) -> Bid {
    Bid::new(sha256(&[name.as_bytes()])[..16].try_into().unwrap())
}

pub fn receipt(height: u64, index: u32) -> Receipt {
    let payment = TxId::new(sha256(&[&height.to_be_bytes(), &index.to_be_bytes()]));
    let paid = Effect::Paid {
        payment,
        payer: bid("mina"),
        merchant: bid("cafe"),
        order: OrderId::new("260101-7F3K9Q2M").unwrap(),
        amount: Amount::new(4_500),
    };
    Receipt {
        tx: payment,
        signer: CertId::new([9; 16]),
        height,
        index,
        time_ms: 1_790_000_000_000 + height,
        outcome: Outcome::Applied,
        effects: vec![paid, Effect::Balance { owner: bid("mina"), total: Amount::new(5_500) }],
    }
}

pub fn holdings() -> Holdings {
    let lot = Lot { id: 3, ..Lot::takings(CampaignId::COIN, Amount::new(5_500)) };
    Holdings { next_lot: 4, lots: vec![lot] }
}

/// The payment of [`receipt`], of which a part has gone back.
pub fn payment(height: u64, index: u32) -> (TxId, Payment) {
    let lot = Lot { id: 3, ..Lot::takings(CampaignId::COIN, Amount::new(10_000)) };
    let draw = Draw { lot, amount: Amount::new(4_500), refunded: Amount::new(500) };
    let cashback =
        Cashback { campaign: CampaignId(1), lot: 4, amount: Amount::new(225), taken_back: Amount::new(25) };
    let payment = Payment {
        payer: bid("mina"),
        merchant: bid("cafe"),
        order: OrderId::new("260101-7F3K9Q2M").unwrap(),
        amount: Amount::new(4_500),
        refunded: Amount::new(500),
        paid_at: 1_790_000_000_000 + height,
        draws: vec![draw],
        cashback: Some(cashback),
    };
    (receipt(height, index).tx, payment)
}

pub fn deposit() -> (DepositRef, Deposit) {
    let deposit = Deposit {
        to: bid("mina"),
        amount: Amount::new(50_000),
        tx: receipt(7, 0).tx,
        charged_at: 1_790_000_000_007,
        bonus: Amount::new(5_000),
        campaign: CampaignId(1),
        cashed_out: None,
    };
    (DepositRef::new("DEP-20260101-0001").unwrap(), deposit)
}

/// Everything under one state root.
#[derive(Clone, Default)]
pub struct State(pub BTreeMap<[u8; 32], [u8; 32]>);

type Leaves<'a> = Vec<(&'a [u8; 32], &'a [u8; 32])>;

impl State {
    pub fn put(&mut self, key: &Key<'_>, value: &[u8]) {
        self.0.insert(sha256(&[&key.to_bytes()]), sha256(&[value]));
    }

    pub fn root(&self) -> Hash32 {
        Hash32::new(subtree(&self.0.iter().collect(), 0))
    }

    /// Siblings from the key's place to the root, and the leaf at that place.
    pub fn path(&self, key: &Key<'_>) -> (Vec<Hash32>, Option<Neighbour>) {
        let key = sha256(&[&key.to_bytes()]);
        let mut leaves: Leaves<'_> = self.0.iter().collect();
        let mut siblings = Vec::new();
        while leaves.len() > 1 {
            let depth = siblings.len();
            let (mine, other): (Leaves<'_>, Leaves<'_>) =
                leaves.into_iter().partition(|(leaf, _)| bit(leaf, depth) == bit(&key, depth));
            siblings.push(Hash32::new(subtree(&other, depth + 1)));
            leaves = mine;
        }
        siblings.reverse();
        let found = leaves
            .first()
            .map(|(key, value)| Neighbour { key: Hash32::new(**key), value: Hash32::new(**value) });
        (siblings, found)
    }
}

fn bit(key: &[u8; 32], at: usize) -> bool {
    key[at / 8] >> (7 - at % 8) & 1 == 1
}

fn subtree(leaves: &Leaves<'_>, depth: usize) -> [u8; 32] {
    match leaves.as_slice() {
        [] => *b"SPARSE_MERKLE_PLACEHOLDER_HASH__",
        [(key, value)] => sha256(&[b"JMT::LeafNode", *key, *value]),
        many => {
            let (right, left): (Leaves<'_>, Leaves<'_>) = many.iter().partition(|(key, _)| bit(key, depth));
            sha256(&[b"JMT::IntrnalNode", &subtree(&left, depth + 1), &subtree(&right, depth + 1)])
        }
    }
}

/// The receipts tree by the RFC's own recursion.
pub fn receipts_tree(leaves: &[Vec<u8>], index: usize) -> ([u8; 32], Vec<Step>) {
    if let [leaf] = leaves {
        return (sha256(&[&[0], leaf]), Vec::new());
    }
    let middle = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(middle);
    let inside = index < middle;
    let (left, mut steps) =
        if inside { receipts_tree(left, index) } else { (receipts_tree(left, 0).0, Vec::new()) };
    let (right, other) =
        if inside { (receipts_tree(right, 0).0, Vec::new()) } else { receipts_tree(right, index - middle) };
    steps.extend(other);
    steps.push(Step { left: !inside, hash: Hash32::new(if inside { right } else { left }) });
    (sha256(&[&[1], &left, &right]), steps)
}

pub fn header(height: u64, epoch: u64, executed: u64, root: Hash32) -> Vec<u8> {
    let app = codec::encode(&(executed, root));
    let mut out = b"DUREBLK1".to_vec();
    out.extend(height.to_be_bytes());
    out.extend([0x11; 32]);
    out.extend((1_790_000_000_000 + height).to_be_bytes());
    out.extend(validator(1).public_key().as_bytes());
    out.extend([0x33; 32]);
    out.extend([epoch, height + 260, height + 259].map(u64::to_be_bytes).concat());
    out.extend(u16::try_from(app.len()).unwrap().to_be_bytes());
    out.extend(app);
    out
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while number > 0x7f {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

/// A certificate over `header` by those of `set` (in its order) that `signers` names by place.
pub fn certificate(network: &str, set: &[SigningKey], signers: &[usize], header: &[u8]) -> Vec<u8> {
    let number = |at: usize| varint(u64::from_be_bytes(header[at..at + 8].try_into().unwrap()));
    let proposal = [number(120), number(128), number(136), sha256(&[header]).to_vec()].concat();
    let namespace = format!("dure/consensus/v1/{network}_FINALIZE");
    let message = [varint(namespace.len() as u64), namespace.into_bytes(), proposal.clone()].concat();
    let mut bitmap = vec![0u8; set.len().div_ceil(8)];
    signers.iter().for_each(|signer| bitmap[signer / 8] |= 1 << (signer % 8));
    let signatures = signers.iter().flat_map(|signer| *set[*signer].sign(&message).as_bytes());
    let count = (set.len() as u64).to_be_bytes();
    [proposal, count.to_vec(), bitmap, varint(signers.len() as u64), signatures.collect()].concat()
}

/// A signed header over `state`, three of the four validators `set` sign.
pub fn signed(set: &[SigningKey], height: u64, epoch: u64, executed: u64, state: &State) -> (Blob, Blob) {
    let header = header(height, epoch, executed, state.root());
    let certificate = certificate(&pinned().network(), set, &[0, 1, 3], &header);
    (header.into(), certificate.into())
}

/// The ledger of the vectors: a block of five receipts, a block of one, an account, some others, and, if
/// `handed_over`, a change of validators that is in force.
pub struct World {
    pub state: State,
    pub finality: FinalityProof,
}

pub fn new_set() -> (ValidatorSet, Vec<SigningKey>) {
    let keys = set(&[2, 3, 4, 5]);
    let seats = keys.iter().map(|key| ValidatorSeat { public_key: key.public_key(), address: None });
    (ValidatorSet { validators: seats.collect() }, keys)
}

pub fn world(handed_over: bool) -> World {
    let mut state = State::default();
    for height in [7, 40] {
        let leaves = receipts(height);
        let root = Hash32::new(receipts_tree(&leaves, 0).0);
        state.put(&Key::Receipts(height), &codec::encode(&root));
    }
    state.put(&Key::Holdings(&bid("mina")), &codec::encode(&holdings()));
    let (id, paid) = payment(40, 2);
    state.put(&Key::Payment(&id), &codec::encode(&paid));
    let (reference, charged) = deposit();
    state.put(&Key::Deposit(&reference), &codec::encode(&charged));
    for name in 0..40 {
        state.put(&Key::Holdings(&bid(&format!("citizen {name}"))), &codec::encode(&Holdings::default()));
    }
    let mut handovers = Vec::new();
    let (mut epoch, mut keys) = (1, set(&[1, 2, 3, 4]));
    if handed_over {
        let (next, next_keys) = new_set();
        let value = codec::encode(&next);
        state.put(&Key::Validators(4), &value);
        let (siblings, _) = state.path(&Key::Validators(4));
        let (header, certificate) = signed(&keys, 35, 3, 34, &state);
        handovers.push(Handover { from_epoch: 4, set: value.into(), siblings, header, certificate });
        state.put(&Key::Holdings(&bid("later")), b"\x82\x01\x80");
        (epoch, keys) = (4, next_keys);
    }
    let (header, certificate) = signed(&keys, EXECUTED + 1, epoch, EXECUTED, &state);
    let pinned = pinned();
    let finality = FinalityProof {
        chain: pinned.chain,
        genesis_hash: pinned.genesis_hash,
        handovers,
        header,
        certificate,
    };
    World { state, finality }
}

pub fn receipts(height: u64) -> Vec<Vec<u8>> {
    let count = if height == 7 { 1 } else { 5 };
    (0..count).map(|index| receipt(height, index).to_bytes()).collect()
}

impl World {
    pub fn transaction(&self, height: u64, index: u32) -> TransactionProof {
        let (_, path) = receipts_tree(&receipts(height), index as usize);
        let (siblings, _) = self.state.path(&Key::Receipts(height));
        let receipt = receipt(height, index).to_bytes().into();
        TransactionProof { receipt, path, siblings, finality: self.finality.clone() }
    }

    pub fn account(&self, name: &str) -> AccountProof {
        let bid = bid(name);
        let (siblings, neighbour) = self.state.path(&Key::Holdings(&bid));
        let here =
            neighbour.filter(|leaf| leaf.key != Hash32::new(sha256(&[&Key::Holdings(&bid).to_bytes()])));
        let holdings = (name == "mina").then(|| codec::encode(&holdings()).into());
        AccountProof { bid, holdings, neighbour: here, siblings, finality: self.finality.clone() }
    }

    pub fn record(&self, key: &Key<'_>, record: Vec<u8>) -> RecordProof {
        let (siblings, _) = self.state.path(key);
        RecordProof { record: record.into(), siblings, finality: self.finality.clone() }
    }

    pub fn payment(&self, height: u64, index: u32) -> RecordProof {
        let (id, payment) = payment(height, index);
        self.record(&Key::Payment(&id), codec::encode(&payment))
    }

    pub fn deposit(&self) -> RecordProof {
        let (reference, deposit) = deposit();
        self.record(&Key::Deposit(&reference), codec::encode(&deposit))
    }

    /// The first absent name whose place is empty, or taken by a neighbour.
    pub fn absent(&self, beside: bool) -> String {
        let free = |name: &String| self.state.path(&Key::Holdings(&bid(name))).1.is_some() == beside;
        (0..).map(|number| format!("stranger {number}")).find(free).unwrap()
    }
}
