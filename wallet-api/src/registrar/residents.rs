//! A municipality's register of residents: a CSV file with the columns name, birth, email, phone.

use std::{collections::HashMap, path::Path};

use dure_lists::{Form, name};
use dure_web::Lang;

use super::{
    authority::{Citizen, Claim, Registrar, in_language, read_file},
    rows,
};
use crate::{config::Asks, start::StartError};

/// Knows people by name, date of birth and mailbox.
pub struct Residents {
    id: String,
    names: (String, String),
    by_email: HashMap<String, Citizen>,
}

const FORM: Form = rows::form(&[rows::NAME, rows::BIRTH, rows::EMAIL, rows::PHONE]);

impl Residents {
    /// Reads the file; a bad row is refused with its number.
    pub fn read(id: &str, names: (&str, &str), path: &Path) -> Result<Self, StartError> {
        let parsed = Self::parse(id, names, &read_file(path)?);
        parsed.map_err(|what| StartError::Registrar(format!("{}: {what}", path.display())))
    }

    fn parse(id: &str, (ko, en): (&str, &str), bytes: &[u8]) -> Result<Self, String> {
        let people = rows::read(bytes, &FORM, rows::citizen)?;
        let by_email = people.into_iter().map(|citizen| (citizen.email.clone(), citizen)).collect();
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
        let same = |known: &Citizen| name::same(&known.name, &claim.name) && known.birth == claim.birth;
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
    fn a_name_is_the_persons_however_it_is_typed() {
        let file = "이름,생년월일,이메일,동\n김미나,1994-03-12,mina@x.kr,중앙동\nJosé de la Cruz,1980-01-02,j@x.kr,\n";
        let registrar = Residents::parse("city", ("새별시", "Sebyeol"), file.as_bytes()).unwrap();
        for typed in ["김 미나", "\u{1100}\u{1175}\u{11b7}\u{1106}\u{1175}\u{1102}\u{1161}", "김미나(金美娜)"]
        {
            assert!(registrar.knows(&claim("mina@x.kr", typed, "1994-03-12")), "{typed}");
        }
        assert!(registrar.knows(&claim("j@x.kr", "DE LA CRUZ, JOSE", "1980-01-02")));
        assert!(!registrar.knows(&claim("mina@x.kr", "김민아", "1994-03-12")));
    }

    #[test]
    fn a_bad_row_is_named() {
        for (row, told) in [
            ("김,1994-13-01,a@x.kr,", "row 2: birth \"1994-13-01\": not a date such as 1994-03-12"),
            ("김,1994-01-01,nonsense,", "row 2: email \"nonsense\": not an e-mail address"),
            ("김,1994-01-01,a@x.kr,xyz", "row 2: phone \"xyz\": not a telephone number"),
            ("김,1994-01-01,a@x.kr,1055500001", "row 2: phone \"1055500001\": its leading zero is lost"),
            (
                "김,1994-01-01,a@x.kr,\n김,1994-01-01,A@x.kr,",
                "row 3: email \"a@x.kr\" occurs twice, first in row 2",
            ),
            ("김,1994-01-01", "row 2: email is empty"),
        ] {
            let file = format!("name,birth,email,phone\n{row}\n");
            let error = Residents::parse("city", ("", ""), file.as_bytes()).err().unwrap();
            assert!(error.starts_with(told), "{error}");
        }
    }
}
