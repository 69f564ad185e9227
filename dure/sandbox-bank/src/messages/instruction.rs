//! A pain.001 as it was read: its shape is right, its figures are not yet checked.

/// A credit transfer initiation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Instruction {
    /// `GrpHdr/MsgId`: 1 to 35 printable ASCII characters.
    pub(crate) message_id: String,
    /// `GrpHdr/NbOfTxs`.
    pub(crate) count: u64,
    /// `GrpHdr/CtrlSum`, as written.
    pub(crate) sum: Option<String>,
    /// `PmtInf`, at least one.
    pub(crate) batches: Vec<Batch>,
}

/// One `PmtInf`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Batch {
    /// `PmtInfId`.
    pub(crate) id: String,
    /// `NbOfTxs`, if given.
    pub(crate) count: Option<u64>,
    /// `CtrlSum`, if given, as written.
    pub(crate) sum: Option<String>,
    /// `DbtrAcct/Id/Othr/Id`.
    pub(crate) debtor_account: String,
    /// `CdtTrfTxInf`, at least one.
    pub(crate) payments: Vec<Payment>,
}

/// One `CdtTrfTxInf`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payment {
    /// `PmtId/InstrId`.
    pub(crate) instruction_id: Option<String>,
    /// `PmtId/EndToEndId`.
    pub(crate) end_to_end_id: String,
    /// `PmtId/UETR`: a lower-case UUID of version 4.
    pub(crate) uetr: Option<String>,
    /// `Amt/InstdAmt`, as written.
    pub(crate) amount: String,
    /// `Amt/InstdAmt@Ccy`.
    pub(crate) currency: String,
    /// `Cdtr/Nm`.
    pub(crate) payee_name: String,
    /// `CdtrAcct/Id/Othr/Id`, empty if it is not given.
    pub(crate) payee_account: String,
    /// The lines of `RmtInf/Ustrd`, joined by a space.
    pub(crate) remittance: Option<String>,
}

impl Instruction {
    /// Every transfer, in the message's order.
    pub(crate) fn payments(&self) -> impl Iterator<Item = &Payment> {
        self.batches.iter().flat_map(|batch| &batch.payments)
    }
}
