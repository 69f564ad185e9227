//! What the service sends in its own name, by the purpose that it is stored under.

use dure_score::Bid;

/// Freezes must arrive, however late: the worker makes them anew when their time has passed.
const FREEZE: &str = "account.freeze:";

/// The purpose under which the freeze of an account by the code `id` is stored.
pub fn freeze_purpose(member: &Bid, id: &str) -> String {
    format!("{FREEZE}{member}:{id}")
}

/// True for what must reach the ledger however late.
pub(super) fn must_happen(purpose: &str) -> bool {
    purpose.starts_with(FREEZE) || dure_service::device::Revocations::is_one(purpose)
}
