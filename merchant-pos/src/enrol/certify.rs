//! The last step: the browser's key is certified on the ledger, and the device is stored with its PIN share.

use dure_db::{
    DbConnection, DbError,
    devices::{self, Device, OwnerClass},
    merchants::{self, Merchant},
};
use dure_score::{
    Bid, Call, Outcome, PublicKey, Receipt, Refusal, Signature,
    call::{CertificateIssue, MemberRegister},
    ids::Code,
    record::{MemberClass, MerchantTerms, Role},
    tx::possession_message,
};
use dure_service::{
    ServiceError,
    device::{DeviceTag, PinProof},
};

use super::{
    session,
    ticket::{self, role_name, till_role},
};
use crate::{clock::now_ms, error::PosError, metrics, till::Till};

/// Longest name of a device, in characters: one line of a list.
const DEVICE_NAME_MAX: usize = 40;

/// What the browser hands in.
#[derive(Clone, Debug)]
pub struct Application {
    /// From the step before.
    pub ticket: String,
    /// The new key.
    pub public_key: PublicKey,
    /// The key's signature over its possession message.
    pub possession: Signature,
    /// What the shop calls the device.
    pub device_name: String,
    /// Base64 of the PIN proof.
    pub pin_proof: String,
    /// Base64 of the device's tag.
    pub device_tag: String,
}

/// What the browser needs to wrap its key and to go on.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// The shop's BID, hex.
    pub bid: String,
    /// The new certificate, hex.
    pub certificate: String,
    /// The server's half of the PIN protection, hex.
    pub share: String,
    /// Token of the new session.
    pub session: String,
}

/// Certifies the key and stores the device; ends the ticket. May be repeated with the same key, also after it has succeeded:
/// whose answer was lost gets it again for the right PIN. A ticket that one key has used takes no other.
pub async fn certify(till: &Till, application: Application) -> Result<Enrolled, PosError> {
    let name = check_name(&application.device_name)?;
    let proof = PinProof::parse("pin_proof", &application.pin_proof)?;
    let tag = DeviceTag::parse(&application.device_tag)
        .ok_or(ServiceError::BadField { field: "device_tag", reason: "base64 of 32 bytes" })?;
    let key = application.public_key;
    if !key.is_acceptable() {
        return Err(PosError::Refused(Refusal::WeakKey));
    }
    let certificate = key.certificate_id(&till.chain).to_string();
    if let Some(device) = known(till, &certificate).await? {
        return repeat(till, &application, device, proof).await;
    }
    let (shop, owner, role) = claim(till, &application, &certificate).await?;
    issue(till, &application, owner, role, &shop).await?;
    let device = Device {
        certificate: certificate.clone(),
        owner: shop.bid,
        role: role_name(role).to_owned(),
        public_key: key.to_string(),
        name,
        pin_verifier: till.pins.seal(tag, proof.clone()).await?,
        pin_share: Some(hex::encode(rand::random::<[u8; 32]>())),
        wrong_pins: 0,
        created_at: now_ms(),
        last_used_at: now_ms(),
        revoked_at: None,
        owner_class: OwnerClass::Shop,
        tried_at: 0,
    };
    let ticket = application.ticket.clone();
    if let Some(enrolled) = till.db.transaction(move |connection| store(connection, &ticket, &device)).await?
    {
        metrics::enrolled();
        return Ok(enrolled);
    }
    // The same request, sent twice at once, was quicker.
    let device = known(till, &certificate).await?.ok_or(PosError::TicketExpired)?;
    repeat(till, &application, device, proof).await
}

async fn known(till: &Till, certificate: &str) -> Result<Option<Device>, PosError> {
    let certificate = certificate.to_owned();
    till.db.run(move |connection| Ok(devices::find(connection, &certificate)?)).await
}

/// The first answer once more, on the authority of key and PIN, with a session of its own. Wrong PINs count as everywhere.
async fn repeat(
    till: &Till,
    application: &Application,
    device: Device,
    proof: PinProof,
) -> Result<Enrolled, PosError> {
    // A person's device is refused by the PIN's own check.
    let role = till_role(&device.role).map_err(|_| ServiceError::UnknownDevice)?;
    let owner: Bid = device.owner.parse().map_err(|_| DbError::Corrupt("device's owner"))?;
    check_possession(till, application, owner, role)?;
    let unlocked = till.pins.unlock(device.certificate, &application.device_tag, proof).await?;
    let (share, Device { certificate, owner: bid, .. }) = (unlocked.share, unlocked.device);
    let opening = move |connection: &mut DbConnection| {
        let session = session::open(connection, &bid, &certificate)?;
        Ok(Enrolled { bid, certificate, share, session })
    };
    till.db.transaction(opening).await
}

/// Keeps the ticket for this key alone, once the key has proven itself; answers the shop, its BID and the role.
async fn claim(
    till: &Till,
    application: &Application,
    certificate: &str,
) -> Result<(Merchant, Bid, Role), PosError> {
    let ticket = application.ticket.clone();
    let (shop, role) = till.db.run(move |connection| ticket_holder(connection, &ticket)).await?;
    let owner: Bid = shop.bid.parse().map_err(|_| DbError::Corrupt("merchant's BID"))?;
    // The ledger checks the same; here it costs no transaction.
    check_possession(till, application, owner, role)?;
    let (ticket, certificate) = (application.ticket.clone(), certificate.to_owned());
    till.db.transaction(move |connection| ticket::claim(connection, &ticket, &certificate)).await?;
    Ok((shop, owner, role))
}

fn ticket_holder(connection: &mut DbConnection, ticket: &str) -> Result<(Merchant, Role), PosError> {
    let (bid, role) = ticket::read(connection, ticket)?;
    let shop = merchants::by_bid(connection, &bid)?.ok_or(PosError::TicketExpired)?;
    Ok((shop, role))
}

fn check_possession(till: &Till, application: &Application, owner: Bid, role: Role) -> Result<(), PosError> {
    let key = application.public_key;
    let message = possession_message(&till.chain, &owner, role, &key);
    let own = key.verify(&message, &application.possession);
    if own { Ok(()) } else { Err(PosError::Refused(Refusal::BadPossession)) }
}

/// Has the key certified. If the ledger refuses, the ticket is free again for another key.
async fn issue(
    till: &Till,
    application: &Application,
    owner: Bid,
    role: Role,
    shop: &Merchant,
) -> Result<(), PosError> {
    register(till, owner, shop).await?;
    let public_key = application.public_key;
    let certificate = public_key.certificate_id(&till.chain).to_string();
    let issue = CertificateIssue { owner, public_key, role, possession: application.possession };
    let purpose = format!("certificate.issue:{certificate}");
    let call = Call::CertificateIssue(issue);
    let done = till.officer.ensure(&purpose, &call).await.and_then(applied);
    if matches!(done, Err(ServiceError::Refused(_))) {
        let ticket = application.ticket.clone();
        till.db.transaction(move |connection| ticket::release(connection, &ticket, &certificate)).await?;
    }
    Ok(done?)
}

/// A refusal is the answer to whoever asked.
fn applied(receipt: Receipt) -> Result<(), ServiceError> {
    match receipt.outcome {
        Outcome::Applied => Ok(()),
        Outcome::Refused { refusal } => Err(ServiceError::Refused(refusal)),
    }
}

/// Enters the shop on the ledger if nobody has.
async fn register(till: &Till, owner: Bid, shop: &Merchant) -> Result<(), PosError> {
    if till.ledger.knows_member(owner).await? {
        return Ok(());
    }
    let terms = MerchantTerms {
        category: Code::new(&shop.category).map_err(|_| DbError::Corrupt("merchant's category"))?,
        region: Code::new(&shop.region).map_err(|_| DbError::Corrupt("merchant's region"))?,
        large: false,
    };
    let call = Call::MemberRegister(MemberRegister { bid: owner, class: MemberClass::Merchant(terms) });
    let purpose = format!("member.register:{owner}");
    match till.officer.ensure(&purpose, &call).await.and_then(applied) {
        // Somebody else was first: just as good.
        Err(ServiceError::Refused(Refusal::MemberExists)) => Ok(()),
        other => Ok(other?),
    }
}

/// Stores the device, ends its ticket and signs it in; `None` if the ticket is over: stored already, or too late.
fn store(connection: &mut DbConnection, ticket: &str, device: &Device) -> Result<Option<Enrolled>, PosError> {
    if devices::find(connection, &device.certificate)?.is_some() {
        return Ok(None);
    }
    if !ticket::close(connection, ticket, &device.certificate)? {
        return Ok(None);
    }
    devices::insert(connection, device)?;
    let session = session::open(connection, &device.owner, &device.certificate)?;
    Ok(Some(Enrolled {
        bid: device.owner.clone(),
        certificate: device.certificate.clone(),
        share: device.pin_share.clone().unwrap_or_default(),
        session,
    }))
}

fn check_name(name: &str) -> Result<String, PosError> {
    let name = name.trim();
    let fits = (1..=DEVICE_NAME_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits {
        Ok(name.to_owned())
    } else {
        Err(ServiceError::BadField { field: "device_name", reason: "1 to 40 characters" }.into())
    }
}
