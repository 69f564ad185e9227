//! Devices of people and shops: the tag and the PIN that guard the server's half of a key's wrapping, and the revocation of those
//! that wrong PINs have locked. One machine for both classes; a service names its own class and never touches the other's.

mod pin;
mod revoke;
mod tag;
mod verifier;

pub use pin::{LAST_TRY_MS, Pins, Unlocked};
pub use revoke::{Revocations, revoke_call, revoke_purpose};
pub use tag::DeviceTag;
pub use verifier::PinProof;
