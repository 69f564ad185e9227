//! Who vouches for people: registration authorities behind one trait. A municipality checks residents, a university its
//! students; the ones here read files, one that asks an office's own service would take their place.

mod authority;
mod fields;
mod residents;
mod rows;
mod students;

use std::sync::Arc;

pub use crate::config::Asks;
pub use authority::{Citizen, Claim, Registrar};
pub use fields::{is_date, student_number};
pub use residents::Residents;
pub use students::Students;

use crate::{config, start::StartError};

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
