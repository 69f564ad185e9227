//! People, shops, and their devices.

use dure_score::{
    Bid, CertId, ChainId, Effect, PublicKey, Signature,
    call::{AccountFreeze, AccountRebind, CertificateIssue, MemberRegister},
    record::{MemberClass, MerchantTerms, Role},
};
use ed25519_zebra::{Signature as Ed25519, VerificationKey};
use sha2::{Digest, Sha256};

use super::{Answer, Ask, DAY, FOR_EVER, Model, no};

const LIFE: u64 = 3 * 365 * DAY;

/// A member; a shop if it has terms.
#[derive(Clone, Debug)]
pub struct Person {
    pub shop: Option<MerchantTerms>,
    pub frozen: bool,
}

/// A certificate.
#[derive(Clone, Debug)]
pub struct Device {
    pub owner: Bid,
    pub role: Role,
    pub until: u64,
    pub ended: bool,
    /// On the owner's list; a device whose time has run out leaves it when the next one is certified.
    pub listed: bool,
    pub key: PublicKey,
}

/// SHA-256 of the parts, one after the other.
pub fn digest(parts: &[&[u8]]) -> [u8; 32] {
    parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part)).finalize().into()
}

pub fn device_id(chain: &ChainId, key: &PublicKey) -> CertId {
    let hash = digest(&[b"dure:certificate:v1\0", chain.as_str().as_bytes(), &[0], key.as_bytes()]);
    CertId::new(hash[..16].try_into().unwrap())
}

/// True if the key's owner signed the message.
pub fn signed(key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
    let signature = Ed25519::from(*signature.as_bytes());
    VerificationKey::try_from(*key.as_bytes()).is_ok_and(|key| key.verify(&signature, message).is_ok())
}

/// Not a point of the curve, one of the few of small order, or written with a coordinate at or above the field's order.
pub fn weak(key: &PublicKey) -> bool {
    let mut bytes = *key.as_bytes();
    if VerificationKey::try_from(bytes).is_err() {
        return true;
    }
    bytes[31] &= 0x7f;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let tail = |first: &str, middle: &str, last: &str| format!("{first}{}{last}", middle.repeat(30));
    let above = (0xed..=0xff_u8).any(|first| hex == tail(&format!("{first:02x}"), "ff", "7f"));
    let small = [
        tail("00", "00", "00"),
        tail("01", "00", "00"),
        tail("ec", "ff", "7f"),
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05".into(),
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a".into(),
    ];
    above || small.contains(&hex)
}

impl Model {
    pub fn active(&self, who: Bid) -> Answer<&Person> {
        match self.people.get(&who) {
            None => no("UNKNOWN_MEMBER", &[]),
            Some(person) if person.frozen => no("MEMBER_NOT_ACTIVE", &[]),
            Some(person) => Ok(person),
        }
    }

    pub fn citizen(&self, who: Bid) -> Answer {
        if self.active(who)?.shop.is_some() { no("NOT_A_CITIZEN", &[]) } else { Ok(()) }
    }

    pub fn merchant(&self, who: Bid) -> Answer<MerchantTerms> {
        self.active(who)?.shop.clone().map_or_else(|| no("NOT_A_MERCHANT", &[]), Ok)
    }

    /// The citizen who signs with a device of their own.
    pub fn own_device(&self, ask: &Ask) -> Answer<Bid> {
        if ask.device.role != Role::Holder {
            return no("NOT_ALLOWED", &[]);
        }
        self.citizen(ask.device.owner)?;
        Ok(ask.device.owner)
    }

    pub fn register(&mut self, ask: &Ask, call: &MemberRegister) -> Answer {
        self.officer(ask, |duties| duties.registrar)?;
        if self.people.contains_key(&call.bid) || self.offices.contains_key(&call.bid) {
            return no("MEMBER_EXISTS", &[]);
        }
        let shop = match &call.class {
            MemberClass::Citizen => None,
            MemberClass::Merchant(terms) => Some(terms.clone()),
        };
        self.people.insert(call.bid, Person { shop, frozen: false });
        self.told.push(Effect::MemberRegistered { bid: call.bid, class: call.class.clone() });
        Ok(())
    }

    pub fn issue_device(&mut self, ask: &Ask, call: &CertificateIssue) -> Answer {
        let shop = self.active(call.owner)?.shop.is_some();
        let staff = matches!(call.role, Role::Staff | Role::Terminal);
        let own_shop = ask.device.role == Role::Holder && ask.device.owner == call.owner && staff;
        if !own_shop {
            self.officer(ask, |duties| duties.registrar)?;
        }
        if call.role == Role::Officer || (staff && !shop) {
            return no("ROLE_MISMATCH", &[]);
        }
        self.new_key(call.owner, call.role, &call.public_key, &call.possession)?;
        self.room_for_device(call.owner, if shop { 64 } else { 5 }, ask.now)?;
        self.drop_expired(call.owner, ask.now);
        self.add_device(call.owner, call.role, &call.public_key, ask.now + LIFE);
        Ok(())
    }

    /// A key that is safe, proven and new.
    pub fn new_key(&self, owner: Bid, role: Role, key: &PublicKey, proof: &Signature) -> Answer {
        if weak(key) {
            return no("WEAK_KEY", &[]);
        }
        let number = match role {
            Role::Holder => 0,
            Role::Staff => 1,
            Role::Officer => 2,
            Role::Terminal => 3,
        };
        let chain = self.chain.as_str().as_bytes();
        let message =
            [b"dure:possession:v1\0", chain, &[0], owner.as_bytes(), &[number], key.as_bytes()].concat();
        if !signed(key, &message, proof) {
            return no("BAD_POSSESSION", &[]);
        }
        match self.devices.contains_key(&device_id(&self.chain, key)) {
            true => no("CERTIFICATE_EXISTS", &[]),
            false => Ok(()),
        }
    }

    pub fn room_for_device(&self, owner: Bid, limit: usize, now: u64) -> Answer {
        let living = self.devices.values().filter(|d| d.owner == owner && !d.ended && d.until > now);
        if living.count() >= limit { no("TOO_MANY_DEVICES", &[limit as u64]) } else { Ok(()) }
    }

    fn drop_expired(&mut self, owner: Bid, now: u64) {
        let expired = self.devices.values_mut().filter(|device| device.owner == owner && device.until <= now);
        expired.for_each(|device| device.listed = false);
    }

    pub fn add_device(&mut self, owner: Bid, role: Role, key: &PublicKey, until: u64) {
        let device = Device { owner, role, until, ended: false, listed: true, key: *key };
        let certificate = device_id(&self.chain, key);
        self.devices.insert(certificate, device);
        self.told.push(Effect::CertificateIssued { certificate, owner, role, expires_at: until });
    }

    fn end(&mut self, certificate: CertId) {
        let device = self.devices.get_mut(&certificate).unwrap();
        device.ended = true;
        self.told.push(Effect::CertificateRevoked { certificate, owner: device.owner });
    }

    pub fn end_device(&mut self, ask: &Ask, id: CertId) -> Answer {
        let Some(device) = self.devices.get(&id).cloned() else { return no("UNKNOWN_CERTIFICATE", &[]) };
        if device.role == Role::Officer {
            let colleague = ask.device.role == Role::Officer && ask.device.owner == device.owner;
            if !colleague || self.offices[&device.owner].quorum > 1 {
                return no("NOT_ALLOWED", &[]);
            }
            return self.end_officer(device.owner, id);
        }
        let own = ask.device.role == Role::Holder && ask.device.owner == device.owner;
        if !own {
            self.officer(ask, |duties| duties.registrar)?;
        }
        if device.ended {
            return no("REVOKED_CERTIFICATE", &[]);
        }
        self.end(id);
        Ok(())
    }

    pub fn renew(&mut self, ask: &Ask) -> Answer {
        if ask.device.role == Role::Officer {
            return no("NOT_ALLOWED", &[]);
        }
        self.active(ask.device.owner)?;
        let from = ask.device.until - 180 * DAY;
        if ask.now < from {
            return no("RENEWAL_TOO_EARLY", &[from]);
        }
        let expires_at = ask.now + LIFE;
        self.devices.get_mut(&ask.signer).unwrap().until = expires_at;
        let (certificate, owner) = (ask.signer, ask.device.owner);
        self.told.push(Effect::CertificateRenewed { certificate, owner, expires_at });
        Ok(())
    }

    pub fn freeze(&mut self, ask: &Ask, call: &AccountFreeze) -> Answer {
        let who = call.member;
        if !self.people.contains_key(&who) {
            return no("UNKNOWN_MEMBER", &[]);
        }
        let own = ask.device.role == Role::Holder && ask.device.owner == who;
        if !own {
            self.officer(ask, |duties| duties.registrar)?;
        }
        self.active(who)?;
        self.people.get_mut(&who).unwrap().frozen = true;
        self.told.push(Effect::AccountFrozen { member: who, reason: call.reason.clone() });
        Ok(())
    }

    pub fn unfreeze(&mut self, who: Bid) -> Answer {
        match self.people.get_mut(&who) {
            None => no("UNKNOWN_MEMBER", &[]),
            Some(person) if !person.frozen => no("MEMBER_NOT_FROZEN", &[]),
            Some(person) => {
                person.frozen = false;
                self.told.push(Effect::AccountUnfrozen { member: who });
                Ok(())
            }
        }
    }

    pub fn rebind(&mut self, call: &AccountRebind, now: u64) -> Answer {
        let Some(person) = self.people.get(&call.member) else { return no("UNKNOWN_MEMBER", &[]) };
        let shop = person.shop.is_some();
        self.new_key(call.member, Role::Holder, &call.public_key, &call.possession)?;
        let staff = |device: &Device| shop && device.role != Role::Holder;
        let listed = |device: &&Device| device.owner == call.member && device.listed && !device.ended;
        if self.devices.values().filter(listed).filter(|device| staff(device)).count() >= 64 {
            return no("TOO_MANY_DEVICES", &[64]);
        }
        let gone = |device: &&Device| listed(device) && !staff(device);
        let gone = self.devices.values().filter(gone).map(|device| device_id(&self.chain, &device.key));
        gone.collect::<Vec<_>>().into_iter().for_each(|id| self.end(id));
        self.add_device(call.member, Role::Holder, &call.public_key, now + LIFE);
        self.people.get_mut(&call.member).unwrap().frozen = false;
        let certificate = device_id(&self.chain, &call.public_key);
        self.told.push(Effect::AccountRebound { member: call.member, certificate });
        Ok(())
    }

    /// An officer of `office` whose key never runs out.
    pub fn new_officer(&mut self, office: Bid, call: &CertificateIssue, now: u64) -> Answer {
        if call.role != Role::Officer || call.owner != office {
            return no("NOT_ALLOWED", &[]);
        }
        self.new_key(office, Role::Officer, &call.public_key, &call.possession)?;
        self.room_for_device(office, 64, now)?;
        self.add_device(office, Role::Officer, &call.public_key, FOR_EVER);
        Ok(())
    }

    pub fn end_officer(&mut self, office: Bid, id: CertId) -> Answer {
        let Some(device) = self.devices.get(&id) else { return no("UNKNOWN_CERTIFICATE", &[]) };
        if device.owner != office || device.role != Role::Officer {
            return no("NOT_ALLOWED", &[]);
        }
        if device.ended {
            return no("REVOKED_CERTIFICATE", &[]);
        }
        let living = self.devices.values().filter(|d| d.owner == office && !d.ended).count() as u64;
        if living - 1 < self.offices[&office].quorum {
            return no("QUORUM_UNREACHABLE", &[]);
        }
        self.end(id);
        Ok(())
    }
}
