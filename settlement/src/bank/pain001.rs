//! Writes pain.001.001.09, the payment message of a batch.
//!
//! The bytes are a function of the values here and nothing else: no clock, no random number, no order of a hash map.
//! Written again, the file is the same.

use super::fault::BankFileError;
use super::xml;
use crate::error::SettlementError;
use askama::Template;
use dure_score::ids::sha256;

/// A payment message: one debtor, one execution day, many transfers. Amounts are won.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "pain001.xml")]
pub struct PaymentFile {
    /// MsgId and PmtInfId: the batch.
    pub message_id: String,
    /// CreDtTm: local time with its offset.
    pub created: String,
    /// Requested execution day, `YYYY-MM-DD`.
    pub execute_on: String,
    /// Who pays.
    pub debtor: String,
    /// From which account.
    pub debtor_account: String,
    /// Bank of that account: its clearing code.
    pub debtor_bank: String,
    /// Sum of all amounts.
    pub control_sum: u64,
    /// The transfers, in order.
    pub transfers: Vec<Transfer>,
}

/// One transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// InstrId and EndToEndId: the payout.
    pub payout: String,
    /// Unique end-to-end transaction reference.
    pub uetr: String,
    /// Won.
    pub amount: u64,
    /// The payee's bank: its clearing code.
    pub bank: String,
    /// The payee.
    pub creditor: String,
    /// The payee's account.
    pub account: String,
    /// What the payee reads on the bank statement.
    pub remittance: String,
}

impl PaymentFile {
    /// The file's bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SettlementError> {
        Ok(self.render()?.into_bytes())
    }
}

/// The UETR of a payout: a UUID of version 4 in form, made of a hash so that it is the same whenever it is made.
pub fn uetr(payout: &str) -> String {
    let digest = sha256(&[b"dure:uetr:v1\0", payout.as_bytes()]);
    let mut bytes = [0u8; 16];
    bytes.iter_mut().zip(digest).for_each(|(slot, byte)| *slot = byte);
    let hex = hex::encode(bytes);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
    // RFC 9562: the version is the thirteenth digit, the variant the two high bits of the seventeenth.
    let variant = match hex.as_bytes().get(16) {
        Some(b'0' | b'4' | b'8' | b'c') => '8',
        Some(b'1' | b'5' | b'9' | b'd') => '9',
        Some(b'2' | b'6' | b'a' | b'e') => 'a',
        _ => 'b',
    };
    format!("{}-{}-4{}-{variant}{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

/// A name in the letters that every bank takes (the Latin set of ISO 20022 payments): other letters become a space,
/// and runs of spaces one. Empty if nothing is left.
pub fn latin(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/-?:().,'+".contains(letter);
    let spaced: String = name.chars().map(|letter| if plain(letter) { letter } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The control sum that a payment file states, after counting its transfers again: `None` unless number, sum and
/// transfers agree.
pub fn control_sum_of(bytes: &[u8]) -> Result<Option<u64>, BankFileError> {
    let document = xml::parse(bytes)?;
    let message = document.root.find("CstmrCdtTrfInitn").ok_or(BankFileError::Missing("CstmrCdtTrfInitn"))?;
    let stated: Option<u64> = message.required("GrpHdr/CtrlSum")?.parse().ok();
    let number: Option<u64> = message.required("GrpHdr/NbOfTxs")?.parse().ok();
    let (mut sum, mut count) = (Some(0u64), 0u64);
    for batch in message.all("PmtInf") {
        for transfer in batch.all("CdtTrfTxInf") {
            let amount = transfer.required("Amt/InstdAmt")?.parse::<u64>().ok();
            sum = sum.zip(amount).and_then(|(sum, amount)| sum.checked_add(amount));
            count = count.saturating_add(1);
        }
    }
    Ok(stated.filter(|stated| Some(*stated) == sum && number == Some(count)))
}
