//! Who vouches for people: registration authorities behind one trait. A municipality checks residents, a university its
//! students; the ones here read files, one that asks an office's own service would take their place.

mod residents;
mod rows;
mod students;

use std::{path::Path, sync::Arc};

use dure_lists::name;
use dure_web::Lang;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use residents::Residents;
pub use students::Students;

use crate::{config, start::StartError};

/// What a registrar asks a person for, besides the mailbox that the code goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// Name and date of birth.
    Residents,
    /// The student number; the mailbox is the school's.
    Students,
}

/// A person as a registrar knows them.
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

impl Citizen {
    /// True if both can only be one person: of the same name and day.
    fn is(&self, other: &Self) -> bool {
        name::same(&self.name, &other.name) && self.birth == other.birth
    }
}

/// What a person says about themselves.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    /// E-mail, lowercase.
    pub email: String,
    /// Name.
    pub name: String,
    /// `YYYY-MM-DD`.
    pub birth: String,
    /// Student number.
    pub number: String,
}

/// A registration authority.
pub trait Registrar: Send + Sync {
    /// Its short name, kept with each person: letters, digits and hyphens.
    fn id(&self) -> &str;
    /// What people call it.
    fn name(&self, lang: Lang) -> &str;
    /// What it asks for.
    fn asks(&self) -> Asks;
    /// The person with this e-mail address (lowercase).
    fn by_email(&self, email: &str) -> Option<Citizen>;
    /// True if everything claimed is one known person's.
    fn knows(&self, claim: &Claim) -> bool;
}

/// The registrars of a channel, the first one for whoever names none.
#[derive(Clone)]
pub struct Registrars(Vec<Arc<dyn Registrar>>);

impl Registrars {
    /// These; at least one.
    pub fn new(all: Vec<Arc<dyn Registrar>>) -> Result<Self, StartError> {
        if all.is_empty() {
            Err(StartError::Config("no registrar is configured".to_owned()))
        } else {
            Ok(Self(all))
        }
    }

    /// Reads every configured file.
    pub fn read(configured: &[config::Registrar]) -> Result<Self, StartError> {
        let read = |one: &config::Registrar| -> Result<Arc<dyn Registrar>, StartError> {
            let names = (one.name_ko.as_str(), one.name_en.as_str());
            Ok(match one.asks {
                Asks::Residents => Arc::new(Residents::read(&one.id, names, &one.file)?),
                Asks::Students => Arc::new(Students::read(&one.id, names, &one.file)?),
            })
        };
        Self::new(configured.iter().map(read).collect::<Result<_, _>>()?)
    }

    /// All of them.
    pub fn all(&self) -> &[Arc<dyn Registrar>] {
        &self.0
    }

    /// The one of that id; the first for none.
    pub fn find(&self, id: Option<&str>) -> Option<&Arc<dyn Registrar>> {
        match id {
            Some(id) => self.0.iter().find(|registrar| registrar.id() == id),
            None => self.0.first(),
        }
    }

    /// The person whom the registrar `id` knows by this address.
    pub fn citizen(&self, id: &str, email: &str) -> Option<Citizen> {
        self.find(Some(id))?.by_email(email)
    }

    /// True if the person whom registrar `id` knows by `email` can only be `citizen`.
    pub fn agree(&self, (id, email): (&str, &str), citizen: &Citizen) -> bool {
        self.citizen(id, email).is_some_and(|known| known.is(citizen))
    }
}

fn in_language<'a>((ko, en): (&'a str, &'a str), lang: Lang) -> &'a str {
    match lang {
        Lang::Ko => ko,
        Lang::En => en,
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, StartError> {
    std::fs::read(path).map_err(|error| StartError::Registrar(format!("{}: {error}", path.display())))
}

/// `YYYY-MM-DD`, a day that exists and has come in this city.
pub fn is_date(text: &str) -> bool {
    let today = jiff::Timestamp::now().to_zoned(TimeZone::fixed(jiff::tz::offset(9))).date();
    text.len() == 10
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
        && text.parse::<jiff::civil::Date>().is_ok_and(|day| day <= today)
}

/// A student number as it is compared: without spaces and hyphens, in capitals. `None` if it cannot be one.
pub fn student_number(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let good = (4..=20).contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_alphanumeric());
    good.then(|| plain.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn a_day_that_does_not_exist_or_has_not_come_is_no_date_of_birth() {
        for day in ["1994-03-12", "2000-02-29", "1999-12-31"] {
            assert!(is_date(day), "{day}");
        }
        let strange =
            ["", "19940312", "1994-3-12", "1994-03-12T00", "+994-03-12", "1994/03/12", "１９94-03-12"];
        for day in
            ["1994-02-30", "1900-02-29", "1994-00-10", "1994-04-31", "9998-01-01"].iter().chain(&strange)
        {
            assert!(!is_date(day), "{day}");
        }
    }
}
