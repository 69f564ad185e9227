//! A university's register of students: a CSV file with the columns number, name, birth, email. The student number and the
//! school's mailbox together are the check; name and birth tell whether a resident is the same person.

use std::{collections::HashMap, path::Path};

use dure_lists::{Column, Form};
use dure_web::Lang;
use subtle::ConstantTimeEq as _;

use super::{
    authority::{Citizen, Claim, Registrar, in_language, read_file},
    fields::student_number,
    rows,
};
use crate::{config::Asks, start::StartError};

/// Knows people by student number and school mailbox.
pub struct Students {
    id: String,
    names: (String, String),
    /// Number and person.
    by_email: HashMap<String, (String, Citizen)>,
}

const FORM: Form = rows::form(&[Column::needed("number", &["학번"]), rows::NAME, rows::BIRTH, rows::EMAIL]);

impl Students {
    /// Reads the file; a bad row is refused with its number.
    pub fn read(id: &str, names: (&str, &str), path: &Path) -> Result<Self, StartError> {
        let parsed = Self::parse(id, names, &read_file(path)?);
        parsed.map_err(|what| StartError::Registrar(format!("{}: {what}", path.display())))
    }

    fn parse(id: &str, (ko, en): (&str, &str), bytes: &[u8]) -> Result<Self, String> {
        let form = ("학번이 아닙니다.", "not a student number of 4 to 20 letters and digits");
        let people = rows::read(bytes, &FORM, |cells| {
            Ok((cells.parsed("number", form, student_number)?, rows::citizen(cells)?))
        })?;
        let by_email = people.into_iter().map(|student| (student.1.email.clone(), student)).collect();
        Ok(Self { id: id.to_owned(), names: (ko.to_owned(), en.to_owned()), by_email })
    }
}

impl Registrar for Students {
    fn id(&self) -> &str {
        &self.id
    }
    fn name(&self, lang: Lang) -> &str {
        in_language((&self.names.0, &self.names.1), lang)
    }
    fn asks(&self) -> Asks {
        Asks::Students
    }
    fn by_email(&self, email: &str) -> Option<Citizen> {
        self.by_email.get(email).map(|(_, citizen)| citizen.clone())
    }
    fn knows(&self, claim: &Claim) -> bool {
        let Some(number) = student_number(&claim.number) else { return false };
        let same = |(known, _): &(String, Citizen)| bool::from(known.as_bytes().ct_eq(number.as_bytes()));
        self.by_email.get(&claim.email).is_some_and(same)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_number_and_its_mailbox_are_one_student() {
        let file = "number,name,birth,email\n2026-10001,김미나,1994-03-12,Mina@univ.kr\n";
        let registrar = Students::parse("univ", ("새별대", "Univ"), file.as_bytes()).unwrap();
        let claim = |email: &str, number: &str| Claim {
            email: email.into(),
            number: number.into(),
            ..Claim::default()
        };
        assert!(registrar.knows(&claim("mina@univ.kr", "202610001")));
        assert!(registrar.knows(&claim("mina@univ.kr", " 2026-10001 ")));
        assert!(!registrar.knows(&claim("mina@univ.kr", "202610002")));
        assert!(!registrar.knows(&claim("mina@univ.kr", "")));
        assert!(!registrar.knows(&claim("joon@univ.kr", "202610001")));
        let twice = "number,name,birth,email\n1234,김,1994-01-01,a@x.kr\n12,김,1994-01-01,b@x.kr\n";
        let error = Students::parse("univ", ("", ""), twice.as_bytes()).err().unwrap();
        assert!(error.starts_with("row 3: number \"12\": not a student number"), "{error}");
    }
}
