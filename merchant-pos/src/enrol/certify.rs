//! The last step: the browser's key is certified on the ledger, and the device is stored with its PIN share.

use dure_db::{
    DbConnection, DbError,
    devices::{self, Device},
    merchants::{self, Merchant},
    sessions,
};
use dure_score::{
    Bid, Call, PublicKey, Refusal, Signature,
    call::{CertificateIssue, MemberRegister},
    ids::Code,
    record::{MemberClass, MerchantTerms, Role},
    tx::possession_message,
};

use super::{
    code::{TICKETS, read_ticket, role_name},
    pin, session,
};
use crate::{clock::now_ms, error::PosError, till::Till};

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

/// Certifies the key and stores the device; ends the ticket. May be repeated with the same key until it succeeds.
pub async fn certify(till: &Till, application: Application) -> Result<Enrolled, PosError> {
    let name = check_name(&application.device_name)?;
    let proof = pin::parse_proof(&application.pin_proof)?;
    let ticket = application.ticket.clone();
    let (shop, role) = till.db.run(move |connection| ticket_holder(connection, &ticket)).await?;
    let owner: Bid = shop.bid.parse().map_err(|_| DbError::Corrupt("merchant's BID"))?;
    let key = application.public_key;
    if !key.is_acceptable() {
        return Err(PosError::Refused(Refusal::WeakKey));
    }
    // The ledger checks the same; here it costs no transaction.
    if !key.verify(&possession_message(&till.chain, &owner, role, &key), &application.possession) {
        return Err(PosError::Refused(Refusal::BadPossession));
    }
    register(till, owner, &shop).await?;
    let certificate = key.certificate_id(&till.chain).to_string();
    let issue = CertificateIssue { owner, public_key: key, role, possession: application.possession };
    let purpose = format!("certificate.issue:{certificate}");
    till.officer.ensure(&till.db, till.ledger.as_ref(), &purpose, Call::CertificateIssue(issue)).await?;
    let device = Device {
        certificate,
        owner: shop.bid,
        role: role_name(role).to_owned(),
        public_key: key.to_string(),
        name,
        pin_verifier: pin::hash(till, proof).await?,
        pin_share: Some(hex::encode(rand::random::<[u8; 32]>())),
        wrong_pins: 0,
        created_at: now_ms(),
        last_used_at: now_ms(),
        revoked_at: None,
    };
    let enrolled =
        till.db.transaction(move |connection| store(connection, &application.ticket, &device)).await?;
    till.metrics.enrolled();
    Ok(enrolled)
}

fn ticket_holder(connection: &mut DbConnection, ticket: &str) -> Result<(Merchant, Role), PosError> {
    let (bid, role) = read_ticket(connection, ticket)?;
    let shop = merchants::by_bid(connection, &bid)?.ok_or(PosError::TicketExpired)?;
    Ok((shop, role))
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
    match till.officer.ensure(&till.db, till.ledger.as_ref(), &purpose, call).await {
        // Somebody else was first: just as good.
        Err(PosError::Refused(Refusal::MemberExists)) => Ok(()),
        other => other,
    }
}

fn store(connection: &mut DbConnection, ticket: &str, device: &Device) -> Result<Enrolled, PosError> {
    if !sessions::end(connection, TICKETS, ticket)? {
        return Err(PosError::TicketExpired);
    }
    if devices::find(connection, &device.certificate)?.is_some() {
        return Err(PosError::Refused(Refusal::CertificateExists));
    }
    devices::insert(connection, device)?;
    let session = session::open(connection, &device.owner, &device.certificate)?;
    Ok(Enrolled {
        bid: device.owner.clone(),
        certificate: device.certificate.clone(),
        share: device.pin_share.clone().unwrap_or_default(),
        session,
    })
}

fn check_name(name: &str) -> Result<String, PosError> {
    let name = name.trim();
    let fits = (1..=DEVICE_NAME_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(PosError::BadDeviceName) }
}
