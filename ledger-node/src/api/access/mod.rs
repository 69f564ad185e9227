//! Who may ask this node what.
//!
//! With access by members every request is signed ([`dure_proof::request`]) by a key that the ledger or the
//! configuration knows; the key's [`Tier`] decides what it may see. Checks come in the order of their cost, and
//! nothing of a stranger's request is kept or hashed: headers, clock, key, tier, then body, signature, clock again (a body may
//! take its time), nonce.

mod replay;
mod rules;
mod tier;

use std::{net::IpAddr, sync::Arc};

use dure_proof::request::{MAX_SKEW_MS, Nonce, Request, verify_request};
use dure_score::{PublicKey, Signature};

use crate::{
    config::{AccessMode, MemberKey},
    history::ledger::{Ledger, now_ms},
    store::StoreError,
};

pub use replay::{MAX_NONCES, MAX_NONCES_OF_NODE, MAX_NONCES_OF_READER};
pub use tier::{Caller, Tier};

use replay::{Replay, Seen};

/// Why a request is not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It carries no signature, or headers that are not of their form.
    #[error(
        "this node serves members only: sign the request (headers Dure-Key, Dure-Time, Dure-Nonce, Dure-Signature)"
    )]
    Unsigned,
    /// The sender's clock is wrong, or the request was long on its way.
    #[error("Dure-Time is more than {} s away from this node's clock ({now_ms}): set your clock", MAX_SKEW_MS / 1_000)]
    Clock {
        /// This node's clock, ms.
        now_ms: u64,
    },
    /// Nobody knows the key.
    #[error("this key is neither a validator's, nor a member's, nor that of a valid certificate")]
    NotAMember,
    /// The signature is not that of the key under this request.
    #[error("the signature is not that of Dure-Key under this request on this channel")]
    BadSignature,
    /// The same request came before.
    #[error("a request with this nonce came before: take a new nonce for each request")]
    Replayed,
    /// This key, or those of its tier together, send more than the node can remember.
    #[error("too many requests of this key or of its tier in two minutes; try again in a while")]
    TooMany,
    /// The key's tier does not allow it.
    #[error("a {tier} may not ask for this; ask an auditor of the channel")]
    Tier {
        /// The key's tier.
        tier: &'static str,
    },
    /// The ledger cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Denied {
    /// Stable machine-readable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unsigned => "UNSIGNED",
            Self::Clock { .. } => "CLOCK_SKEW",
            Self::NotAMember => "NOT_A_MEMBER",
            Self::BadSignature => "BAD_REQUEST_SIGNATURE",
            Self::Replayed => "REPLAYED_REQUEST",
            Self::TooMany => "TOO_MANY_REQUESTS",
            Self::Tier { .. } => "TIER",
            Self::Store(_) => "LEDGER_STORE",
        }
    }
}

/// What a request's headers say of its sender.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// The key.
    pub key: PublicKey,
    /// The sender's clock, ms.
    pub time_ms: u64,
    /// The request's nonce.
    pub nonce: Nonce,
    /// The signature.
    pub signature: Signature,
}

/// The gate of one node.
pub struct Access {
    mode: AccessMode,
    members: Vec<MemberKey>,
    ledger: Arc<Ledger>,
    replay: Replay,
}

impl Access {
    /// A gate as configured, before what `ledger` holds.
    pub fn new(mode: AccessMode, members: Vec<MemberKey>, ledger: Arc<Ledger>) -> Self {
        Self { mode, members, ledger, replay: Replay::default() }
    }

    /// Who calls without any signature; `None` if this path needs one. The node's own machine may always ask how it is.
    pub fn unsigned(&self, path: &str, from: Option<IpAddr>) -> Option<Caller> {
        let open = self.mode == AccessMode::Open
            || matches!(path, "/health" | "/openapi.json")
            || (matches!(path, "/v1/status" | "/metrics") && from.is_some_and(|ip| ip.is_loopback()));
        open.then_some(Caller::Anybody)
    }

    /// Who claims to ask, and whether such a one may ask for `path` at all. What is left is [`Access::prove`].
    pub fn admit(&self, claim: &Claim, method: &str, path: &str) -> Result<Caller, Denied> {
        let now_ms = now_ms();
        if claim.time_ms.abs_diff(now_ms) > MAX_SKEW_MS {
            return Err(Denied::Clock { now_ms });
        }
        let tier = self.tier_of(&claim.key)?.ok_or(Denied::NotAMember)?;
        if rules::may(&self.ledger, &tier, method, path)? {
            Ok(Caller::Member(tier))
        } else {
            Err(Denied::Tier { tier: tier.name() })
        }
    }

    /// Whether the whole request is the claimed key's, and new, and its body asks for nothing that the caller may not see.
    pub fn prove(
        &self,
        claim: &Claim,
        caller: &Caller,
        method: &str,
        target: &str,
        body: &[u8],
    ) -> Result<(), Denied> {
        let Claim { key, time_ms, nonce, signature } = claim;
        let chain = self.ledger.chain();
        let request = Request { chain, method, target, body, time_ms: *time_ms, nonce: *nonce };
        if !verify_request(&request, key, signature) {
            return Err(Denied::BadSignature);
        }
        // The body may have come slowly: what was in time at the gate may be late now, and its nonce forgotten.
        let now_ms = now_ms();
        if time_ms.abs_diff(now_ms) > MAX_SKEW_MS {
            return Err(Denied::Clock { now_ms });
        }
        match self.replay.see(key, nonce, *time_ms, now_ms, caller) {
            Seen::New => {}
            Seen::Late => return Err(Denied::Clock { now_ms }),
            Seen::Before => return Err(Denied::Replayed),
            Seen::Full => return Err(Denied::TooMany),
        }
        match caller {
            Caller::Member(tier) if !rules::may_send(&self.ledger, tier, target, body)? => {
                Err(Denied::Tier { tier: tier.name() })
            }
            _ => Ok(()),
        }
    }

    /// Whether this caller may see that receipt.
    pub fn may_see(&self, caller: &Caller, receipt: &dure_score::Receipt) -> Result<(), Denied> {
        match caller {
            Caller::Member(tier @ Tier::Reader(own)) if !rules::is_party(&self.ledger, own, receipt)? => {
                Err(Denied::Tier { tier: tier.name() })
            }
            _ => Ok(()),
        }
    }

    fn tier_of(&self, key: &PublicKey) -> Result<Option<Tier>, StoreError> {
        let (view, head) = self.ledger.view()?;
        tier::of(&*view, &head, self.ledger.chain(), &self.members, key)
    }
}
