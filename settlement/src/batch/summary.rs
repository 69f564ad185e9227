//! What a run says at its end: one line of JSON, the same however often a closed date is run.

use serde::Serialize;

/// A batch in one line. Money is decimal strings of won.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its id.
    pub batch: String,
    /// Business date.
    pub date: String,
    /// Where it stands.
    pub state: String,
    /// Payouts in the payment file.
    pub payouts: i64,
    /// Moved into escrow on the ledger.
    pub redeemed: String,
    /// Burned: the bank has paid.
    pub burned: String,
    /// Given back: the bank has refused.
    pub returned: String,
    /// Path of our copy of the payment file; null when there was nothing to pay.
    pub file: Option<String>,
    /// SHA-256 of its bytes, hex.
    pub file_sha256: Option<String>,
    /// Its control sum.
    pub control_sum: String,
    /// The first difference between ledger, file, bank and statements; `"0"` in a closed batch.
    pub difference: String,
}
