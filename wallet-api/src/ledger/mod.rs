//! What this service asks of the ledger in its own name, and what must reach it however late.

mod resend;

use dure_score::Bid;

pub use resend::resend;
#[cfg(test)]
pub use resend::{revocations, round};

/// Freezes must arrive, however late: the worker makes them anew when their time has passed.
const FREEZE: &str = "account.freeze:";

/// The purpose under which the freeze of an account by the code `id` is stored.
pub fn freeze_purpose(member: &Bid, id: &str) -> String {
    format!("{FREEZE}{member}:{id}")
}

fn must_happen(purpose: &str) -> bool {
    purpose.starts_with(FREEZE) || dure_service::device::Revocations::is_one(purpose)
}
