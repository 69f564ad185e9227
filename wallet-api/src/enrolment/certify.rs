//! The third step: the device's new key is certified on the ledger, its PIN protection is set up, a session opens.
//!
//! Every part may be repeated: the member is registered once, a key is certified once, and a device that is stored
//! already gets its share only for its PIN, ticket or not: the first answer may have been lost. A ticket is for one key.

use std::sync::Arc;

use dure_db::{DbError, devices, devices::OwnerClass, now_ms, sessions};
use dure_score::{
    Bid, Effect, PublicKey, Receipt, Refusal, Signature,
    call::{Call, CertificateIssue, MemberRegister},
    record::{MemberClass, Role},
    tx::possession_message,
};
use dure_service::{
    ServiceError,
    device::{DeviceTag, PinProof, revoke_call, revoke_purpose},
};

use super::purpose::TICKET_APP;
use crate::{app::App, fault::Fault, session};

/// What a device brings.
#[derive(Debug)]
pub struct Request {
    /// From the second step.
    pub ticket: String,
    /// Its key.
    pub public_key: PublicKey,
    /// Its signature over the possession message.
    pub possession: Signature,
    /// What its owner calls it.
    pub device_name: String,
    /// Digest of the device's salt, base64.
    pub device_tag: String,
    /// Derived from the PIN.
    pub pin_proof: String,
    /// One of the person's devices that makes way: its certificate, hex.
    pub drop: Option<String>,
}

/// A certified device.
#[derive(Debug)]
pub struct Certified {
    /// The person, hex.
    pub bid: String,
    /// The certificate, hex.
    pub certificate: String,
    /// The server's half of the key's wrapping, 64 hex digits.
    pub share: String,
    /// Token of the new session.
    pub session: String,
}

/// Certifies the device of a ticket's person.
pub async fn certify(app: &Arc<App>, request: Request) -> Result<Certified, Fault> {
    let proof = PinProof::parse("pin_proof", &request.pin_proof)?;
    let tag = device_tag(&request.device_tag)?;
    let device_name = device_name(&request.device_name)?;
    let certificate = request.public_key.certificate_id(&app.chain).to_string();
    if let Some(device) = known(app, certificate.clone()).await? {
        return again(app, device, request, proof).await;
    }
    let owner = ticket_owner(app, request.ticket.clone()).await?;
    check_key(app, &owner, &request)?;
    claim(app, request.ticket.clone(), certificate.clone()).await?;
    register(app, owner).await?;
    if let Some(former) = &request.drop {
        make_way(app, &owner, former).await?;
    }
    issue(app, owner, &request, &certificate).await?;
    let pin_verifier = app.pins.seal(tag, proof.clone()).await?;
    let now = now_ms();
    let share: [u8; 32] = rand::random();
    let share = hex::encode(share);
    let device = devices::Device {
        certificate: certificate.clone(),
        owner: owner.to_string(),
        role: HOLDER.to_owned(),
        public_key: request.public_key.to_string(),
        name: device_name,
        pin_verifier,
        pin_share: Some(share.clone()),
        wrong_pins: 0,
        created_at: now,
        last_used_at: now,
        revoked_at: None,
        owner_class: OwnerClass::Person,
        tried_at: 0,
    };
    match enter(app, device, request.ticket.clone()).await? {
        Ok(session) => Ok(Certified { bid: owner.to_string(), certificate, share, session }),
        // The same request came twice at once.
        Err(device) => again(app, device, request, proof).await,
    }
}

/// Stores a device, ends its ticket and answers its session; or answers the device that another request has stored.
async fn enter(
    app: &App,
    device: devices::Device,
    ticket: String,
) -> Result<Result<String, devices::Device>, Fault> {
    let entered = app.db.transaction::<_, DbError, _>(move |c| {
        if let Some(stored) = devices::find(c, &device.certificate)? {
            return Ok(Err(stored));
        }
        devices::insert(c, &device)?;
        sessions::end(c, TICKET_APP, &ticket)?;
        let (owner, certificate) = (&device.owner, &device.certificate);
        let now = device.created_at;
        sessions::create(c, session::APP, owner, certificate, now, session::LIFE_MS).map(Ok)
    });
    Ok(entered.await?)
}

async fn known(app: &App, certificate: String) -> Result<Option<devices::Device>, Fault> {
    let device = app.db.run::<_, DbError, _>(move |c| devices::find(c, &certificate)).await?;
    Ok(device.filter(|device| device.owner_class == OwnerClass::Person))
}

/// Stored by an earlier try whose answer was lost: who has its key and its PIN gets the same answer, in a new session.
async fn again(
    app: &Arc<App>,
    device: devices::Device,
    request: Request,
    proof: PinProof,
) -> Result<Certified, Fault> {
    let owner = device.owner.parse().map_err(|_| Fault::Internal("a stored BID is damaged"))?;
    check_key(app, &owner, &request)?;
    let unlocked = app.pins.unlock(device.certificate, &request.device_tag, proof).await?;
    let session = session::open(app, &unlocked.device).await?;
    let certificate = unlocked.device.certificate;
    Ok(Certified { bid: owner.to_string(), certificate, share: unlocked.share, session })
}

/// Takes the ticket for this key before anything is certified: of two keys at once, one gets it.
async fn claim(app: &App, ticket: String, certificate: String) -> Result<(), Fault> {
    let claimed = move |c: &mut _| sessions::claim(c, TICKET_APP, &ticket, &certificate, now_ms());
    app.db.run::<_, DbError, _>(claimed).await?.map(drop).ok_or(Fault::TicketExpired)
}

/// The role of people's devices on the ledger, as it is stored.
pub const HOLDER: &str = "holder";

/// A device's tag as a request brings it.
pub fn device_tag(text: &str) -> Result<DeviceTag, Fault> {
    DeviceTag::parse(text).ok_or(Fault::BadField { field: "device_tag", reason: "32 bytes in base64" })
}

/// What a person calls a device: 1 to 60 characters, without spaces around.
pub fn device_name(name: &str) -> Result<String, Fault> {
    let name = name.trim();
    let good = (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if good {
        Ok(name.to_owned())
    } else {
        Err(Fault::BadField { field: "device_name", reason: "1 to 60 characters" })
    }
}

async fn ticket_owner(app: &App, ticket: String) -> Result<Bid, Fault> {
    let found =
        app.db.run::<_, DbError, _>(move |c| sessions::find(c, TICKET_APP, &ticket, now_ms())).await?;
    let owner = found.ok_or(Fault::TicketExpired)?.owner;
    owner.parse().map_err(|_| Fault::Internal("a stored BID is damaged"))
}

/// The ledger checks the same again; asking it would only be slower.
fn check_key(app: &App, owner: &Bid, request: &Request) -> Result<(), Fault> {
    if !request.public_key.is_acceptable() {
        return Err(Fault::Refused(Refusal::WeakKey));
    }
    let message = possession_message(&app.chain, owner, Role::Holder, &request.public_key);
    if request.public_key.verify(&message, &request.possession) {
        Ok(())
    } else {
        Err(Fault::Refused(Refusal::BadPossession))
    }
}

async fn register(app: &App, bid: Bid) -> Result<(), Fault> {
    if app.client.account(&bid).await?.is_some_and(|account| account.member.is_some()) {
        return Ok(());
    }
    let call = Call::MemberRegister(MemberRegister { bid, class: MemberClass::Citizen });
    let receipt = app.officer.ensure(&format!("member.register:{bid}"), &call).await;
    accept(receipt, |refusal| matches!(refusal, Refusal::MemberExists))
}

/// Ends a device of the same person, so that the new one has room.
async fn make_way(app: &Arc<App>, owner: &Bid, certificate: &str) -> Result<(), Fault> {
    let wanted = certificate.to_owned();
    let device = app.db.run::<_, DbError, _>(move |c| devices::find(c, &wanted)).await?;
    if !device
        .is_some_and(|device| device.owner == owner.to_string() && device.owner_class == OwnerClass::Person)
    {
        return Err(Fault::BadField { field: "drop", reason: "one of your own devices" });
    }
    let receipt = app.officer.ensure(&revoke_purpose(certificate), &revoke_call(certificate)?).await;
    accept(receipt, |refusal| matches!(refusal, Refusal::RevokedCertificate))
}

/// The devices of a ticket's person that count towards the limit.
pub async fn devices_of(app: &App, ticket: String) -> Result<Vec<devices::Device>, Fault> {
    let owner = ticket_owner(app, ticket).await?.to_string();
    let known = app.db.run::<_, DbError, _>(move |c| devices::of_owner(c, &owner)).await?;
    Ok(known
        .into_iter()
        .filter(|device| device.revoked_at.is_none() && device.owner_class == OwnerClass::Person)
        .collect())
}

async fn issue(app: &App, owner: Bid, request: &Request, certificate: &str) -> Result<(), Fault> {
    let (public_key, possession) = (request.public_key, request.possession);
    let call = Call::CertificateIssue(CertificateIssue { owner, public_key, role: Role::Holder, possession });
    let receipt = app.officer.ensure(&format!("certificate.issue:{certificate}"), &call).await;
    if let Ok(receipt) = &receipt
        && receipt.is_applied()
    {
        // The receipt says it all; a node that lags behind could not. A key of somebody else's stays theirs.
        let ours =
            |effect: &Effect| matches!(effect, Effect::CertificateIssued { owner: of, .. } if *of == owner);
        let good = receipt.effects.iter().any(ours);
        return if good { Ok(()) } else { Err(Fault::Refused(Refusal::CertificateExists)) };
    }
    accept(receipt, |refusal| matches!(refusal, Refusal::CertificateExists))?;
    // An earlier try may have certified this key; never one that belongs to somebody else or was revoked.
    let id = public_key.certificate_id(&app.chain);
    let known = app.client.certificate(&id).await?.map(|info| info.certificate);
    let good =
        known.is_some_and(|known| known.owner == owner && !known.revoked && known.role == Role::Holder);
    if good { Ok(()) } else { Err(Fault::Refused(Refusal::CertificateExists)) }
}

fn accept(receipt: Result<Receipt, ServiceError>, harmless: impl Fn(&Refusal) -> bool) -> Result<(), Fault> {
    let refusal = match receipt {
        Ok(receipt) => receipt.refusal().cloned(),
        Err(ServiceError::Refused(refusal)) => Some(refusal),
        Err(error) => return Err(error.into()),
    };
    match refusal {
        Some(refusal) if !harmless(&refusal) => Err(Fault::Refused(refusal)),
        _ => Ok(()),
    }
}
