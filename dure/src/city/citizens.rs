//! `citizens.csv`: whom the demo registrar knows. Personal data: it goes into the database, never on the ledger.

use std::path::Path;

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

pub(super) fn read(path: &Path) -> Result<Vec<Citizen>, DureError> {
    table::read(path, &["name", "birth", "email", "phone"], &["email", "phone"], |cells| {
        Ok(Citizen {
            name: cells.text("name")?.to_owned(),
            birth: cells.parsed("birth", "a date such as 1994-03-12", |text| text.parse().ok())?,
            email: cells.parsed("email", "an e-mail address", table::email)?,
            phone: cells.parsed("phone", "10 or 11 digits", phone)?,
        })
    })
}

fn phone(text: &str) -> Option<String> {
    let good = (10..=11).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    good.then(|| text.to_owned())
}
