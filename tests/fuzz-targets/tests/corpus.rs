//! Replays every corpus and tries some thousand inputs made of it, the same each time. A failure names the file and how
//! to repeat it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::fs;

use dure_fuzz_targets::{
    TARGETS, corpus, find,
    mutate::{Dice, mutate},
    reach::taken,
    run::run,
};

fn check(name: &str) {
    let target = find(name).unwrap();
    let corpus = corpus::read(&corpus::folder(name)).unwrap();
    assert!(!corpus.is_empty(), "{name} has no corpus");
    let again = |file: &str| format!("repeat: cargo run -p dure-fuzz-targets -- replay {name} {file}");
    for (path, data) in &corpus {
        run(target, data).unwrap_or_else(|said| panic!("{said}\n{}", again(&path.display().to_string())));
    }
    let inputs: Vec<Vec<u8>> = corpus.into_iter().map(|(_, data)| data).collect();
    let mut dice = Dice::new(0xd0_5e);
    for _ in 0..target.mutations {
        let data = mutate(&mut dice, &inputs, target.max_len);
        if let Err(said) = run(target, &data) {
            let file = std::env::temp_dir().join(format!("crash-{name}"));
            fs::write(&file, data).unwrap();
            panic!("{said}\n{}", again(&file.display().to_string()));
        }
    }
}

/// What lies behind doors is reached: sessions and signatures of the seeds are good, blocks are voted for.
#[test]
fn seeds_get_through() {
    for (target, least) in [
        ("node_sync", 2),
        ("node_verdict", 1),
        ("http_node", 15),
        ("http_members", 15),
        ("http_wallet", 15),
        ("http_till", 10),
        ("http_bank", 8),
    ] {
        let (good, all) = taken(target);
        println!("{target}: {good} of {all}");
        assert!(good >= least, "{target}: only {good} of {all} seeds are taken");
    }
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test] fn $name() { check(stringify!($name)); })*

        #[test]
        fn every_target_is_replayed() {
            let replayed = [$(stringify!($name)),*];
            assert!(TARGETS.iter().map(|target| target.name).eq(replayed));
        }
    };
}

targets! {
    score_transaction score_codec score_json score_names score_signature score_window score_apply
    consensus_block consensus_certificate
    proof_json proof_cbor proof_two_readers
    client_block client_answers client_key_file
    node_archive node_records node_sync node_verdict node_tree node_config
    service_configs tables web_qr web_request bank_files bank_orders
    http_node http_members http_wallet http_till http_bank
}
