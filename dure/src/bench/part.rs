//! Parts that can be measured alone.

use clap::ValueEnum;

/// A part of the bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The contract alone.
    Contract,
    /// Previews, proofs, audit, snapshots.
    Node,
    /// The wallet in a phone's browser.
    Wallet,
    /// Four validators at their fastest, and what that leaves on the disk.
    LedgerMax,
    /// The same, in turn with PostgreSQL.
    Postgres,
    /// How long a payment takes at half and at nine tenths of the highest rate.
    Latency,
    /// What the death of a validator costs.
    Recovery,
    /// Few accounts and many.
    Accounts,
    /// The first payments, and those after millions.
    Long,
}
