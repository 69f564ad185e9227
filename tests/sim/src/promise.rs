//! What validators have said to clients.

use dure_score::TxId;

/// A transaction that a validator said waits, whose client asks nobody else.
pub struct Promise {
    /// Which.
    pub id: TxId,
    /// Who said so.
    pub node: usize,
    /// In which of its lives.
    pub life: u32,
}
