//! Tiers: what a key is to the channel.

use dure_score::{
    Bid, ChainId, PublicKey,
    key::Key,
    record::{Certificate, Institution, Role},
};
use minicbor::Decode;

use crate::{
    config::{MemberKey, MemberTier},
    state::validators,
    store::{
        Read, StoreError, Table,
        record::{Head, read},
    },
};

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// A node that votes now: everything.
    Validator,
    /// A node that keeps a full copy: everything.
    Observer,
    /// An officer of an institution with a duty: all data of the channel.
    Auditor,
    /// Any other valid certificate: submit, dry-run, and what concerns its owner.
    Reader(Bid),
}

impl Tier {
    /// Its name for people.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Validator => "validator",
            Self::Observer => "observer",
            Self::Auditor => "auditor",
            Self::Reader(_) => "reader",
        }
    }
}

/// Who sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Not asked: access is open, or the path is.
    Anybody,
    /// A member.
    Member(Tier),
}

impl Caller {
    /// Whether it is a node of the channel: only those bring many transactions at once.
    pub const fn is_node(&self) -> bool {
        matches!(self, Self::Anybody | Self::Member(Tier::Validator | Tier::Observer))
    }
}

/// What `key` is now; `None` for a stranger.
pub(super) fn of(
    state: &dyn Read,
    head: &Head,
    chain: &ChainId,
    members: &[MemberKey],
    key: &PublicKey,
) -> Result<Option<Tier>, StoreError> {
    if validators::is_validator(state, head.height, key)? {
        return Ok(Some(Tier::Validator));
    }
    if let Some(member) = members.iter().find(|member| member.public_key == *key) {
        return Ok(Some(match member.tier {
            MemberTier::Observer => Tier::Observer,
            MemberTier::Auditor => Tier::Auditor,
        }));
    }
    let certificate: Option<Certificate> = get(state, &Key::Certificate(&key.certificate_id(chain)))?;
    let valid = |found: &Certificate| !found.revoked && found.expires_at > head.time_ms;
    let Some(certificate) = certificate.filter(valid) else { return Ok(None) };
    if certificate.role == Role::Officer {
        let institution: Option<Institution> = get(state, &Key::Institution(&certificate.owner))?;
        let with_duty = |duties: dure_score::record::Duties| {
            duties.auditor || duties.bank || duties.registrar || duties.funder || duties.operator
        };
        if institution.is_some_and(|institution| with_duty(institution.duties)) {
            return Ok(Some(Tier::Auditor));
        }
    }
    Ok(Some(Tier::Reader(certificate.owner)))
}

pub(super) fn get<T: for<'b> Decode<'b, ()>>(
    state: &dyn Read,
    key: &Key<'_>,
) -> Result<Option<T>, StoreError> {
    let bytes = state.get(Table::State, &key.to_bytes())?;
    bytes.map(|bytes| read("state record", &bytes)).transpose()
}
