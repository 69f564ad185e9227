//! `merchants.csv`: the city's shops, with what the ledger asks of a merchant and where its money goes.

use std::path::Path;

use dure_lists::{Column, Form, Others, cell};
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

const FORM: Form = Form {
    columns: &[
        Column::unique("code", &["가맹점번호"]),
        Column::needed("name_ko", &["상호"]),
        Column::needed("name_en", &["영문상호"]),
        Column::needed("category", &["업종"]),
        Column::needed("region", &["지역"]),
        Column::needed("large", &["대형"]),
        Column::unique("email", &["e-mail", "이메일"]),
        Column::needed("lang", &["언어"]),
        Column::needed("bank_code", &["은행코드"]),
        Column::unique("bank_account", &["계좌번호"]),
        Column::needed("account_holder", &["예금주"]),
    ],
    others: Others::Refused,
    max_rows: table::MAX_ROWS,
};

const CODE: Wanted = ("M과 숫자 여섯 자리가 아닙니다.", "not M and six digits");
const SHORT: Wanted = ("출력 가능한 글자 1~8자가 아닙니다.", "not 1 to 8 printable characters");
const LATIN: Wanted = ("출력 가능한 ASCII 글자 1~25자가 아닙니다.", "not 1 to 25 printable ASCII characters");
const YES_OR_NO: Wanted = ("yes 또는 no가 아닙니다.", "neither yes nor no");
const LANGUAGE: Wanted = ("ko 또는 en이 아닙니다.", "neither ko nor en");
const BANK: Wanted = (
    "은행 코드는 숫자 세 자리입니다. 맨 앞의 0이 빠졌다면 칸 서식을 '텍스트'로 바꿔 주세요.",
    "not three digits; if its leading zero is lost, give the cell the format Text",
);
const ACCOUNT: Wanted = ("계좌번호가 아닙니다.", "not an account number of digits and hyphens");

/// What a cell should be: Korean, English.
type Wanted = (&'static str, &'static str);

pub(super) fn read(path: &Path) -> Result<Vec<Merchant>, DureError> {
    let rows = table::read(path, &FORM, |cells| {
        let code = |column| cells.parsed(column, SHORT, |text| Code::new(text).ok());
        Ok(Merchant {
            code: cells.parsed("code", CODE, merchant_code)?,
            name_ko: cells.text("name_ko")?.to_owned(),
            name_en: cells.parsed("name_en", LATIN, latin_name)?,
            category: code("category")?,
            region: code("region")?,
            large: cells.parsed("large", YES_OR_NO, yes_or_no)?,
            email: cells.judged("email", cell::email)?,
            lang: cells.parsed("lang", LANGUAGE, language)?,
            bank_code: cells.parsed("bank_code", BANK, |text| digits(text, 3))?,
            bank_account: cells.parsed("bank_account", ACCOUNT, account)?,
            account_holder: cells.text("account_holder")?.to_owned(),
        })
    })?;
    Ok(table::values(rows))
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
