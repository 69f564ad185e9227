//! A registration authority, and what it knows of a person.

use std::path::Path;

use dure_lists::name;
use dure_web::Lang;

use crate::{config::Asks, start::StartError};

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
    pub(super) fn is(&self, other: &Self) -> bool {
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

/// A name in a language.
pub(super) fn in_language<'a>((ko, en): (&'a str, &'a str), lang: Lang) -> &'a str {
    match lang {
        Lang::Ko => ko,
        Lang::En => en,
    }
}

/// The bytes of a register's file.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, StartError> {
    std::fs::read(path).map_err(|error| StartError::Registrar(format!("{}: {error}", path.display())))
}
