//! The contract: what it reads, and what it does with any sequence of calls.

#[path = "../../../ledger-node/score/tests/support/mod.rs"]
mod support;

use std::{collections::BTreeSet, sync::OnceLock};

use dure_proof::request::{Request, verify_request};
use dure_score::{
    Bid, Call, CertId, ChainId, Hash32, OrderId, PublicKey, Signature, SignedTx, Transaction, TxId,
    call::MemberRegister,
    codec,
    genesis::GenesisInstitution,
    ids::{Address, BatchId, Code, DepositRef, PayoutId, Title},
    limits::{DAY_MS, MAX_NONCE_JUMP},
    record::{Duties, Institution, MemberClass, MerchantTerms},
    signature::{Item, SigningKey, verify_batch},
    window::NonceWindow,
};
use rand_core::{Infallible, TryCryptoRng, TryRng};
pub use support::{Ledger, *};

use crate::{
    bytes::{byte, framed, part},
    mutate::Dice,
};

/// Wire bytes of a signed transaction.
pub fn transaction(data: &[u8]) {
    if let Ok(signed) = SignedTx::from_wire(data) {
        assert_eq!(signed.wire(), data, "a transaction has two wire forms");
        let body = codec::encode(signed.transaction());
        let again = SignedTx::from_parts(&body, signed.key(), signed.signature()).expect("its own body");
        assert_eq!(again, signed);
        assert_eq!(signed.id(), again.id());
        let good = signed.clone().verify(&signed.transaction().chain);
        assert_eq!(good.is_ok(), {
            let bound = signed.key().certificate_id(&signed.transaction().chain);
            bound == signed.transaction().signer && signed.key().verify(signed.message(), &signed.signature())
        });
    }
    if let Ok(transaction) = codec::decode::<Transaction>(data) {
        let key = key("mina");
        let signed = transaction.clone().sign(&key);
        let read = SignedTx::from_wire(signed.wire());
        assert_eq!(read.as_ref().ok(), (data.len() < 12_000).then_some(&signed), "what is signed is read");
        assert_eq!(signed.transaction(), &transaction);
    }
}

/// Text of ids.
pub fn names(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    macro_rules! same {
        ($($name:ty),*) => {$(
            if let Ok(id) = text.parse::<$name>() {
                assert_eq!(id.to_string(), text, "an id has two forms");
            }
        )*};
    }
    same!(Bid, CertId, Hash32, TxId, ChainId, OrderId, DepositRef, BatchId, PayoutId, Code, Address);
    if let Ok(title) = Title::new(text) {
        assert_eq!(title.as_str(), text);
    }
}

/// Randomness of a batch: any will do, and a seed makes a failure repeatable.
struct Seeded(Dice);

impl TryRng for Seeded {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.roll() as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.roll())
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().for_each(|byte| *byte = self.0.roll() as u8);
        Ok(())
    }
}

impl TryCryptoRng for Seeded {}

/// Key (32), signature (64), message: alone, alone in a batch, and among good ones the answer is the same.
pub fn signature(data: &[u8]) {
    let Some((key, rest)) = data.split_first_chunk::<32>() else { return };
    let Some((signature, message)) = rest.split_first_chunk::<64>() else { return };
    let (key, signature) = (PublicKey::new(*key), Signature::new(*signature));
    let alone = key.verify(message, &signature);
    let good = SigningKey::from_seed([7; 32]);
    let others = [good.sign(b"one"), good.sign(b"two")];
    let ours = Item { key, message, signature };
    let rng = || Seeded(Dice::new(u64::from(message.first().copied().unwrap_or(0))));
    assert_eq!(verify_batch(std::slice::from_ref(&ours), rng()), alone, "a batch of one judges otherwise");
    let key = good.public_key();
    let batch = [
        Item { key, message: b"one", signature: others[0] },
        ours,
        Item { key, message: b"two", signature: others[1] },
    ];
    assert_eq!(verify_batch(&batch, rng()), alone, "a batch judges otherwise");
    let chain = chain();
    let target = String::from_utf8_lossy(message);
    let request =
        Request { chain: &chain, method: "GET", target: &target, body: message, time_ms: 0, nonce: [0; 16] };
    assert!(!verify_request(&request, &batch[1].key, &signature), "a request was forged");
}

/// Numbers from 1, each as a difference (i8) or, after 127, a whole u64.
pub fn window(data: &[u8]) {
    let (mut window, mut used, mut rest) = (NonceWindow::default(), BTreeSet::new(), data);
    while let Some((step, after)) = byte(rest) {
        rest = after;
        let nonce = match step {
            127 => match rest.split_first_chunk::<8>() {
                Some((number, after)) => {
                    rest = after;
                    u64::from_be_bytes(*number)
                }
                None => return,
            },
            step => window.highest.saturating_add_signed(i64::from(step as i8)),
        };
        let fresh = nonce > 0
            && nonce <= window.highest.saturating_add(MAX_NONCE_JUMP)
            && window.highest.saturating_sub(nonce) < 128
            && !used.contains(&nonce);
        match window.accept(nonce) {
            Ok(next) => {
                assert!(fresh, "{nonce} is taken");
                used.insert(nonce);
                assert_eq!(next.highest, window.highest.max(nonce));
                window = next;
            }
            Err(_) => assert!(!fresh, "{nonce} is refused"),
        }
    }
}

/// Who may sign in a sequence of calls, by number.
pub const SIGNERS: [&str; 14] = [
    "mina",
    "jun",
    "cafe",
    "mall",
    "banker",
    "mayor",
    "deputy",
    "registrar",
    "op1",
    "op2",
    "op3",
    "nobody",
    "mina-2",
    "cafe-till",
];

/// Calls of one sequence at most: longer ones find nothing that shorter ones do not, and take long.
const MAX_CALLS: usize = 32;

/// A town with an operator, two campaigns, some coin and a payment.
pub fn town() -> Ledger {
    static TOWN: OnceLock<Ledger> = OnceLock::new();
    TOWN.get_or_init(|| {
        let mut agreed = genesis();
        let duties = Duties { operator: true, ..Duties::default() };
        let name = Title::new("ops").expect("a title");
        agreed.institutions.push(GenesisInstitution {
            bid: bid("ops"),
            record: Institution { name, duties, quorum: 2, open_proposals: vec![] },
            officers: ["op1", "op2", "op3"].map(|name| key(name).public_key()).to_vec(),
        });
        agreed.epoch_blocks = 8;
        let mut town = town_of(&agreed);
        town.campaign(1, voucher_terms());
        town.campaign(2, points_terms());
        town.charge("mina", 50_000, "d-1", 1);
        town.charge("jun", 20_000, "d-2", 2);
        town.pay("mina", "cafe", "o-1", 4_000);
        town
    })
    .clone()
}

/// One step of a sequence: who signs, what is odd about it, the call.
pub fn step(signer: u8, odd: u8, call: &Call) -> Vec<u8> {
    [&[signer, odd], framed(&codec::encode(call)).as_slice()].concat()
}

/// A sequence of calls, each in a block of its own. Books, model and published tables are held against each.
pub fn apply(data: &[u8]) {
    let (mut town, mut rest) = (town(), data);
    for _ in 0..MAX_CALLS {
        let Some((signer, after)) = byte(rest) else { break };
        let Some((odd, after)) = byte(after) else { break };
        let Some((call, after)) = part(after) else { break };
        rest = after;
        let Ok(call) = codec::decode::<Call>(call) else { continue };
        act(&mut town, SIGNERS[usize::from(signer) % SIGNERS.len()], odd, call);
    }
    town.compare_all();
}

/// Lower bits of `odd`: how much later (0 a moment, 1 a day, 2 a month, 3 a year); upper bits: what is wrong.
fn act(town: &mut Ledger, signer: &str, odd: u8, call: Call) {
    town.time += [0, DAY_MS, 31 * DAY_MS, 366 * DAY_MS][usize::from(odd & 3)];
    let mut transaction = town.transaction(signer, call);
    match odd >> 2 {
        1 => transaction.nonce = 0,
        2 => transaction.nonce = u64::MAX,
        3 => transaction.nonce = 1,
        4 => transaction.valid_until = 0,
        5 => transaction.valid_until = u64::MAX,
        6 => transaction.chain = ChainId::new("other").expect("a name"),
        7 => transaction.signer = cert("mina"),
        _ => {}
    }
    town.send(transaction.sign(&key(signer)));
}

/// A member to be registered.
pub fn register(name: &str, class: MemberClass) -> Call {
    Call::MemberRegister(MemberRegister { bid: bid(name), class })
}

/// A small shop where vouchers work.
pub fn merchant_class() -> MemberClass {
    MemberClass::Merchant(MerchantTerms { category: code("5814"), region: code("R1"), large: false })
}
