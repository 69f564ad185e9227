//! What the wallet can be told, and from where: flags and `DURE_WALLET_*` variables win over the TOML file, that over the
//! defaults.

mod sections;

use std::{net::SocketAddr, path::PathBuf};

use dure_service::config::{self, Configuration, Key, Place, SettingsError, settings};

use crate::start::StartError;
pub use sections::{Asks, Charge, Limits, Mail, MailTransport, Registrar};

/// Flags and variables, each of which overrides the file.
pub type Overrides = config::Overrides<Config>;

settings! {
    /// The process's settings.
    pub struct Config {
        values {
            /// Address of the pages and endpoints.
            listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080)),
            /// Where people reach the wallet, such as https://wallet.example.kr: for links in letters, which have none without it.
            public_url: Option<String> = None,
            /// Certificate of an authority that phones are told how to trust (`/trust`): for a service with a certificate of its
            /// own making.
            authority_file: Option<PathBuf> = None,
            /// The deployment's database: sqlite://path or postgres://….
            database_url: String = config::local_database(),
            /// Ledger nodes, tried in turn: http://host:port, separated by commas.
            nodes: Vec<String> = config::local_nodes(),
            /// Key file of the registrar's officer who certifies people's devices.
            key_file: PathBuf = PathBuf::from("data/keys/wallet.json"),
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
            /// The city or campus, for the pages' header.
            place: Place, "place_",
            /// How mail leaves.
            mail: Mail, "mail_",
            /// Where people transfer won to.
            charge: Charge, "charge_",
            /// How often one may try.
            limits: Limits, "",
        }
        lists {
            /// Who vouches for people (id, asks, name_ko, name_en, file); whoever names none means the first.
            registrars: Vec<Registrar> = vec![Registrar::default()],
        }
    }
}

impl Configuration for Config {
    const PREFIX: &'static str = "DURE_WALLET_";

    fn aliases() -> Vec<Key> {
        let meaning = "The first registrar's CSV file: name,birth,email,phone.";
        vec![Key::alias::<PathBuf>("registrar_citizens", &["registrars", "0", "file"], meaning)]
    }
}

impl Config {
    /// Puts the settings together. Refuses unknown keys, unknown `DURE_WALLET_*` variables, values out of range.
    pub fn load(overrides: Overrides) -> Result<Self, StartError> {
        let refused = |error: SettingsError| StartError::Config(error.to_string());
        let config: Self = config::load(&overrides, config::environment(Self::PREFIX)).map_err(refused)?;
        config.check().map_err(refused)?;
        Ok(config)
    }

    fn check(&self) -> Result<(), SettingsError> {
        config::check(&config::ledger_rules(&self.nodes, &self.database_url))?;
        config::check(&config::server_rules(self.listen, self.workers, self.insecure_cookies))?;
        let web = self.public_url.as_ref().is_none_or(|url| url.starts_with("http"));
        config::check(&[
            (web, "public_url must begin with https:// or http://"),
            (
                self.registrars.iter().all(Registrar::is_named),
                "a registrar's id must be 1 to 30 of a-z, 0-9 and -",
            ),
        ])?;
        self.limits.check()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> Result<Config, StartError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("wallet.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(Overrides::file(path))
    }

    #[test]
    fn a_file_may_set_anything_known_and_nothing_else() {
        let text = "listen = '127.0.0.1:9000'\n[mail]\ntransport = 'smtp'\nport = 2525\n[limits]\nlookup_per_minute = 3\n";
        let config = read(text).unwrap();
        assert_eq!(config.listen.port(), 9000);
        assert_eq!((config.mail.transport, config.mail.port), (MailTransport::Smtp, 2525));
        assert_eq!(config.limits.lookup_per_minute, 3);
        for bad in ["listne = 'x'", "[mail]\nhots = 'x'", "listen = 7", "[mail]\ntransport = 'pigeon'"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        let written = toml::to_string(&Config::default()).unwrap();
        assert_eq!(read(&written).unwrap(), Config::default());
    }

    #[test]
    fn flags_win() {
        let flags = [
            ("mail_port", "2525"),
            ("assets_dir", "x"),
            ("mail_transport", "tls"),
            ("registrar_citizens", "y"),
        ];
        let overrides = flags.iter().fold(Overrides::default(), |all, (name, value)| all.with(name, value));
        let config = Config::load(overrides).unwrap();
        assert_eq!((config.mail.port, config.mail.transport), (2525, MailTransport::Tls));
        assert_eq!(
            (config.assets_dir, config.registrars[0].file.clone()),
            (Some("x".into()), PathBuf::from("y"))
        );
    }

    #[test]
    fn values_out_of_range_are_refused() {
        let check = |change: fn(&mut Config)| {
            let mut config = Config::default();
            change(&mut config);
            config.check().is_ok()
        };
        assert!(check(|_| {}));
        assert!(!check(|c| c.nodes.clear()));
        assert!(!check(|c| c.workers = 0));
        assert!(!check(|c| c.public_url = Some("wallet.kr".to_owned())));
        assert!(!check(|c| c.registrars[0].id = "A".to_owned()));
        assert!(!check(|c| c.limits.unlock_per_minute = 0));
        assert!(!check(|c| {
            c.listen = SocketAddr::from(([0, 0, 0, 0], 1));
            c.insecure_cookies = true;
        }));
    }
}
