//! `city.toml` and `institutions.toml`. Unknown keys are refused: a misspelt rule must not be silently dropped.

use std::{fs, path::Path};

use serde::{Deserialize, de::DeserializeOwned};

use crate::error::DureError;

/// `city.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CitySheet {
    /// The channel.
    pub channel: ChannelSheet,
    /// Charged coin.
    pub coin: CoinSheet,
    /// Campaigns that open on the first day.
    pub campaigns: Vec<CampaignSheet>,
    /// Where deposits go.
    pub collection: CollectionSheet,
    /// A university whose students may enrol, if there is one.
    pub campus: Option<CampusSheet>,
}

/// A university; its students are in `students.csv`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampusSheet {
    /// Korean name.
    pub name_ko: String,
    /// English name.
    pub name_en: String,
}

/// One ledger's fixed facts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelSheet {
    /// Chain id.
    pub chain: String,
    /// The city's Korean name.
    pub name_ko: String,
    /// The city's Latin name, at most 15 characters (EMVCo field 60).
    pub name_en: String,
    /// ISO 4217.
    pub currency: String,
    /// Minor digits.
    pub digits: u8,
    /// Minutes east of UTC.
    pub utc_offset_minutes: u32,
    /// Blocks of an epoch, the time for which a set of validators stays; at least 8.
    #[serde(default = "default_epoch_blocks")]
    pub epoch_blocks: u64,
}

/// About seven minutes of an idle chain.
const fn default_epoch_blocks() -> u64 {
    1_000
}

/// Terms of campaign 0.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoinSheet {
    /// Public name.
    pub name: String,
    /// Life of a lot in days.
    pub validity_days: u64,
    /// May be sent to other citizens.
    pub transferable: bool,
    /// May be spent at large merchants.
    pub large_merchants: bool,
    /// Most that one citizen may hold, won; 0 for no cap.
    pub holding_cap: u64,
    /// Share of a charge that must be used before its remainder may be cashed out, basis points.
    pub cash_out_bps: u16,
}

/// A campaign to open.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignSheet {
    /// Number, not 0.
    pub id: u32,
    /// Public name.
    pub name: String,
    /// Most that may ever be issued, won.
    pub ceiling: u64,
    /// Issued on the first day, won.
    pub issue: u64,
    /// Bonus on a charge, basis points.
    pub charge_bonus_bps: u16,
    /// Charge a person and month that earns it, won.
    pub monthly_charge_cap: u64,
    /// Life of a lot in days.
    pub validity_days: u64,
    /// Merchant categories; empty for all.
    pub categories: Vec<String>,
    /// May be sent to other citizens.
    pub transferable: bool,
    /// May be spent at large merchants.
    pub large_merchants: bool,
    /// Runs this many days from the first.
    pub days: u64,
}

/// The account that people pay into.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectionSheet {
    /// Name of the bank.
    pub bank: String,
    /// Account number.
    pub account: String,
    /// Account holder.
    pub holder: String,
}

/// What an institution may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Charges and settles.
    Bank,
    /// Funds campaigns.
    Funder,
    /// Registers people and devices.
    Registrar,
    /// Reads everything.
    Auditor,
    /// Runs the network: validators, contract versions.
    Operator,
}

/// A member institution.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstitutionSheet {
    /// Short name for files, such as `city-hall`.
    pub id: String,
    /// Public name.
    pub name: String,
    /// Duties.
    pub duties: Vec<Duty>,
    /// Approvals of different officers that its weighty acts need.
    pub quorum: u32,
    /// Names of its officers' key files.
    pub keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Institutions {
    institutions: Vec<InstitutionSheet>,
}

pub(super) fn read_city(path: &Path) -> Result<CitySheet, DureError> {
    read_toml(path)
}

pub(super) fn read_institutions(path: &Path) -> Result<Vec<InstitutionSheet>, DureError> {
    read_toml::<Institutions>(path).map(|file| file.institutions)
}

fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, DureError> {
    let text = fs::read_to_string(path).map_err(|source| DureError::io("read", path, source))?;
    toml::from_str(&text).map_err(|error| DureError::file(path, error))
}
