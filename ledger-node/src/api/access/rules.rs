//! What a tier may ask for. Readers: exactly what is listed here; nobody else is limited, but for the nodes' own paths.

use dure_score::{
    Bid, CertId, Effect, Receipt, Transaction, TxId, codec,
    key::Key,
    limits::MAX_TX_BYTES,
    record::{Certificate, Payment},
};

use super::tier::{Tier, get};
use crate::{
    history::ledger::Ledger,
    store::{Read, StoreError},
};

/// Whether `tier` may send such a request at all.
pub(super) fn may(ledger: &Ledger, tier: &Tier, method: &str, path: &str) -> Result<bool, StoreError> {
    if path == "/v1/peer/transactions" {
        return Ok(matches!(tier, Tier::Validator | Tier::Observer));
    }
    let Tier::Reader(own) = tier else { return Ok(true) };
    let (view, _) = ledger.view()?;
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match (method, parts.as_slice()) {
        ("POST", ["v1", "transactions" | "dry-run"])
        | ("GET", ["v1", "status" | "genesis"])
        // Its receipt is held against the caller when it is there.
        | ("GET", ["v1", "transactions", _] | ["v1", "proofs", "transaction", _]) => Ok(true),
        ("GET", ["v1", "accounts", bid] | ["v1", "proofs", "account", bid]) => Ok(is_own(bid, own)),
        ("GET", ["v1", "certificates", id]) => match id.parse::<CertId>() {
            Ok(id) => Ok(owner(&*view, &id)? == Some(*own)),
            Err(_) => Ok(false),
        },
        ("GET", ["v1", "payments", id] | ["v1", "proofs", "payment", id]) => match id.parse::<TxId>() {
            Ok(id) => {
                let payment: Option<Payment> = get(&*view, &Key::Payment(&id))?;
                Ok(payment.is_some_and(|payment| payment.payer == *own || payment.merchant == *own))
            }
            Err(_) => Ok(false),
        },
        ("GET", ["v1", "orders", merchant, _]) => Ok(is_own(merchant, own)),
        _ => Ok(false),
    }
}

/// Whether the body of a request asks for nothing that `tier` may not see: a dry run tells what its signer holds.
pub(super) fn may_send(ledger: &Ledger, tier: &Tier, target: &str, body: &[u8]) -> Result<bool, StoreError> {
    let Tier::Reader(own) = tier else { return Ok(true) };
    if target.split('?').next() != Some("/v1/dry-run") {
        return Ok(true);
    }
    let Some(transaction) = transaction_in(body) else { return Ok(false) };
    let (view, _) = ledger.view()?;
    Ok(owner(&*view, &transaction.signer)? == Some(*own))
}

/// The unsigned transaction in the body of a dry run, in CBOR or in base64 in JSON. What is none is answered as such only to
/// those who may ask for everything.
fn transaction_in(body: &[u8]) -> Option<Transaction> {
    #[derive(serde::Deserialize)]
    struct Json {
        body: String,
    }
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    if body.len() <= MAX_TX_BYTES
        && let Ok(transaction) = codec::decode(body)
    {
        return Some(transaction);
    }
    let json: Json = serde_json::from_slice(body).ok()?;
    codec::decode(&STANDARD.decode(json.body).ok()?).ok()
}

/// Whether `own` signed the transaction or is one of the two whom it is between. A grant to many names the others: its
/// recipients see what they got in their account.
pub(super) fn is_party(ledger: &Ledger, own: &Bid, receipt: &Receipt) -> Result<bool, StoreError> {
    let (view, _) = ledger.view()?;
    if owner(&*view, &receipt.signer)? == Some(*own) {
        return Ok(true);
    }
    Ok(receipt.effects.iter().any(|effect| match effect {
        Effect::Paid { payer, merchant, .. } | Effect::Refunded { payer, merchant, .. } => {
            payer == own || merchant == own
        }
        Effect::Transferred { from, to, .. } => from == own || to == own,
        Effect::Charged { to, .. } => to == own,
        _ => false,
    }))
}

fn owner(view: &dyn Read, certificate: &CertId) -> Result<Option<Bid>, StoreError> {
    let found: Option<Certificate> = get(view, &Key::Certificate(certificate))?;
    Ok(found.map(|certificate| certificate.owner))
}

fn is_own(text: &str, own: &Bid) -> bool {
    text.parse::<Bid>().is_ok_and(|bid| bid == *own)
}
