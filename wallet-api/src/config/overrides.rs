//! Flags and variables.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

use clap::{CommandFactory, Parser};

use super::{Config, MailTransport};
use crate::start::StartError;

const PREFIX: &str = "DURE_WALLET_";

/// Flags and variables, each of which overrides the file.
#[derive(Debug, Clone, Default, Parser)]
#[command(name = "wallet-api", version, about = "The citizens' wallet: pages, API, ledger follower, mail")]
pub struct Overrides {
    /// TOML file with the settings
    #[arg(long, env = "DURE_WALLET_CONFIG")]
    pub config: Option<PathBuf>,
    /// Address of the pages and endpoints [default: 127.0.0.1:8080]
    #[arg(long, env = "DURE_WALLET_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// Where people reach the wallet, for links in letters: https://wallet.example.kr
    #[arg(long, env = "DURE_WALLET_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// sqlite://path or postgres://… [default: sqlite://data/dure.sqlite]
    #[arg(long, env = "DURE_WALLET_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Ledger nodes, separated by commas [default: http://127.0.0.1:7101 … 7104]
    #[arg(long, env = "DURE_WALLET_NODES", value_delimiter = ',')]
    pub nodes: Option<Vec<String>>,
    /// Key file of the registrar's officer [default: data/keys/wallet.json]
    #[arg(long, env = "DURE_WALLET_KEY_FILE")]
    pub key_file: Option<PathBuf>,
    /// Passphrase of the key file; prefer the variable, arguments are visible to other users of the machine
    #[arg(long, env = "DURE_WALLET_KEY_PASSPHRASE", hide_env_values = true)]
    pub key_passphrase: Option<String>,
    /// Cookies without `Secure`: plain HTTP on one machine only (true or false)
    #[arg(long, env = "DURE_WALLET_INSECURE_COOKIES")]
    pub insecure_cookies: Option<bool>,
    /// Folder of the built web assets
    #[arg(long, env = "DURE_WALLET_ASSETS_DIR")]
    pub assets_dir: Option<PathBuf>,
    /// HTTP threads, 1 to 64 [default: 2]
    #[arg(long, env = "DURE_WALLET_WORKERS")]
    pub workers: Option<usize>,
    /// The first registrar's CSV file: name,birth,email,phone
    #[arg(long, env = "DURE_WALLET_REGISTRAR_CITIZENS")]
    pub registrar_citizens: Option<PathBuf>,
    /// Steps of enrolment a minute and address [default: 60]
    #[arg(long, env = "DURE_WALLET_ENROLMENT_PER_MINUTE")]
    pub enrolment_per_minute: Option<u32>,
    /// PINs a minute and address [default: 60]
    #[arg(long, env = "DURE_WALLET_UNLOCK_PER_MINUTE")]
    pub unlock_per_minute: Option<u32>,
    /// Look-ups of people a minute and person [default: 20]
    #[arg(long, env = "DURE_WALLET_LOOKUP_PER_MINUTE")]
    pub lookup_per_minute: Option<u32>,
    /// Transactions and previews a minute and person [default: 120]
    #[arg(long, env = "DURE_WALLET_TRANSACTIONS_PER_MINUTE")]
    pub transactions_per_minute: Option<u32>,
    /// file, smtp, starttls or tls [default: file]
    #[arg(long, env = "DURE_WALLET_MAIL_TRANSPORT", value_parser = transport)]
    pub mail_transport: Option<MailTransport>,
    /// Folder of the file transport [default: data/mail]
    #[arg(long, env = "DURE_WALLET_MAIL_DIR")]
    pub mail_dir: Option<PathBuf>,
    /// SMTP host [default: 127.0.0.1]
    #[arg(long, env = "DURE_WALLET_MAIL_HOST")]
    pub mail_host: Option<String>,
    /// SMTP port [default: 25]
    #[arg(long, env = "DURE_WALLET_MAIL_PORT")]
    pub mail_port: Option<u16>,
    /// SMTP user
    #[arg(long, env = "DURE_WALLET_MAIL_USERNAME")]
    pub mail_username: Option<String>,
    /// SMTP password
    #[arg(long, env = "DURE_WALLET_MAIL_PASSWORD", hide_env_values = true)]
    pub mail_password: Option<String>,
    /// Sender, such as `Dure <no-reply@example.kr>`
    #[arg(long, env = "DURE_WALLET_MAIL_FROM")]
    pub mail_from: Option<String>,
}

impl Overrides {
    pub(super) fn apply(self, config: &mut Config) {
        set(&mut config.listen, self.listen);
        set(&mut config.database_url, self.database_url);
        set(&mut config.nodes, self.nodes);
        set(&mut config.key_file, self.key_file);
        set(&mut config.key_passphrase, self.key_passphrase);
        set(&mut config.insecure_cookies, self.insecure_cookies);
        set(&mut config.workers, self.workers);
        if let (Some(first), Some(file)) = (config.registrars.first_mut(), self.registrar_citizens) {
            first.file = file;
        }
        set(&mut config.limits.enrolment_per_minute, self.enrolment_per_minute);
        set(&mut config.limits.unlock_per_minute, self.unlock_per_minute);
        set(&mut config.limits.lookup_per_minute, self.lookup_per_minute);
        set(&mut config.limits.transactions_per_minute, self.transactions_per_minute);
        set(&mut config.mail.transport, self.mail_transport);
        set(&mut config.mail.dir, self.mail_dir);
        set(&mut config.mail.host, self.mail_host);
        set(&mut config.mail.port, self.mail_port);
        set(&mut config.mail.username, self.mail_username);
        set(&mut config.mail.password, self.mail_password);
        set(&mut config.mail.from, self.mail_from);
        if self.public_url.is_some() {
            config.public_url = self.public_url;
        }
        if self.assets_dir.is_some() {
            config.assets_dir = self.assets_dir;
        }
    }
}

fn set<T>(slot: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *slot = value;
    }
}

fn transport(text: &str) -> Result<MailTransport, String> {
    match text {
        "file" => Ok(MailTransport::File),
        "smtp" => Ok(MailTransport::Smtp),
        "starttls" => Ok(MailTransport::Starttls),
        "tls" => Ok(MailTransport::Tls),
        _ => Err("file, smtp, starttls or tls".to_owned()),
    }
}

/// A misspelt variable that is silently ignored costs more than a process that does not start.
pub(super) fn refuse_unknown_variables(names: impl Iterator<Item = OsString>) -> Result<(), StartError> {
    let command = Overrides::command();
    for name in names {
        let known = || command.get_arguments().any(|argument| argument.get_env() == Some(&*name));
        if name.to_string_lossy().starts_with(PREFIX) && !known() {
            return Err(StartError::Config(format!("no setting is called {}", name.to_string_lossy())));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_variables_are_refused() {
        let check = |name: &str| refuse_unknown_variables(std::iter::once(OsString::from(name))).is_ok();
        assert!(check("DURE_WALLET_LISTEN"));
        assert!(check("DURE_WALLET_MAIL_PORT"));
        assert!(check("DURE_TILL_ANYTHING"));
        assert!(!check("DURE_WALLET_LISTNE"));
    }

    #[test]
    fn overrides_win() {
        let mut config = Config::default();
        let overrides =
            Overrides { mail_port: Some(2525), assets_dir: Some(PathBuf::from("x")), ..Overrides::default() };
        overrides.apply(&mut config);
        assert_eq!((config.mail.port, config.assets_dir), (2525, Some(PathBuf::from("x"))));
    }
}
