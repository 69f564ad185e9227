//! Who vouches for people: a registration authority behind a trait. The one here reads a file.

use std::{collections::HashMap, path::Path};

use serde::Deserialize;

use crate::{names, start::StartError};

/// People in one file: a large city's worth.
const MAX_CITIZENS: usize = 2_000_000;

/// A person as the registrar knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citizen {
    /// Name.
    pub name: String,
    /// Date of birth, `YYYY-MM-DD`.
    pub birth: String,
    /// E-mail, lowercase.
    pub email: String,
    /// Phone, digits.
    pub phone: Option<String>,
}

/// A registration authority.
pub trait Registrar: Send + Sync {
    /// Its short name, kept with each person.
    fn name(&self) -> &str;
    /// The person with this e-mail address (lowercase).
    fn by_email(&self, email: &str) -> Option<Citizen>;
    /// True if name, birth and e-mail are one known person's.
    fn knows(&self, email: &str, name: &str, birth: &str) -> bool {
        let same_name = |known: &str| known.split_whitespace().eq(name.split_whitespace());
        self.by_email(email).is_some_and(|citizen| same_name(&citizen.name) && citizen.birth == birth)
    }
}

/// A registrar whose data is a CSV file with the columns name, birth, email, phone; read once.
pub struct CsvRegistrar {
    name: String,
    by_email: HashMap<String, Citizen>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    birth: String,
    email: String,
    phone: Option<String>,
}

impl CsvRegistrar {
    /// Reads the file; a bad row is refused with its number.
    pub fn read(name: &str, path: &Path) -> Result<Self, StartError> {
        let text = std::fs::read(path)
            .map_err(|error| StartError::Registrar(format!("{}: {error}", path.display())))?;
        Self::parse(name, &text).map_err(|what| StartError::Registrar(format!("{}: {what}", path.display())))
    }

    fn parse(name: &str, bytes: &[u8]) -> Result<Self, String> {
        // Spreadsheets write a byte order mark.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
        let mut by_email = HashMap::new();
        for (index, row) in reader.deserialize::<Row>().enumerate() {
            // The header is line 1.
            let line = index.saturating_add(2);
            let row = row.map_err(|error| format!("line {line}: {error}"))?;
            let email = names::email(&row.email).ok_or_else(|| format!("line {line}: bad email"))?;
            if row.name.is_empty() || !is_date(&row.birth) {
                return Err(format!("line {line}: bad name or birth"));
            }
            let phone = match row.phone.as_deref().filter(|phone| !phone.is_empty()) {
                Some(phone) => Some(names::phone(phone).ok_or_else(|| format!("line {line}: bad phone"))?),
                None => None,
            };
            let citizen = Citizen { name: row.name, birth: row.birth, email: email.clone(), phone };
            if by_email.insert(email, citizen).is_some() {
                return Err(format!("line {line}: this email is in the file twice"));
            }
            if by_email.len() > MAX_CITIZENS {
                return Err(format!("more than {MAX_CITIZENS} people"));
            }
        }
        Ok(Self { name: name.to_owned(), by_email })
    }
}

impl Registrar for CsvRegistrar {
    fn name(&self) -> &str {
        &self.name
    }
    fn by_email(&self, email: &str) -> Option<Citizen> {
        self.by_email.get(email).cloned()
    }
}

/// `YYYY-MM-DD` with a possible month and day.
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let digits = |part: &str, len: usize| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
    let number = |part: &str| part.parse::<u32>().unwrap_or_default();
    digits(year, 4)
        && digits(month, 2)
        && digits(day, 2)
        && (1..=12).contains(&number(month))
        && (1..=31).contains(&number(day))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_is_read_and_people_are_matched() {
        let file = "\u{feff}name,birth,email,phone\n김미나,1994-03-12,Mina@x.kr,010-5550-0001\nJohn  Smith,1980-01-02,j@x.kr,\n";
        let registrar = CsvRegistrar::parse("city", file.as_bytes()).unwrap();
        assert_eq!(registrar.by_email("mina@x.kr").unwrap().phone.as_deref(), Some("01055500001"));
        assert!(registrar.knows("mina@x.kr", " 김미나 ", "1994-03-12"));
        assert!(registrar.knows("j@x.kr", "John Smith", "1980-01-02"));
        assert!(!registrar.knows("mina@x.kr", "김미나", "1994-03-13"));
        assert!(!registrar.knows("mina@x.kr", "이준", "1994-03-12"));
        assert!(!registrar.knows("nobody@x.kr", "김미나", "1994-03-12"));
    }

    #[test]
    fn a_bad_row_is_named() {
        for (row, line) in [
            ("김,1994-13-01,a@x.kr,", "line 2: bad name or birth"),
            ("김,1994-01-01,nonsense,", "line 2: bad email"),
            ("김,1994-01-01,a@x.kr,xyz", "line 2: bad phone"),
            ("김,1994-01-01,a@x.kr,\n김,1994-01-01,A@x.kr,", "line 3: this email is in the file twice"),
            ("김,1994-01-01", "line 2"),
        ] {
            let file = format!("name,birth,email,phone\n{row}\n");
            let error = CsvRegistrar::parse("city", file.as_bytes()).err().unwrap();
            assert!(error.starts_with(line), "{error}");
        }
    }
}
