//! The sections of the settings file.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{registrar::Asks, start::StartError};

/// `[place]`: the city or campus.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Place {
    /// Korean name.
    pub ko: String,
    /// English name.
    pub en: String,
}

/// `[[registrars]]`: whose data decides who may enrol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registrar {
    /// Short name, kept with each person: lowercase letters, digits and hyphens.
    pub id: String,
    /// What it asks people for, and so what its file holds.
    pub asks: Asks,
    /// Korean name.
    pub name_ko: String,
    /// English name.
    pub name_en: String,
    /// CSV file: name, birth, email, phone of residents; number, name, birth, email of students.
    pub file: PathBuf,
}

impl Default for Registrar {
    fn default() -> Self {
        Self {
            id: "registry".to_owned(),
            asks: Asks::Residents,
            name_ko: "시민등록소".to_owned(),
            name_en: "Citizen registry".to_owned(),
            file: PathBuf::from("dure/demo/citizens.csv"),
        }
    }
}

impl Registrar {
    pub(super) fn check(&self) -> Result<(), StartError> {
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let good = (1..=30).contains(&self.id.len()) && self.id.bytes().all(letter);
        if good {
            Ok(())
        } else {
            Err(StartError::Config("a registrar's id must be 1 to 30 of a-z, 0-9 and -".to_owned()))
        }
    }
}

/// How mail leaves the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTransport {
    /// One `.eml` file a mail into `dir`.
    File,
    /// SMTP without TLS; for a relay on this machine only.
    Smtp,
    /// SMTP with STARTTLS.
    Starttls,
    /// SMTP inside TLS.
    Tls,
}

/// `[mail]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// How.
    pub transport: MailTransport,
    /// Folder of the file transport.
    pub dir: PathBuf,
    /// SMTP host.
    pub host: String,
    /// SMTP port.
    pub port: u16,
    /// SMTP user; empty for none.
    pub username: String,
    /// SMTP password.
    pub password: String,
    /// Sender, such as `Dure <no-reply@example.kr>`.
    pub from: String,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            transport: MailTransport::File,
            dir: PathBuf::from("data/mail"),
            host: "127.0.0.1".to_owned(),
            port: 25,
            username: String::new(),
            password: String::new(),
            from: "Dure <no-reply@sebyeol.example>".to_owned(),
        }
    }
}

/// `[charge]`: the account that people pay into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Charge {
    /// Name of the bank.
    pub bank: String,
    /// Account number.
    pub account: String,
    /// Account holder.
    pub holder: String,
}

impl Default for Charge {
    fn default() -> Self {
        Self {
            bank: "두레은행 Dure Bank".to_owned(),
            account: "100-000-000001".to_owned(),
            holder: "Dure collection account".to_owned(),
        }
    }
}

/// `[limits]`: requests a minute, with a burst of the same size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Steps of enrolment, per address: a service desk enrols many people behind one.
    pub enrolment_per_minute: u32,
    /// PIN attempts, per address.
    pub unlock_per_minute: u32,
    /// Look-ups of people, per person.
    pub lookup_per_minute: u32,
    /// Transactions and previews, per person.
    pub transactions_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            enrolment_per_minute: 60,
            unlock_per_minute: 60,
            lookup_per_minute: 20,
            transactions_per_minute: 120,
        }
    }
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), StartError> {
        let all = [
            self.enrolment_per_minute,
            self.unlock_per_minute,
            self.lookup_per_minute,
            self.transactions_per_minute,
        ];
        // A thousand a second is no limit any more; the bound keeps the arithmetic of periods exact.
        let good = all.iter().all(|limit| (1..=60_000).contains(limit));
        if good { Ok(()) } else { Err(StartError::Config("limits must be 1 to 60000 a minute".to_owned())) }
    }
}
