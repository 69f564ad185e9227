//! The people of a measured ledger.

use dure_load::Crowd;

use crate::setup::now_ms;

/// What all keys of a run follow from.
pub const SEED: u64 = 20_260;

/// The people of a ledger with so many accounts.
pub fn crowd(accounts: u32, payers: u32) -> Crowd {
    // A little in the past: block times must grow from it.
    let time_ms = now_ms().saturating_sub(1_000);
    Crowd { chain: "bench-1".to_owned(), time_ms, seed: SEED, accounts, payers, merchants: 500 }
}
