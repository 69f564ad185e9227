//! The data files of a city: what a new channel is made from, and the spreadsheets of its people and shops.
//!
//! Reading is all or nothing: a file with one bad row yields no rows at all, only the list of faults.

mod citizens;
mod merchants;
mod recipients;
mod table;
mod terms;

use std::path::{Path, PathBuf};

use crate::error::DureError;

pub use citizens::Citizen;
pub use merchants::Merchant;
pub use recipients::{Recipient, read_recipients};
pub use terms::{
    CampaignSheet, CampusSheet, ChannelSheet, CitySheet, CoinSheet, CollectionSheet, Duty, InstitutionSheet,
};

/// Everything that a city's folder says.
#[derive(Debug, Clone)]
pub struct City {
    /// Channel, coin, campaigns, collection account.
    pub sheet: CitySheet,
    /// Member institutions.
    pub institutions: Vec<InstitutionSheet>,
    /// People whom the registrar knows.
    pub citizens: Vec<Citizen>,
    /// Shops.
    pub merchants: Vec<Merchant>,
    /// The folder.
    pub folder: PathBuf,
}

impl City {
    /// The demo city that comes with the package, or else with the sources.
    pub fn demo_folder() -> PathBuf {
        dure_web::installed("demo").unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("demo"))
    }

    /// Reads `city.toml`, `institutions.toml`, `citizens.csv` and `merchants.csv` from `folder`.
    pub fn read(folder: &Path) -> Result<Self, DureError> {
        Ok(Self {
            sheet: terms::read_city(&folder.join("city.toml"))?,
            institutions: terms::read_institutions(&folder.join("institutions.toml"))?,
            citizens: citizens::read(&folder.join("citizens.csv"))?,
            merchants: merchants::read(&folder.join("merchants.csv"))?,
            folder: folder.to_owned(),
        })
    }

    /// The registrar's file of people.
    pub fn citizens_file(&self) -> PathBuf {
        self.folder.join("citizens.csv")
    }

    /// The university's file of students.
    pub fn students_file(&self) -> PathBuf {
        self.folder.join("students.csv")
    }

    /// The grant list that comes with the city.
    pub fn recipients_file(&self) -> PathBuf {
        self.folder.join("recipients.csv")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_demo_city_is_complete() {
        let city = City::read(&City::demo_folder()).unwrap();
        assert_eq!((city.citizens.len(), city.merchants.len()), (20, 5));
        assert!(city.sheet.channel.name_en.len() <= 15, "EMVCo field 60");
        let recipients = read_recipients(&city.recipients_file()).unwrap();
        let recipients: Vec<_> = recipients.into_iter().map(|(_, row)| row).collect();
        let registered = |row: &Recipient| city.citizens.iter().any(|citizen| citizen.email == row.email);
        assert!(recipients.iter().all(registered));
        let asked: u64 = recipients.iter().map(|row| row.amount).sum();
        assert!(city.sheet.campaigns.iter().any(|campaign| campaign.id == 2 && campaign.issue >= asked));
        for institution in &city.institutions {
            assert!(usize::try_from(institution.quorum).unwrap() <= institution.keys.len());
        }
    }

    #[test]
    fn unknown_keys_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["city.toml", "institutions.toml", "citizens.csv", "merchants.csv"] {
            std::fs::copy(City::demo_folder().join(name), folder.path().join(name)).unwrap();
        }
        assert!(City::read(folder.path()).is_ok());
        let path = folder.path().join("city.toml");
        let text = std::fs::read_to_string(&path).unwrap().replace("large_merchants", "big_merchants");
        std::fs::write(&path, text).unwrap();
        assert_eq!(City::read(folder.path()).unwrap_err().code(), "FILE");
    }
}
