//! Reads camt.054.001.08, the bank's notification of bookings.
//!
//! Entries that are not booked (`PDNG`, `INFO`) say nothing about money and are passed over. A credit without a
//! reference of its own is refused, because deposits are told apart by it; a debit is told by its EndToEndId.

use super::fault::BankFileError;
use super::message::{Booking, Credit, Debit, id, reason, won};
use super::shown::shown;
use super::xml::Element;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// The version that is read.
pub const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08";

/// Reads the root of a notification, which must be about `account`.
pub(super) fn read(root: &Element, account: &str) -> Result<Vec<Booking>, BankFileError> {
    let message =
        root.find("BkToCstmrDbtCdtNtfctn").ok_or(BankFileError::Missing("BkToCstmrDbtCdtNtfctn"))?;
    id("GrpHdr/MsgId", message.required("GrpHdr/MsgId")?)?;
    let mut bookings = Vec::new();
    for notification in message.all("Ntfctn") {
        let notified = notification.text("Acct/Id/Othr/Id").unwrap_or_default();
        if !bare(notified).eq(bare(account)) {
            return Err(BankFileError::OtherAccount(shown(notified)));
        }
        for entry in notification.all("Ntry") {
            if entry.required("Sts/Cd")? == "BOOK" {
                read_entry(entry, &mut bookings)?;
            }
        }
    }
    Ok(bookings)
}

/// An account number without what people put in to read it better.
fn bare(number: &str) -> impl Iterator<Item = char> + '_ {
    number.chars().filter(|letter| *letter != '-' && !letter.is_whitespace())
}

fn read_entry(entry: &Element, bookings: &mut Vec<Booking>) -> Result<(), BankFileError> {
    let credit = is_credit(entry.required("CdtDbtInd")?)?;
    let total = won(entry.find("Amt").ok_or(BankFileError::Missing("Ntry/Amt"))?, "Ntry/Amt")?;
    let booked_on = entry.text("BookgDt/Dt").or_else(|| entry.text("BookgDt/DtTm"));
    let booked_on = booked_on.and_then(|text| text.get(..10)).ok_or(BankFileError::Missing("BookgDt"))?;
    let _: Date = booked_on.parse().map_err(|_| BankFileError::invalid("BookgDt", booked_on))?;
    let transactions: Vec<&Element> =
        entry.all("NtryDtls").flat_map(|details| details.all("TxDtls")).collect();
    if transactions.is_empty() {
        // Banks do not detail their own fees.
        return match credit {
            true => Err(BankFileError::Missing("NtryDtls/TxDtls")),
            false => {
                let debit = read_debit(entry, entry, total, booked_on, (0, bookings.len()));
                bookings.push(Booking::Debit(debit));
                Ok(())
            }
        };
    }
    let only = transactions.len() == 1;
    let mut references = BTreeSet::new();
    let mut sum: u64 = 0;
    for (index, transaction) in transactions.into_iter().enumerate() {
        let amount = match transaction.find("Amt") {
            Some(amount) => won(amount, "TxDtls/Amt")?,
            None => total,
        };
        sum = sum.checked_add(amount).ok_or_else(|| BankFileError::invalid("TxDtls/Amt", "overflow"))?;
        if !credit {
            let debit = read_debit(entry, transaction, amount, booked_on, (index, bookings.len()));
            bookings.push(Booking::Debit(debit));
            continue;
        }
        let found = read_credit(entry, transaction, amount, booked_on, only)?;
        if !references.insert(found.reference.clone()) {
            return Err(BankFileError::invalid("AcctSvcrRef", &found.reference));
        }
        bookings.push(Booking::Credit(found));
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

/// Remittance text of a transaction; empty if there is none.
fn remittance(transaction: &Element) -> String {
    let lines: Vec<&str> = transaction
        .find("RmtInf")
        .map(|remittance| remittance.all("Ustrd").map(|line| line.text.as_str()).collect())
        .unwrap_or_default();
    lines.join(" ")
}

fn read_credit(
    entry: &Element,
    transaction: &Element,
    amount: u64,
    booked_on: &str,
    only: bool,
) -> Result<Credit, BankFileError> {
    // The entry's reference is that of all its transactions together: of one only where there is but one.
    let of_entry = if only { entry.text("AcctSvcrRef") } else { None };
    let reference =
        transaction.text("Refs/AcctSvcrRef").or(of_entry).ok_or(BankFileError::Missing("AcctSvcrRef"))?;
    let payer = transaction
        .text("RltdPties/Dbtr/Pty/Nm")
        .or_else(|| transaction.text("RltdPties/Dbtr/Nm"))
        .unwrap_or_default();
    let returned = transaction.find("RtrInf").map(|information| {
        let payout = transaction.text("Refs/EndToEndId").unwrap_or_default();
        (shown(payout), reason(Some(information)).code)
    });
    Ok(Credit {
        reference: id("AcctSvcrRef", reference)?,
        amount,
        payer: payer.to_owned(),
        remittance: remittance(transaction),
        booked_on: booked_on.to_owned(),
        returned,
    })
}

/// Takes what is there: a debit that is not ours must not keep the file's other bookings from being read.
fn read_debit(
    entry: &Element,
    transaction: &Element,
    amount: u64,
    booked_on: &str,
    (in_entry, in_file): (usize, usize),
) -> Debit {
    let reference = transaction.text("Refs/AcctSvcrRef").or_else(|| entry.text("AcctSvcrRef"));
    let reference = reference.and_then(|text| id("AcctSvcrRef", text).ok());
    let payee = transaction.text("RltdPties/Cdtr/Pty/Nm").or_else(|| transaction.text("RltdPties/Cdtr/Nm"));
    let text = Some(remittance(transaction)).filter(|text| !text.is_empty());
    let about = || transaction.text("AddtlTxInf").or_else(|| entry.text("AddtlNtryInf")).unwrap_or_default();
    Debit {
        end_to_end: transaction.text("Refs/EndToEndId").unwrap_or_default().to_owned(),
        amount,
        position: if reference.is_some() { in_entry } else { in_file },
        reference,
        payee: payee.unwrap_or_default().to_owned(),
        text: text.unwrap_or_else(|| about().to_owned()),
        booked_on: booked_on.to_owned(),
    }
}
