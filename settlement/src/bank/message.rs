//! What a bank's file says, in our words: a report on a payment message, or a notification of bookings.

use super::fault::BankFileError;
use super::shown::shown;
use super::xml::Element;

/// A file that has been understood; whether it fits our books is not yet known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// pain.002: what the bank will do with a payment message.
    Report(Report),
    /// camt.054: what the bank has booked on the account.
    Notification(Vec<Booking>),
}

/// The answer to a payment message. It moves no money: only a booking does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The answered message.
    pub message_id: String,
    /// Set if the message as a whole is refused: the reason.
    pub refused: Option<Reason>,
    /// Transfers that are refused, with the reason for each.
    pub transfers: Vec<(String, Reason)>,
}

/// A status reason of ISO 20022's external code set, such as `AC04`, or the bank's own (`NARR`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The code: 1–4 letters and digits.
    pub code: String,
    /// The bank's sentence; may be empty.
    pub detail: String,
}

impl Reason {
    /// True if the bank refuses because it already has the instruction: then the first one counts, and nothing has
    /// been refused.
    pub fn means_duplicate(&self) -> bool {
        matches!(self.code.as_str(), "DUPL" | "AM05")
    }
}

/// One booked movement of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Booking {
    /// Money came in.
    Credit(Credit),
    /// Money left the account: one of our transfers, or something else.
    Debit(Debit),
}

/// Money that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// The bank's reference; used once, ever.
    pub reference: String,
    /// Won.
    pub amount: u64,
    /// Who paid, as the bank knows them.
    pub payer: String,
    /// Remittance text.
    pub remittance: String,
    /// Booking date, `YYYY-MM-DD`.
    pub booked_on: String,
    /// Set if it is a returned transfer of ours: its EndToEndId and the reason.
    pub returned: Option<(String, String)>,
}

/// Money that left the account. Whether one of our transfers did is for the books to say: the bank's own fees and what
/// people order by hand have any EndToEndId or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debit {
    /// EndToEndId as written; empty if there is none.
    pub end_to_end: String,
    /// Won.
    pub amount: u64,
    /// The bank's reference, if there is one of its form.
    pub reference: Option<String>,
    /// Which of the transactions under that reference it is; without a reference, which booking of the file.
    pub position: usize,
    /// Who was paid, as the bank knows them; may be empty.
    pub payee: String,
    /// Remittance text, or what the bank says about the entry; may be empty.
    pub text: String,
    /// Booking date, `YYYY-MM-DD`.
    pub booked_on: String,
}

impl Message {
    /// The message's short name, for the list of files read.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Report(_) => "pain.002",
            Self::Notification(_) => "camt.054",
        }
    }
}

/// An ISO 20022 `Max35Text` in the letters that we use for ids.
pub(super) fn id(field: &'static str, text: &str) -> Result<String, BankFileError> {
    let good = (1..=35).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if good { Ok(text.to_owned()) } else { Err(BankFileError::invalid(field, text)) }
}

/// A whole number of won, at most 18 digits (the schema's `totalDigits`), more than none.
pub(super) fn won(element: &Element, field: &'static str) -> Result<u64, BankFileError> {
    if element.currency.as_deref() != Some("KRW") {
        return Err(BankFileError::invalid(field, element.currency.as_deref().unwrap_or("no currency")));
    }
    let text = element.text.as_str();
    let digits = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let amount = if digits { text.parse().ok() } else { None };
    amount.filter(|amount| *amount > 0).ok_or_else(|| BankFileError::invalid(field, text))
}

/// The reason under `StsRsnInf` or `RtrInf`.
pub(super) fn reason(information: Option<&Element>) -> Reason {
    let Some(information) = information else {
        return Reason { code: "NARR".to_owned(), detail: String::new() };
    };
    let code = information.text("Rsn/Cd").filter(|code| {
        (1..=4).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let detail = information.text("AddtlInf").or_else(|| information.text("Rsn/Prtry")).unwrap_or_default();
    Reason { code: code.unwrap_or("NARR").to_owned(), detail: shown(detail) }
}
