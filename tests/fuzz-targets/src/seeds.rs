//! Where the corpora begin: valid inputs of every target, made by the code under test. Fuzzing adds to them; after a
//! change of a format `dure-fuzz-driver seed` writes them anew.

mod contract;
mod counter;
mod node;
mod requests;
mod texts;

use std::{collections::BTreeSet, fs, io};

use dure_score::ids::sha256;

use crate::{TARGETS, corpus, tree};

/// The seeds of a target.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "score_transaction" => contract::transactions(),
        "score_codec" => contract::cbor(),
        "score_json" => contract::json(),
        "score_names" => texts::names(),
        "score_signature" => contract::signatures(),
        "score_window" => contract::windows(),
        "score_apply" => contract::scripts(),
        "consensus_block" => node::blocks(),
        "consensus_certificate" => node::certificates(),
        "proof_json" => node::proofs().into_iter().map(|(json, _)| json).collect(),
        "proof_cbor" => node::proofs().into_iter().map(|(_, cbor)| cbor).collect(),
        "proof_two_readers" => node::finality(),
        "client_block" => contract::served_blocks(),
        "client_answers" => requests::answers(),
        "client_key_file" => texts::key_files(),
        "node_archive" => node::archive(),
        "node_records" => node::records(),
        "node_sync" => node::sync(),
        "node_verdict" => node::verdicts(),
        "node_tree" => tree::seeds(),
        "node_config" => texts::node_configs(),
        "service_configs" => texts::service_configs(),
        "tables" => texts::tables(),
        "web_qr" => texts::codes(),
        "web_request" => texts::wishes(),
        "bank_files" => texts::bank_files(),
        "bank_orders" => texts::bank_orders(),
        "http_node" => requests::node(),
        "http_members" => requests::members(),
        "http_wallet" => [requests::wallet(), counter::requests()].concat(),
        "http_till" => requests::till(),
        "http_bank" => requests::bank(),
        _ => Vec::new(),
    }
}

/// Writes the seeds of every target into its corpus.
pub fn write() -> io::Result<()> {
    for target in TARGETS {
        let folder = corpus::folder(target.name);
        fs::create_dir_all(&folder)?;
        for seed in of(target.name).into_iter().collect::<BTreeSet<_>>() {
            let digest = sha256(&[&seed]);
            fs::write(folder.join(format!("seed-{}", hex::encode(&digest[..6]))), seed)?;
        }
    }
    Ok(())
}
