//! A small process's settings, from every origin.

#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

use clap::{CommandFactory, Parser};

use crate::{Configuration, Key, Overrides, Settings, SettingsError, load, parse};

crate::settings! {
    /// Mail.
    pub struct Mail {
        values {
            /// Its port.
            port: u16 = 25,
            /// Its host.
            host: String = "127.0.0.1".to_owned(),
        }
    }
}

crate::settings! {
    /// A shop.
    pub struct Shop {
        required {
            /// Its name.
            name: String,
        }
    }
}

crate::settings! {
    /// A process.
    pub struct Config {
        required {
            /// Where its
            /// ledger lies.
            dir: PathBuf,
        }
        values {
            /// Where it listens.
            listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 80)),
            /// Nodes.
            nodes: Vec<String> = vec!["a".to_owned()],
            /// Whether it is quiet.
            quiet: bool = false,
            /// A folder.
            assets: Option<PathBuf> = None,
        }
        sections {
            /// `[mail]`.
            mail: Mail, "mail_",
        }
        lists {
            /// Shops.
            shops: Vec<Shop> = vec![Shop::with("one".to_owned())],
        }
    }
}

impl Configuration for Config {
    const PREFIX: &'static str = "DURE_TEST_";

    fn aliases() -> Vec<Key> {
        vec![Key::alias::<String>("first_shop", &["shops", "0", "name"], "The first shop's name")]
    }
}

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    overrides: Overrides<Config>,
}

fn read(text: &str, variables: &[(&str, &str)], flags: &[&str]) -> Result<Config, SettingsError> {
    let arguments = std::iter::once("test").chain(flags.iter().copied());
    let overrides = Arguments::try_parse_from(arguments).unwrap().overrides;
    let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    parse(text, variables, &overrides)
}

#[test]
fn flags_win_over_variables_those_over_the_file_and_that_over_defaults() {
    let text = "dir = 'd'\nquiet = true\n[mail]\nport = 26\n[[shops]]\nname = 'two'";
    let config = read(text, &[], &[]).unwrap();
    assert_eq!((config.mail.port, config.mail.host.as_str(), config.quiet), (26, "127.0.0.1", true));
    assert_eq!((config.shops.len(), config.listen.port()), (1, 80));
    let variables =
        [("DURE_TEST_MAIL_PORT", "27"), ("DURE_TEST_NODES", "x, y"), ("DURE_TEST_FIRST_SHOP", "three")];
    let config = read(text, &variables, &["--mail-port", "28", "--quiet", "false", "--assets", "5"]).unwrap();
    assert_eq!((config.mail.port, config.quiet, config.assets), (28, false, Some("5".into())));
    assert_eq!(config.nodes, ["x", "y"]);
    assert_eq!(config.shops[0].name, "three");
}

#[test]
fn what_nobody_knows_is_refused() {
    for bad in [
        "dri = 'd'",
        "dir = 'd'\nlisten = 7",
        "dir = 'd'\n[mail]\nhots = 'x'",
        "",
        "dir = 'd'\n[[shops]]\nnaem = 'x'",
    ] {
        assert!(matches!(read(bad, &[], &[]), Err(SettingsError::Invalid(_))), "{bad}");
    }
    let unknown = read("dir = 'd'", &[("DURE_TEST_LISTNE", "x")], &[]);
    assert_eq!(unknown, Err(SettingsError::UnknownVariable("DURE_TEST_LISTNE".to_owned())));
    let list = read("dir = 'd'", &[("DURE_TEST_SHOPS", "x")], &[]);
    assert!(matches!(list, Err(SettingsError::UnknownVariable(_))));
    assert!(read("dir = 'd'", &[("DURE_OTHER_LISTNE", "x"), ("DURE_TEST_CONFIG", "x")], &[]).is_ok());
    let not_a_number = read("dir = 'd'", &[("DURE_TEST_MAIL_PORT", "many")], &[]).unwrap_err();
    assert!(not_a_number.to_string().contains("DURE_TEST_MAIL_PORT"), "{not_a_number}");
}

#[test]
fn what_is_written_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.toml");
    let config = Config { nodes: Vec::new(), ..Config::with("d".into()) };
    std::fs::write(&path, toml::to_string(&config).unwrap()).unwrap();
    assert_eq!(load::<Config>(&Overrides::file(path), std::iter::empty()).unwrap(), config);
}

#[test]
fn the_help_names_every_key_with_variable_default_and_meaning() {
    let help = Arguments::command().render_long_help().to_string();
    for key in Config::keys() {
        assert!(help.contains(&key.meaning), "{}", key.name);
    }
    for part in [
        "--mail-port",
        "DURE_TEST_MAIL_PORT",
        "[file: mail.port]",
        "[default: 25]",
        "[required]",
        "[[shops]]",
        "[default: none]",
    ] {
        assert!(help.contains(part), "{part}: {help}");
    }
    assert!(help.contains("Where its ledger lies."));
}
