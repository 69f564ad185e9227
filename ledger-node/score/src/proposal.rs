//! The record of a call that waits for its quorum. Beside [`crate::record`], as it holds a call, and calls hold records.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    call::ProposedCall,
    ids::{Bid, CertId},
};

/// A call that waits for its quorum.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Proposal {
    /// Of which institution.
    #[n(0)]
    pub institution: Bid,
    /// What is to be executed.
    #[n(1)]
    pub proposed: ProposedCall,
    /// Officers' certificates that have approved; those revoked since drop out with the next approval.
    #[n(2)]
    pub approvals: Vec<CertId>,
    /// Block time at which it lapses, ms.
    #[n(3)]
    pub lapses_at: u64,
    /// Already executed.
    #[n(4)]
    pub executed: bool,
}
