//! The sections of the settings file.

use std::path::PathBuf;

use dure_service::config::{self, SettingsError, settings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a registrar asks a person for, besides the mailbox that the code goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// Name and date of birth.
    Residents,
    /// The student number; the mailbox is the school's.
    Students,
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
    /// Whether its id is of its form.
    pub(super) fn is_named(&self) -> bool {
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        (1..=30).contains(&self.id.len()) && self.id.bytes().all(letter)
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

settings! {
    /// `[mail]`.
    pub struct Mail {
        values {
            /// How mail leaves: file, smtp, starttls or tls.
            transport: MailTransport = MailTransport::File,
            /// Folder of the file transport.
            dir: PathBuf = PathBuf::from("data/mail"),
            /// SMTP host.
            host: String = "127.0.0.1".to_owned(),
            /// SMTP port.
            port: u16 = 25,
            /// SMTP user; empty for none.
            username: String = String::new(),
            /// SMTP password.
            password: String = String::new(),
            /// Sender, such as `Dure <no-reply@example.kr>`.
            from: String = "Dure <no-reply@sebyeol.example>".to_owned(),
        }
    }
}

settings! {
    /// `[charge]`: the account that people pay into.
    pub struct Charge {
        values {
            /// Name of the bank that people transfer won to.
            bank: String = "두레은행 Dure Bank".to_owned(),
            /// Number of the account there.
            account: String = "100-000-000001".to_owned(),
            /// Holder of the account there.
            holder: String = "Dure collection account".to_owned(),
        }
    }
}

settings! {
    /// `[limits]`: requests a minute, with a burst of the same size.
    pub struct Limits {
        values {
            /// Steps of enrolment a minute and address: a service desk enrols many people behind one.
            enrolment_per_minute: u32 = 60,
            /// PINs a minute and address.
            unlock_per_minute: u32 = 60,
            /// Look-ups of people a minute and person.
            lookup_per_minute: u32 = 20,
            /// Transactions and previews a minute and person.
            transactions_per_minute: u32 = 120,
        }
    }
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        config::check(&config::limit_rule(&[
            self.enrolment_per_minute,
            self.unlock_per_minute,
            self.lookup_per_minute,
            self.transactions_per_minute,
        ]))
    }
}
