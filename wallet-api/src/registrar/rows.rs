//! Files of people, as registrars hand them over: CSV with a header, read once and whole.

use serde::de::DeserializeOwned;

use super::{Citizen, is_date};
use crate::names;

/// People in one file: a large city's worth.
const MAX_PEOPLE: usize = 2_000_000;

/// Every row with its line; a bad one is refused with its number.
pub fn read<Row: DeserializeOwned>(
    bytes: &[u8],
    mut take: impl FnMut(Row) -> Result<(), String>,
) -> Result<(), String> {
    // Spreadsheets write a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    for (index, row) in reader.deserialize::<Row>().enumerate() {
        // The header is line 1.
        let line = index.saturating_add(2);
        let row = row.map_err(|error| format!("line {line}: {error}"))?;
        take(row).map_err(|what| format!("line {line}: {what}"))?;
        if index >= MAX_PEOPLE {
            return Err(format!("more than {MAX_PEOPLE} people"));
        }
    }
    Ok(())
}

/// A person of these cells.
pub fn citizen(name: String, birth: String, email: &str, phone: Option<&str>) -> Result<Citizen, String> {
    let email = names::email(email).ok_or("bad email")?;
    if name.is_empty() || !is_date(&birth) {
        return Err("bad name or birth".to_owned());
    }
    let phone = match phone.filter(|phone| !phone.is_empty()) {
        Some(phone) => Some(names::phone(phone).ok_or("bad phone")?),
        None => None,
    };
    Ok(Citizen { name, birth, email, phone })
}
