//! Reads camt.054.001.08, the bank's notification of bookings.
//!
//! Entries that are not booked (`PDNG`, `INFO`) say nothing about money and are passed over.

use super::fault::BankFileError;
use super::message::{Booking, Credit, Debit, id, reason, won};
use super::xml::Element;
use jiff::civil::Date;

/// The version that is read.
pub const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08";

/// Reads the root of a notification.
pub(super) fn read(root: &Element) -> Result<Vec<Booking>, BankFileError> {
    let message =
        root.find("BkToCstmrDbtCdtNtfctn").ok_or(BankFileError::Missing("BkToCstmrDbtCdtNtfctn"))?;
    id("GrpHdr/MsgId", message.required("GrpHdr/MsgId")?)?;
    let mut bookings = Vec::new();
    for notification in message.all("Ntfctn") {
        for entry in notification.all("Ntry") {
            if entry.required("Sts/Cd")? == "BOOK" {
                read_entry(entry, &mut bookings)?;
            }
        }
    }
    Ok(bookings)
}

fn read_entry(entry: &Element, bookings: &mut Vec<Booking>) -> Result<(), BankFileError> {
    let credit = is_credit(entry.required("CdtDbtInd")?)?;
    let total = won(entry.find("Amt").ok_or(BankFileError::Missing("Ntry/Amt"))?, "Ntry/Amt")?;
    let booked_on = entry.text("BookgDt/Dt").or_else(|| entry.text("BookgDt/DtTm"));
    let booked_on = booked_on.and_then(|text| text.get(..10)).ok_or(BankFileError::Missing("BookgDt"))?;
    let _: Date = booked_on.parse().map_err(|_| BankFileError::invalid("BookgDt", booked_on))?;
    let mut sum: u64 = 0;
    for details in entry.all("NtryDtls") {
        for transaction in details.all("TxDtls") {
            let amount = match transaction.find("Amt") {
                Some(amount) => won(amount, "TxDtls/Amt")?,
                None => total,
            };
            sum = sum.checked_add(amount).ok_or_else(|| BankFileError::invalid("TxDtls/Amt", "overflow"))?;
            bookings.push(match credit {
                true => Booking::Credit(read_credit(entry, transaction, amount, booked_on)?),
                false => Booking::Debit(read_debit(entry, transaction, amount)?),
            });
        }
    }
    if sum == 0 {
        return Err(BankFileError::Missing("NtryDtls/TxDtls"));
    }
    if sum == total { Ok(()) } else { Err(BankFileError::invalid("Ntry/Amt", &total.to_string())) }
}

fn is_credit(indicator: &str) -> Result<bool, BankFileError> {
    match indicator {
        "CRDT" => Ok(true),
        "DBIT" => Ok(false),
        other => Err(BankFileError::invalid("CdtDbtInd", other)),
    }
}

fn read_credit(
    entry: &Element,
    transaction: &Element,
    amount: u64,
    booked_on: &str,
) -> Result<Credit, BankFileError> {
    let lines: Vec<&str> = transaction
        .find("RmtInf")
        .map(|remittance| remittance.all("Ustrd").map(|line| line.text.as_str()).collect())
        .unwrap_or_default();
    let payer = transaction
        .text("RltdPties/Dbtr/Pty/Nm")
        .or_else(|| transaction.text("RltdPties/Dbtr/Nm"))
        .unwrap_or_default();
    let returned = transaction.find("RtrInf").map(|information| {
        let payout = transaction.text("Refs/EndToEndId").unwrap_or_default();
        (super::xml::shown(payout), reason(Some(information)).code)
    });
    Ok(Credit {
        reference: reference(entry, transaction)?,
        amount,
        payer: payer.to_owned(),
        remittance: lines.join(" "),
        booked_on: booked_on.to_owned(),
        returned,
    })
}

fn read_debit(entry: &Element, transaction: &Element, amount: u64) -> Result<Debit, BankFileError> {
    Ok(Debit {
        payout: id("Refs/EndToEndId", transaction.required("Refs/EndToEndId")?)?,
        amount,
        reference: reference(entry, transaction)?,
    })
}

/// The bank's own reference: of the transaction where it has one, otherwise of the entry.
fn reference(entry: &Element, transaction: &Element) -> Result<String, BankFileError> {
    let text = transaction.text("Refs/AcctSvcrRef").or_else(|| entry.text("AcctSvcrRef"));
    id("AcctSvcrRef", text.ok_or(BankFileError::Missing("AcctSvcrRef"))?)
}
