//! Members, devices, accounts.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{Bid, CertId, Code},
    record::{MemberClass, Role},
    signature::{PublicKey, Signature},
};

/// See [`crate::Call::MemberRegister`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct MemberRegister {
    /// The new, random id.
    #[n(0)]
    pub bid: Bid,
    /// Citizen or merchant (with the merchant's terms).
    #[n(1)]
    pub class: MemberClass,
}

/// See [`crate::Call::CertificateIssue`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct CertificateIssue {
    /// Whose device it is.
    #[n(0)]
    pub owner: Bid,
    /// The device's key.
    #[n(1)]
    pub public_key: PublicKey,
    /// What the device may do.
    #[n(2)]
    pub role: Role,
    /// The device key's signature over [`crate::tx::possession_message`]: nobody certifies a key that is not theirs.
    #[n(3)]
    pub possession: Signature,
}

/// See [`crate::Call::CertificateRevoke`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct CertificateRevoke {
    /// The certificate to end.
    #[n(0)]
    pub certificate: CertId,
}

/// See [`crate::Call::CertificateRenew`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct CertificateRenew {}

/// See [`crate::Call::AccountFreeze`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct AccountFreeze {
    /// Whose account.
    #[n(0)]
    pub member: Bid,
    /// Why, as a code of the channel, such as `LOST` or `COURT`.
    #[n(1)]
    pub reason: Code,
}

/// See [`crate::Call::AccountUnfreeze`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct AccountUnfreeze {
    /// Whose account.
    #[n(0)]
    pub member: Bid,
}

/// See [`crate::Call::AccountRebind`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct AccountRebind {
    /// Whose account.
    #[n(0)]
    pub member: Bid,
    /// The new device's key.
    #[n(1)]
    pub public_key: PublicKey,
    /// The new key's signature over [`crate::tx::possession_message`] for the role of a holder.
    #[n(2)]
    pub possession: Signature,
}
