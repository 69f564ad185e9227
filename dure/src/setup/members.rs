//! The ids that a deployment gave out: random on the ledger, tied to names and addresses only here and in SQL.

use std::{collections::BTreeMap, path::Path};

use dure_score::Bid;
use serde::{Deserialize, Serialize};

use super::layout::{Layout, read_text, write_private};
use crate::{city::City, error::DureError};

/// Who has which id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// The city's folder of data files.
    pub city: std::path::PathBuf,
    /// Institutions, by their short name.
    pub institutions: BTreeMap<String, Bid>,
    /// Citizens, by e-mail address.
    pub citizens: BTreeMap<String, Bid>,
    /// Shops, by code.
    pub merchants: BTreeMap<String, Bid>,
}

impl Members {
    /// New random ids for everybody in the city's files.
    pub fn draw(city: &City) -> Self {
        let bids = |names: Vec<&String>| -> BTreeMap<String, Bid> {
            names.into_iter().map(|name| (name.clone(), Bid::new(rand::random()))).collect()
        };
        Self {
            city: city.folder.clone(),
            institutions: bids(city.institutions.iter().map(|institution| &institution.id).collect()),
            citizens: bids(city.citizens.iter().map(|citizen| &citizen.email).collect()),
            merchants: bids(city.merchants.iter().map(|merchant| &merchant.code).collect()),
        }
    }

    /// Reads them back.
    pub fn read(layout: &Layout) -> Result<Self, DureError> {
        let path = layout.members();
        serde_json::from_str(&read_text(&path)?).map_err(|error| DureError::file(&path, error))
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), DureError> {
        let json = serde_json::to_vec_pretty(self).map_err(|error| DureError::file(path, error))?;
        write_private(path, &json)
    }

    /// The id of an institution.
    pub fn institution(&self, id: &str) -> Result<Bid, DureError> {
        find(&self.institutions, "institution", id)
    }

    /// The id of a citizen.
    pub fn citizen(&self, email: &str) -> Result<Bid, DureError> {
        find(&self.citizens, "citizen", email)
    }

    /// The id of a shop.
    pub fn merchant(&self, code: &str) -> Result<Bid, DureError> {
        find(&self.merchants, "merchant", code)
    }
}

fn find(map: &BTreeMap<String, Bid>, what: &str, name: &str) -> Result<Bid, DureError> {
    map.get(name).copied().ok_or_else(|| DureError::Data(format!("the city's files know no {what} {name}")))
}
