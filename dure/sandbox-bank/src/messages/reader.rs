//! Reads a pain.001.001.09 into an [`Instruction`].
//!
//! Elements that the bank does not use are passed over; those that it uses must be there once, and in the form that
//! the schema gives them. When a file cannot be read, the message id is kept if it came before the fault, so that its
//! sender can be answered.

use super::fault::Fault;
use super::instruction::{Batch, Instruction, Payment};
use super::walk::{Visitor, walk};
use crate::text::{is_text, parse_won};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
const ROOT: &str = "Document/CstmrCdtTrfInitn/";

/// A message carries at most this many transfers, which is what banks' batch services commonly take.
const TRANSFERS_MAX: usize = 50_000;

/// A file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unread {
    /// The message id, if it could be read.
    pub(crate) message_id: Option<String>,
    /// What is wrong.
    pub(crate) fault: Fault,
}

#[derive(Default)]
struct Draft {
    message_id: Option<String>,
    created: Option<String>,
    count: Option<String>,
    sum: Option<String>,
    batches: Vec<BatchDraft>,
    transfers: usize,
}

#[derive(Default)]
struct BatchDraft {
    id: Option<String>,
    method: Option<String>,
    count: Option<String>,
    sum: Option<String>,
    execution: Option<String>,
    debtor_account: Option<String>,
    payments: Vec<PaymentDraft>,
}

#[derive(Default)]
struct PaymentDraft {
    instruction_id: Option<String>,
    end_to_end_id: Option<String>,
    uetr: Option<String>,
    amount: Option<String>,
    currency: Option<String>,
    payee_name: Option<String>,
    payee_account: Option<String>,
    remittance: Vec<String>,
}

/// Reads a file's bytes.
pub(crate) fn read(bytes: &[u8]) -> Result<Instruction, Unread> {
    let mut draft = Draft::default();
    let read = std::str::from_utf8(bytes)
        .map_err(|_| Fault::NotUtf8)
        .and_then(|document| walk(document, NAMESPACE, &mut draft));
    let message_id = draft.message_id.clone().filter(|id| is_id(id));
    read.and_then(|()| draft.finish()).map_err(|fault| Unread { message_id, fault })
}

impl Visitor for Draft {
    fn open(&mut self, path: &str) -> Result<(), Fault> {
        match path.strip_prefix(ROOT) {
            Some("PmtInf") => self.batches.push(BatchDraft::default()),
            Some("PmtInf/CdtTrfTxInf") => {
                self.transfers = self.transfers.saturating_add(1);
                if self.transfers > TRANSFERS_MAX {
                    return Err(Fault::TooManyTransfers);
                }
                let batch = self.batches.last_mut().ok_or(Fault::Missing("PmtInf"))?;
                batch.payments.push(PaymentDraft::default());
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    fn leaf(&mut self, path: &str, text: &str, currency: Option<&str>) -> Result<(), Fault> {
        let Some(path) = path.strip_prefix(ROOT) else { return Ok(()) };
        let Some(path) = path.strip_prefix("PmtInf/") else { return self.header(path, text) };
        let batch = self.batches.last_mut().ok_or(Fault::Missing("PmtInf"))?;
        let Some(path) = path.strip_prefix("CdtTrfTxInf/") else { return batch.leaf(path, text) };
        let payment = batch.payments.last_mut().ok_or(Fault::Missing("CdtTrfTxInf"))?;
        payment.leaf(path, text, currency)
    }
}

impl Draft {
    fn header(&mut self, path: &str, text: &str) -> Result<(), Fault> {
        let field = match path {
            "GrpHdr/MsgId" => &mut self.message_id,
            "GrpHdr/CreDtTm" => &mut self.created,
            "GrpHdr/NbOfTxs" => &mut self.count,
            "GrpHdr/CtrlSum" => &mut self.sum,
            _ => return Ok(()),
        };
        set(field, path, text)
    }

    fn finish(self) -> Result<Instruction, Fault> {
        let message_id = id(self.message_id, "GrpHdr/MsgId")?;
        let created = required(self.created, "GrpHdr/CreDtTm")?;
        check(is_moment(&created), "GrpHdr/CreDtTm")?;
        let batches = self.batches.into_iter().map(BatchDraft::finish).collect::<Result<Vec<_>, _>>()?;
        check(!batches.is_empty(), "PmtInf")?;
        Ok(Instruction {
            message_id,
            count: number(&required(self.count, "GrpHdr/NbOfTxs")?, "GrpHdr/NbOfTxs")?,
            sum: self.sum,
            batches,
        })
    }
}

impl BatchDraft {
    fn leaf(&mut self, path: &str, text: &str) -> Result<(), Fault> {
        let field = match path {
            "PmtInfId" => &mut self.id,
            "PmtMtd" => &mut self.method,
            "NbOfTxs" => &mut self.count,
            "CtrlSum" => &mut self.sum,
            "ReqdExctnDt/Dt" | "ReqdExctnDt/DtTm" => &mut self.execution,
            "DbtrAcct/Id/Othr/Id" => &mut self.debtor_account,
            _ => return Ok(()),
        };
        set(field, path, text)
    }

    fn finish(self) -> Result<Batch, Fault> {
        check(required(self.method, "PmtMtd")? == "TRF", "PmtMtd")?;
        let execution = required(self.execution, "ReqdExctnDt")?;
        check(execution.parse::<Date>().is_ok() || is_moment(&execution), "ReqdExctnDt")?;
        let debtor_account = required(self.debtor_account, "DbtrAcct/Id/Othr/Id")?;
        check(is_text(&debtor_account, 34), "DbtrAcct/Id/Othr/Id")?;
        let payments = self.payments.into_iter().map(PaymentDraft::finish).collect::<Result<Vec<_>, _>>()?;
        check(!payments.is_empty(), "CdtTrfTxInf")?;
        Ok(Batch {
            id: id(self.id, "PmtInfId")?,
            count: self.count.map(|count| number(&count, "PmtInf/NbOfTxs")).transpose()?,
            sum: self.sum,
            debtor_account,
            payments,
        })
    }
}

impl PaymentDraft {
    fn leaf(&mut self, path: &str, text: &str, currency: Option<&str>) -> Result<(), Fault> {
        let field = match path {
            "PmtId/InstrId" => &mut self.instruction_id,
            "PmtId/EndToEndId" => &mut self.end_to_end_id,
            "PmtId/UETR" => &mut self.uetr,
            "Amt/InstdAmt" => {
                self.currency = currency.map(str::to_owned);
                &mut self.amount
            }
            "Cdtr/Nm" => &mut self.payee_name,
            "CdtrAcct/Id/Othr/Id" => &mut self.payee_account,
            "RmtInf/Ustrd" => {
                check(is_text(text, 140), "RmtInf/Ustrd")?;
                self.remittance.push(text.trim().to_owned());
                return Ok(());
            }
            _ => return Ok(()),
        };
        set(field, path, text)
    }

    fn finish(self) -> Result<Payment, Fault> {
        let payee_name = required(self.payee_name, "Cdtr/Nm")?;
        check(is_text(&payee_name, 140), "Cdtr/Nm")?;
        let payee_account = self.payee_account.unwrap_or_default();
        check(payee_account.is_empty() || is_text(&payee_account, 34), "CdtrAcct/Id/Othr/Id")?;
        check(self.uetr.as_deref().is_none_or(is_uuid_v4), "PmtId/UETR")?;
        let remittance = self.remittance.join(" ");
        Ok(Payment {
            instruction_id: self.instruction_id.map(|text| id(Some(text), "PmtId/InstrId")).transpose()?,
            end_to_end_id: id(self.end_to_end_id, "PmtId/EndToEndId")?,
            uetr: self.uetr,
            amount: required(self.amount, "Amt/InstdAmt")?,
            currency: required(self.currency, "Amt/InstdAmt@Ccy")?,
            payee_name,
            payee_account,
            // Written out again as one line, which has 140 characters (Max140Text).
            remittance: if remittance.is_empty() {
                None
            } else {
                Some(remittance.chars().take(140).collect())
            },
        })
    }
}

fn set(field: &mut Option<String>, path: &str, text: &str) -> Result<(), Fault> {
    if field.is_some() {
        return Err(Fault::Repeated(path.to_owned()));
    }
    *field = Some(text.to_owned());
    Ok(())
}

fn required(field: Option<String>, name: &'static str) -> Result<String, Fault> {
    field.ok_or(Fault::Missing(name))
}

fn id(field: Option<String>, name: &'static str) -> Result<String, Fault> {
    let id = required(field, name)?;
    check(is_id(&id), name)?;
    Ok(id)
}

fn number(text: &str, name: &'static str) -> Result<u64, Fault> {
    parse_won(text).filter(|_| text.len() <= 15).ok_or(Fault::Invalid(name))
}

fn check(holds: bool, name: &'static str) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(Fault::Invalid(name)) }
}

/// Max35Text in the letters that every bank takes, without spaces at the ends.
fn is_id(text: &str) -> bool {
    is_text(text, 35) && text.is_ascii() && text.trim() == text
}

fn is_moment(text: &str) -> bool {
    text.parse::<DateTime>().is_ok() || text.parse::<Timestamp>().is_ok()
}

fn is_uuid_v4(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            14 => byte == b'4',
            19 => matches!(byte, b'8' | b'9' | b'a' | b'b'),
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}
