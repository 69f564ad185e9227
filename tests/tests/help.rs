//! `--help` of every process of ours names every key of its settings.

#![allow(clippy::unwrap_used)]

use dure_service::config::{Configuration, Origin};
use dure_tests::program::program;

fn names_every_key<C: Configuration>(name: &str) {
    let output = program(name).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    // A terminal's width breaks lines anywhere.
    let words: String = help.split_whitespace().collect();
    let has = |text: &str| words.contains(&text.split_whitespace().collect::<String>());
    let keys = C::keys();
    assert!(output.status.success() && keys.len() > 10, "{name}: {help}");
    for key in keys {
        assert!(has(&key.meaning), "{name} does not say what {} means: {help}", key.name);
        match key.origin {
            Origin::File => assert!(has(&format!("[[{}]]", key.name)), "{name}: {}", key.name),
            Origin::Required => assert!(has(&format!("[env: {}] [required]", key.variable(C::PREFIX)))),
            Origin::Anywhere => {
                let said = format!("[env: {}] [default: {}]", key.variable(C::PREFIX), key.default_text());
                assert!(has(&said), "{name} does not say {said}: {help}");
            }
        }
    }
}

#[test]
fn every_key_is_named() {
    names_every_key::<ledger_node::NodeConfig>("ledger-node");
    names_every_key::<wallet_api::Config>("wallet-api");
    names_every_key::<merchant_pos::Config>("merchant-pos");
    names_every_key::<settlement::Config>("settlement");
}
