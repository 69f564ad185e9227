//! The configuration files that the package installs are taken by the programs that read them.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use ledger_node::config::NodeConfig;

fn installed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/package/etc").join(name)
}

#[test]
fn every_example_is_valid_and_keeps_data_where_the_unit_lets_it() {
    let flags = ledger_node::config::Overrides::file(installed("node.toml"));
    let node = NodeConfig::load(&flags, std::iter::empty()).unwrap();
    assert!(node.data_dir.starts_with("/var/lib/dure-node"));

    let wallet = wallet_api::Overrides::file(installed("wallet.toml"));
    let wallet = wallet_api::Config::load(wallet).unwrap();
    let till = merchant_pos::Overrides::file(installed("till.toml"));
    let till = merchant_pos::Config::load(till).unwrap();
    let gateway = settlement::Config::load(settlement::Overrides::file(installed("gateway.toml"))).unwrap();

    // The three read one database.
    assert_eq!(wallet.database_url, till.database_url);
    assert_eq!(wallet.database_url, gateway.database_url);
    for folder in [&gateway.dir, &gateway.bank_inbox, &gateway.bank_outbox, &wallet.mail.dir] {
        assert!(folder.starts_with("/var/lib/dure"), "{}", folder.display());
    }
    // No example runs on a machine's open network, or with a passphrase that everybody knows.
    assert!(
        node.http_listen.ip().is_loopback()
            && wallet.listen.ip().is_loopback()
            && till.listen.ip().is_loopback()
    );
    for passphrase in [&wallet.key_passphrase, &till.key_passphrase, &gateway.key_passphrase] {
        assert!(passphrase.is_empty());
    }
}
