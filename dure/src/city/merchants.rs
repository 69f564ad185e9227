//! `merchants.csv`: the city's shops, with what the ledger asks of a merchant and where its money goes.

use std::path::Path;

use dure_score::ids::Code;

use super::table;
use crate::error::DureError;

/// A shop of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merchant {
    /// Code in the shop's QR, such as `M000101`.
    pub code: String,
    /// Korean name.
    pub name_ko: String,
    /// Latin name, at most 25 characters (EMVCo field 59).
    pub name_en: String,
    /// ISO 18245 merchant category.
    pub category: Code,
    /// Region of the channel.
    pub region: Code,
    /// Over the yearly sales limit.
    pub large: bool,
    /// Where one-time codes and statements go.
    pub email: String,
    /// `ko` or `en`.
    pub lang: String,
    /// Korean bank code, three digits.
    pub bank_code: String,
    /// Account number.
    pub bank_account: String,
    /// Account holder.
    pub account_holder: String,
}

const COLUMNS: [&str; 11] = [
    "code",
    "name_ko",
    "name_en",
    "category",
    "region",
    "large",
    "email",
    "lang",
    "bank_code",
    "bank_account",
    "account_holder",
];

pub(super) fn read(path: &Path) -> Result<Vec<Merchant>, DureError> {
    table::read(path, &COLUMNS, &["code", "email", "bank_account"], |cells| {
        let code = |column| cells.parsed(column, "1-8 printable characters", |text| Code::new(text).ok());
        Ok(Merchant {
            code: cells.parsed("code", "M and six digits", merchant_code)?,
            name_ko: cells.text("name_ko")?.to_owned(),
            name_en: cells.parsed("name_en", "1-25 printable ASCII characters", latin_name)?,
            category: code("category")?,
            region: code("region")?,
            large: cells.parsed("large", "yes or no", yes_or_no)?,
            email: cells.parsed("email", "an e-mail address", table::email)?,
            lang: cells.parsed("lang", "ko or en", language)?,
            bank_code: cells.parsed("bank_code", "three digits", |text| digits(text, 3))?,
            bank_account: cells.parsed("bank_account", "an account number", account)?,
            account_holder: cells.text("account_holder")?.to_owned(),
        })
    })
}

fn merchant_code(text: &str) -> Option<String> {
    digits(text.strip_prefix('M')?, 6).map(|_| text.to_owned())
}

fn latin_name(text: &str) -> Option<String> {
    let good = text.len() <= 25 && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    good.then(|| text.to_owned())
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn language(text: &str) -> Option<String> {
    matches!(text, "ko" | "en").then(|| text.to_owned())
}

fn digits(text: &str, length: usize) -> Option<String> {
    (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.to_owned())
}

/// ISO 20022 allows 34 characters of an account number; Korean ones are digits and hyphens.
fn account(text: &str) -> Option<String> {
    let good = text.len() <= 34 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    good.then(|| text.to_owned())
}
