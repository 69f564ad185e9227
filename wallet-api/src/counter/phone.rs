//! A new phone at the counter. It has made its key and has a PIN, and shows a number. An officer says whose it is; the phone
//! then signs that its key is for that person, which the ledger asks for; and it waits until the ledger has it.

use dure_db::{DbError, devices, new_phones, now_ms, people};
use dure_score::{Bid, PublicKey, Refusal, Signature, record::Role, tx::possession_message};

use dure_service::device::PinProof;

use crate::{
    app::App,
    enrolment::{device_name, device_tag},
    fault::Fault,
    names,
};

/// What a phone brings.
#[derive(Debug)]
pub struct Brought {
    /// Its key.
    pub public_key: PublicKey,
    /// What its owner calls it.
    pub device_name: String,
    /// Digest of the device's salt, base64.
    pub device_tag: String,
    /// Derived from the PIN.
    pub pin_proof: String,
}

/// A phone that waits: its secret, and what it shows.
#[derive(Debug)]
pub struct Waiting {
    /// For asking how it stands.
    pub token: String,
    /// Eight digits.
    pub number: String,
    /// The server's half of the key's wrapping, 64 hex digits: the phone wraps its key before anything depends on it.
    pub share: String,
}

/// How a phone stands.
#[derive(Debug)]
pub enum State {
    /// No officer has said whose it is.
    Waiting,
    /// It is to be this person's; it has not signed yet.
    Named {
        /// The person, hex.
        bid: String,
        /// The name with its middle hidden.
        masked_name: String,
    },
    /// It has signed; two officers have to agree.
    Signed,
    /// The ledger has moved the account to it.
    Done {
        /// The person, hex.
        bid: String,
    },
}

/// A phone begins to wait.
pub async fn begin(app: &App, brought: Brought) -> Result<Waiting, Fault> {
    let proof = PinProof::parse("pin_proof", &brought.pin_proof)?;
    let tag = device_tag(&brought.device_tag)?;
    let device_name = device_name(&brought.device_name)?;
    if !brought.public_key.is_acceptable() {
        return Err(Fault::Refused(Refusal::WeakKey));
    }
    let certificate = brought.public_key.certificate_id(&app.chain).to_string();
    // Before the hash, which costs the most.
    if app.db.run::<_, DbError, _>(|c| new_phones::is_full(c, now_ms())).await? {
        return Err(Fault::TooMany { retry_after_s: 60 });
    }
    let pin_verifier = app.pins.seal(tag, proof).await?;
    let share: [u8; 32] = rand::random();
    let kept = new_phones::Brought {
        certificate: certificate.clone(),
        public_key: brought.public_key.to_string(),
        device_name,
        pin_verifier,
        pin_share: hex::encode(share),
    };
    let begun = app
        .db
        .transaction::<_, Fault, _>(move |c| {
            let waits = new_phones::by_certificate(c, &certificate)?.is_some_and(|p| p.expires_at > now_ms());
            if waits || devices::find(c, &certificate)?.is_some() {
                return Err(Fault::Refused(Refusal::CertificateExists));
            }
            Ok(new_phones::begin(c, &kept, now_ms())?)
        })
        .await?;
    let (token, number) = begun.ok_or(Fault::TooMany { retry_after_s: 60 })?;
    Ok(Waiting { token, number, share: hex::encode(share) })
}

/// How the phone of a token stands.
pub async fn state(app: &App, token: String) -> Result<State, Fault> {
    app.db
        .run::<_, Fault, _>(move |c| {
            let phone = new_phones::by_token(c, &token)?.ok_or(Fault::TicketExpired)?;
            let done = devices::find(c, &phone.certificate)?;
            if done.is_none() && phone.expires_at <= now_ms() {
                return Err(Fault::TicketExpired);
            }
            Ok(match (done, phone.bid, phone.possession) {
                (Some(device), ..) => State::Done { bid: device.owner },
                (None, None, _) => State::Waiting,
                (None, Some(bid), None) => {
                    let person = people::by_bid(c, &bid)?.ok_or(Fault::TicketExpired)?;
                    State::Named { bid, masked_name: names::masked(&person.display_name) }
                }
                (None, Some(_), Some(_)) => State::Signed,
            })
        })
        .await
}

/// The phone's key says that it is for the person whom the officer has named.
pub async fn sign(app: &App, token: String, possession: Signature) -> Result<(), Fault> {
    let chain = app.chain.clone();
    app.db
        .transaction::<_, Fault, _>(move |c| {
            let phone = new_phones::by_token(c, &token)?.filter(|phone| phone.expires_at > now_ms());
            let phone = phone.ok_or(Fault::TicketExpired)?;
            let bid = phone.bid.ok_or(Fault::Refused(Refusal::BadPossession))?;
            let damaged = || Fault::Internal("a stored phone is damaged");
            let owner: Bid = bid.parse().map_err(|_| damaged())?;
            let stored = serde_json::Value::String(phone.public_key);
            let key: PublicKey = serde_json::from_value(stored).map_err(|_| damaged())?;
            if !key.verify(&possession_message(&chain, &owner, Role::Holder, &key), &possession) {
                return Err(Fault::Refused(Refusal::BadPossession));
            }
            let signed = new_phones::sign(c, &token, &bid, &hex::encode(possession.as_bytes()))?;
            if signed { Ok(()) } else { Err(Fault::TicketExpired) }
        })
        .await
}

/// A phone as an officer sees it.
#[derive(Debug)]
pub struct Shown {
    /// The phone.
    pub phone: new_phones::NewPhone,
}

/// The phone that shows this number.
pub async fn shown(app: &App, number: String) -> Result<Shown, Fault> {
    let look = move |c: &mut _| new_phones::by_number(c, &number, now_ms());
    let phone = app.db.run::<_, DbError, _>(look).await?.ok_or(Fault::NotFound)?;
    Ok(Shown { phone })
}

/// An officer says whose the phone is that shows this number.
pub async fn assign(app: &App, number: String, bid: Bid) -> Result<Shown, Fault> {
    app.db
        .transaction::<_, Fault, _>(move |c| {
            let phone = new_phones::by_number(c, &number, now_ms())?.ok_or(Fault::NotFound)?;
            people::by_bid(c, &bid.to_string())?.ok_or(Fault::NotFound)?;
            new_phones::assign(c, &phone.number, &bid.to_string(), now_ms())?;
            let phone = new_phones::by_number(c, &number, now_ms())?.ok_or(Fault::NotFound)?;
            Ok(Shown { phone })
        })
        .await
}
