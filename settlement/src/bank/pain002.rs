//! Reads pain.002.001.12, the bank's report on a payment message.

use super::fault::BankFileError;
use super::message::{Report, id, reason};
use super::xml::Element;

/// The version that is read.
pub const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.12";

/// Reads the root of a report.
pub(super) fn read(root: &Element) -> Result<Report, BankFileError> {
    let report = root.find("CstmrPmtStsRpt").ok_or(BankFileError::Missing("CstmrPmtStsRpt"))?;
    let group = report.find("OrgnlGrpInfAndSts").ok_or(BankFileError::Missing("OrgnlGrpInfAndSts"))?;
    let message_id = id("OrgnlMsgId", group.required("OrgnlMsgId")?)?;
    let refused = match group.text("GrpSts") {
        Some(status) => is_refused("GrpSts", status)?.then(|| reason(group.find("StsRsnInf"))),
        None => None,
    };
    let mut transfers = Vec::new();
    for batch in report.all("OrgnlPmtInfAndSts") {
        for transfer in batch.all("TxInfAndSts") {
            let payout = id("OrgnlEndToEndId", transfer.required("OrgnlEndToEndId")?)?;
            if is_refused("TxSts", transfer.required("TxSts")?)? {
                transfers.push((payout, reason(transfer.find("StsRsnInf"))));
            }
        }
    }
    Ok(Report { message_id, refused, transfers })
}

/// The status codes that a bank may answer with; an unknown one must not be taken for yes or for no.
fn is_refused(field: &'static str, status: &str) -> Result<bool, BankFileError> {
    match status {
        "RJCT" => Ok(true),
        "ACTC" | "ACCP" | "ACSP" | "ACSC" | "ACWC" | "ACCC" | "PDNG" | "PART" | "RCVD" => Ok(false),
        other => Err(BankFileError::invalid(field, other)),
    }
}
