//! What this service asks of the ledger in its own name, and what must reach it however late.

mod purpose;
mod resend;

pub use purpose::freeze_purpose;
pub use resend::resend;
#[cfg(test)]
pub use resend::{revocations, round};
