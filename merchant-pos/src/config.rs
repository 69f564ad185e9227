//! What the till can be told, and from where: flags and `DURE_TILL_*` variables win over the TOML file, that over the defaults.

use std::{net::SocketAddr, path::PathBuf};

use dure_service::config::{self, Configuration, Place, SettingsError, settings};

use crate::error::PosError;

/// Flags and variables, each of which overrides the file.
pub type Overrides = config::Overrides<Config>;

settings! {
    /// The process's settings.
    pub struct Config {
        values {
            /// Address of the till's pages and endpoints.
            listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8081)),
            /// The deployment's database: sqlite://path or postgres://….
            database_url: String = config::local_database(),
            /// Ledger nodes, tried in turn: http://host:port, separated by commas.
            nodes: Vec<String> = config::local_nodes(),
            /// Key file of the registrar's officer who certifies tills.
            key_file: PathBuf = PathBuf::from("data/keys/till.json"),
            /// Passphrase of that file; prefer the variable, arguments are visible to other users of the machine.
            key_passphrase: String = String::new(),
            /// Cookies without `Secure`: plain HTTP on one machine only (true or false).
            insecure_cookies: bool = false,
            /// Folder of the built web assets; found by itself when absent.
            assets_dir: Option<PathBuf> = None,
            /// HTTP threads, 1 to 64.
            workers: usize = 2,
        }
        sections {
            /// The city or campus, as named in the header of every page.
            place: Place, "place_",
            /// How often one may try.
            limits: Limits, "",
        }
    }
}

settings! {
    /// `[limits]`: requests a minute, with a burst of the same size.
    pub struct Limits {
        values {
            /// Steps of enrolment a minute and address: a market hall may enrol thirty shops behind one address.
            enrolment_per_minute: u32 = 30,
            /// PINs a minute and address: a shop with many tills behind one address unlocks them all in the morning.
            unlock_per_minute: u32 = 60,
            /// Orders a minute and shop: two sales a second are far above any queue at a till.
            orders_per_minute: u32 = 120,
            /// Refunds and payments by code, with their previews, a minute and device.
            transactions_per_minute: u32 = 60,
            /// Payers' numbers a minute and shop: guessing that of one person takes years, that of any of a thousand eighty hours.
            payer_codes_per_minute: u32 = 20,
        }
    }
}

impl Configuration for Config {
    const PREFIX: &'static str = "DURE_TILL_";
}

impl Config {
    /// Puts the settings together. Refuses unknown keys, unknown `DURE_TILL_*` variables and values out of range.
    pub fn load(overrides: Overrides) -> Result<Self, PosError> {
        let refused = |error: SettingsError| PosError::Config(error.to_string());
        let config: Self = config::load(&overrides, config::environment(Self::PREFIX)).map_err(refused)?;
        config.check().map_err(refused)?;
        Ok(config)
    }

    fn check(&self) -> Result<(), SettingsError> {
        config::check(&config::ledger_rules(&self.nodes, &self.database_url))?;
        config::check(&config::server_rules(self.listen, self.workers, self.insecure_cookies))?;
        let Limits {
            enrolment_per_minute,
            unlock_per_minute,
            orders_per_minute,
            transactions_per_minute,
            payer_codes_per_minute,
        } = self.limits;
        config::check(&config::limit_rule(&[
            enrolment_per_minute,
            unlock_per_minute,
            orders_per_minute,
            transactions_per_minute,
            payer_codes_per_minute,
        ]))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn load(text: &str) -> Result<Config, PosError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("till.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(Overrides::file(path))
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let config = load("listen = '127.0.0.1:9000'\nworkers = 4\n[place]\nko = '새별시'").unwrap();
        assert_eq!((config.listen.port(), config.workers), (9000, 4));
        assert_eq!(config.place.ko, "새별시");
        assert_eq!(config.database_url, "sqlite://data/dure.sqlite");
        assert_eq!(Config::load(Overrides::default().with("workers", "3")).unwrap().workers, 3);
    }

    #[test]
    fn what_is_written_can_be_read() {
        let config = Config { assets_dir: Some(PathBuf::from("dist")), ..Config::default() };
        assert_eq!(load(&toml::to_string(&config).unwrap()).unwrap(), config);
    }

    #[test]
    fn unknown_keys_and_values_out_of_range_are_refused() {
        for text in [
            "port = 9",
            "listen = 8081",
            "nodes = []",
            "workers = 0",
            "[limits]\norders_per_minute = 0",
            "listen = '0.0.0.0:8081'\ninsecure_cookies = true",
        ] {
            assert_eq!(load(text).unwrap_err().code(), "CONFIG_INVALID", "{text}");
        }
    }
}
