//! The third step: the device's new key is certified on the ledger, its PIN protection is set up, a session opens.
//!
//! Every part may be repeated: the member is registered once, a key is certified once, and a device that is stored
//! already gets its share only for its PIN.

use dure_db::{DbError, devices, now_ms, sessions};
use dure_score::{
    Bid, PublicKey, Receipt, Refusal, Signature,
    call::{Call, CertificateIssue, MemberRegister},
    record::{MemberClass, Role},
    tx::possession_message,
};

use super::TICKET_APP;
use crate::{app::App, fault::Fault, pin, session};

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
    /// Derived from the PIN.
    pub pin_proof: String,
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
pub async fn certify(app: &App, request: Request) -> Result<Certified, Fault> {
    pin::check_form(&request.pin_proof)?;
    let device_name = device_name(&request.device_name)?;
    let owner = ticket_owner(app, request.ticket.clone()).await?;
    check_key(app, &owner, &request)?;
    register(app, owner).await?;
    let certificate = request.public_key.certificate_id(&app.chain).to_string();
    issue(app, owner, &request, &certificate).await?;
    let verifier = pin::hash(request.pin_proof.clone()).await?;
    let now = now_ms();
    let share: [u8; 32] = rand::random();
    let share = hex::encode(share);
    let device = devices::Device {
        certificate: certificate.clone(),
        owner: owner.to_string(),
        role: "holder".to_owned(),
        public_key: request.public_key.to_string(),
        name: device_name,
        pin_verifier: verifier,
        pin_share: Some(share.clone()),
        wrong_pins: 0,
        created_at: now,
        last_used_at: now,
        revoked_at: None,
    };
    let ticket = request.ticket;
    let session = app
        .db
        .transaction::<_, DbError, _>(move |c| {
            if devices::find(c, &device.certificate)?.is_some() {
                return Ok(None);
            }
            devices::insert(c, &device)?;
            sessions::end(c, TICKET_APP, &ticket)?;
            let (owner, certificate) = (&device.owner, &device.certificate);
            sessions::create(c, session::APP, owner, certificate, now, session::LIFE_MS).map(Some)
        })
        .await?;
    match session {
        Some(session) => Ok(Certified { bid: owner.to_string(), certificate, share, session }),
        // Stored by an earlier try whose answer was lost: as any device, it gets its share for its PIN.
        None => again(app, owner, certificate, request.pin_proof).await,
    }
}

async fn again(app: &App, owner: Bid, certificate: String, proof: String) -> Result<Certified, Fault> {
    let unlocked = pin::unlock(app, certificate.clone(), proof).await?;
    let session = session::open(app, &unlocked.device).await?;
    Ok(Certified { bid: owner.to_string(), certificate, share: unlocked.share, session })
}

fn device_name(name: &str) -> Result<String, Fault> {
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
    let receipt = app.officer.execute(&app.db, format!("member.register:{bid}"), call).await;
    accept(receipt, |refusal| matches!(refusal, Refusal::MemberExists))
}

async fn issue(app: &App, owner: Bid, request: &Request, certificate: &str) -> Result<(), Fault> {
    let (public_key, possession) = (request.public_key, request.possession);
    let call = Call::CertificateIssue(CertificateIssue { owner, public_key, role: Role::Holder, possession });
    let receipt = app.officer.execute(&app.db, format!("certificate.issue:{certificate}"), call).await;
    match accept(receipt, |refusal| matches!(refusal, Refusal::CertificateExists)) {
        Err(error) => Err(error),
        // An earlier try may have certified this key; never one that belongs to somebody else or was revoked.
        Ok(()) => {
            let id = public_key.certificate_id(&app.chain);
            let known = app.client.certificate(&id).await?.map(|info| info.certificate);
            let good = known
                .is_some_and(|known| known.owner == owner && !known.revoked && known.role == Role::Holder);
            if good { Ok(()) } else { Err(Fault::Refused(Refusal::CertificateExists)) }
        }
    }
}

fn accept(receipt: Result<Receipt, Fault>, harmless: impl Fn(&Refusal) -> bool) -> Result<(), Fault> {
    let refusal = match receipt {
        Ok(receipt) => receipt.refusal().cloned(),
        Err(Fault::Refused(refusal)) => Some(refusal),
        Err(error) => return Err(error),
    };
    match refusal {
        Some(refusal) if !harmless(&refusal) => Err(Fault::Refused(refusal)),
        _ => Ok(()),
    }
}
