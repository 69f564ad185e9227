//! A municipality's register of residents: a CSV file with the columns name, birth, email, phone.

use std::{collections::HashMap, path::Path};

use dure_web::Lang;
use serde::Deserialize;

use super::{Asks, Citizen, Claim, Registrar, in_language, read_file, rows, same_name};
use crate::start::StartError;

/// Knows people by name, date of birth and mailbox.
pub struct Residents {
    id: String,
    names: (String, String),
    by_email: HashMap<String, Citizen>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    birth: String,
    email: String,
    phone: Option<String>,
}

impl Residents {
    /// Reads the file; a bad row is refused with its number.
    pub fn read(id: &str, names: (&str, &str), path: &Path) -> Result<Self, StartError> {
        let parsed = Self::parse(id, names, &read_file(path)?);
        parsed.map_err(|what| StartError::Registrar(format!("{}: {what}", path.display())))
    }

    fn parse(id: &str, (ko, en): (&str, &str), bytes: &[u8]) -> Result<Self, String> {
        let mut by_email = HashMap::new();
        rows::read(bytes, |row: Row| {
            let citizen = rows::citizen(row.name, row.birth, &row.email, row.phone.as_deref())?;
            match by_email.insert(citizen.email.clone(), citizen) {
                None => Ok(()),
                Some(_) => Err("this email is in the file twice".to_owned()),
            }
        })?;
        Ok(Self { id: id.to_owned(), names: (ko.to_owned(), en.to_owned()), by_email })
    }
}

impl Registrar for Residents {
    fn id(&self) -> &str {
        &self.id
    }
    fn name(&self, lang: Lang) -> &str {
        in_language((&self.names.0, &self.names.1), lang)
    }
    fn asks(&self) -> Asks {
        Asks::Residents
    }
    fn by_email(&self, email: &str) -> Option<Citizen> {
        self.by_email.get(email).cloned()
    }
    fn knows(&self, claim: &Claim) -> bool {
        let same = |known: &Citizen| same_name(&known.name, &claim.name) && known.birth == claim.birth;
        self.by_email.get(&claim.email).is_some_and(same)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn claim(email: &str, name: &str, birth: &str) -> Claim {
        Claim { email: email.into(), name: name.into(), birth: birth.into(), number: String::new() }
    }

    #[test]
    fn a_file_is_read_and_people_are_matched() {
        let file = "\u{feff}name,birth,email,phone\n김미나,1994-03-12,Mina@x.kr,010-5550-0001\nJohn  Smith,1980-01-02,j@x.kr,\n";
        let registrar = Residents::parse("city", ("새별시", "Sebyeol"), file.as_bytes()).unwrap();
        assert_eq!(registrar.by_email("mina@x.kr").unwrap().phone.as_deref(), Some("01055500001"));
        assert!(registrar.knows(&claim("mina@x.kr", " 김미나 ", "1994-03-12")));
        assert!(registrar.knows(&claim("j@x.kr", "John Smith", "1980-01-02")));
        assert!(!registrar.knows(&claim("mina@x.kr", "김미나", "1994-03-13")));
        assert!(!registrar.knows(&claim("mina@x.kr", "이준", "1994-03-12")));
        assert!(!registrar.knows(&claim("nobody@x.kr", "김미나", "1994-03-12")));
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
            let error = Residents::parse("city", ("", ""), file.as_bytes()).err().unwrap();
            assert!(error.starts_with(line), "{error}");
        }
    }
}
