//! How a phone or tablet becomes a till, and stays one: a code by mail proves the shop, a key made in the browser is
//! certified on the ledger, a PIN share guards that key.

mod certify;
mod code;
mod mail;
mod revoke;
mod session;
mod ticket;

pub use certify::{Application, Enrolled, certify};
pub use code::{Confirmed, confirm, start};
pub use revoke::keep_revoking;
pub use session::{SESSION_LIFE_MS, SignedIn, end, open, who};
