//! `citizens.csv`: whom the demo registrar knows. Personal data: it goes into the database, never on the ledger.

use std::path::Path;

use dure_lists::{Column, Form, Others, cell};

use super::table;
use crate::error::DureError;

/// A person of the registrar's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citizen {
    /// Name as on the identity card.
    pub name: String,
    /// Day of birth.
    pub birth: jiff::civil::Date,
    /// E-mail address, lower case.
    pub email: String,
    /// Mobile number, digits only.
    pub phone: String,
}

const FORM: Form = Form {
    columns: &[
        Column::needed("name", &["이름", "성명"]),
        Column::needed("birth", &["생년월일"]),
        Column::unique("email", &["e-mail", "이메일", "전자우편"]),
        Column::unique("phone", &["전화", "전화번호", "휴대전화", "휴대폰"]),
    ],
    others: Others::Refused,
    max_rows: table::MAX_ROWS,
};

pub(super) fn read(path: &Path) -> Result<Vec<Citizen>, DureError> {
    let date = ("1994-03-12 같은 날짜가 아닙니다.", "not a date such as 1994-03-12");
    let rows = table::read(path, &FORM, |cells| {
        Ok(Citizen {
            name: cells.text("name")?.to_owned(),
            birth: cells.parsed("birth", date, |text| text.parse().ok())?,
            email: cells.judged("email", cell::email)?,
            phone: cells.judged("phone", cell::phone)?,
        })
    })?;
    Ok(table::values(rows))
}
