//! The list of targets: which decoders each covers, and the longest input that is worth trying.

use crate::{bank, client, consensus, files, forms, http, node, proofs, qr, score, tree};

/// One thing to fuzz.
pub struct Target {
    /// Its name; also that of its corpus' folder.
    pub name: &'static str,
    /// Takes any bytes; panics if the product breaks a promise.
    pub run: fn(&[u8]),
    /// Longest input that a fuzzer should make, bytes.
    pub max_len: usize,
    /// Inputs that `make test` makes of the corpus, beside replaying it: fewer where one takes long.
    pub mutations: u32,
    /// The decoders that it covers.
    pub covers: &'static str,
}

/// The target called `name`.
pub fn find(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

macro_rules! targets {
    ($($name:literal, $run:path, $max_len:literal, $mutations:literal, $covers:literal;)*) => {
        &[$(Target { name: $name, run: $run, max_len: $max_len, mutations: $mutations, covers: $covers }),*]
    };
}

/// Every target.
#[rustfmt::skip]
pub const TARGETS: &[Target] = targets![
    "score_transaction", score::transaction, 2048, 4000,
        "SignedTx::from_wire, SignedTx::from_parts, Transaction, every call";
    "score_codec", forms::codec, 2048, 6000,
        "CBOR of genesis, every state record, receipt, effect, refusal, mandate, nonce window, validator set";
    "score_json", forms::json, 4096, 4000,
        "JSON of the same, of keys, signatures, ids and amounts";
    "score_names", score::names, 512, 6000,
        "FromStr of every id and code, titles";
    "score_signature", score::signature, 512, 300,
        "PublicKey, Signature: one rule for single and batch; signed requests";
    "score_window", score::window, 512, 3000,
        "the nonce window against a set of numbers";
    "score_apply", score::apply, 4096, 60,
        "apply() of any sequence of decoded calls on a prepared town, beside the naive model";
    "consensus_block", consensus::block, 4096, 6000,
        "BlockHeader::decode, Block::decode, the client's Header::parse";
    "consensus_certificate", consensus::certificate, 1024, 300,
        "the certificate, by the engine and by the client's own reader";
    "proof_json", proofs::json, 16384, 600,
        "TransactionProof, AccountProof, FinalityProof, Handover, Blob in JSON; their verification";
    "proof_cbor", proofs::cbor, 8192, 800,
        "the same in CBOR; the node's own forms of them";
    "proof_two_readers", proofs::two_readers, 4096, 300,
        "FinalityProof with handovers by the node's verifier and by the client's";
    "client_block", client::block, 16384, 1500,
        "Block::from_json with transactions and receipts";
    "client_answers", client::answers, 16384, 60,
        "every answer of a node as LedgerClient reads it: status, account, certificate, campaigns, payment, supply, transaction, blocks, batch, payout, deposit, genesis, proofs, problem documents, the event stream";
    "client_key_file", client::key_file, 2048, 400,
        "KeyFile::public_key_of, KeyFile::open";
    "node_archive", node::archive, 8192, 2000,
        "frames, snapshot manifest and its proof, chunk, segment, backup manifest";
    "node_records", node::records, 4096, 4000,
        "stored Head, BlockRecord, Place, Joined, AppHeader, items, StoredBlock, SyncBlock, a peer's batch";
    "node_sync", node::sync, 8192, 400,
        "a peer's blocks: follow::check::certain";
    "node_verdict", node::verdict, 8192, 400,
        "a proposed block: NodeApplication::verify";
    "node_tree", tree::damaged, 1024, 1500,
        "rows of leaves when a ledger is opened, when a proof is made and when a block is applied";
    "node_config", files::node_config, 2048, 1500,
        "NodeConfig TOML and its variables";
    "service_configs", files::service_configs, 2048, 400,
        "TOML of wallet-api, merchant-pos, settlement, sandbox-bank";
    "tables", files::tables, 2048, 400,
        "CSV of recipients, citizens, merchants and of the registrar; city.toml, institutions.toml; bank holidays";
    "web_qr", qr::qr, 1024, 3000,
        "EMVCo TLV and CRC, the picture of a code";
    "web_request", qr::request, 1024, 4000,
        "language, cookies, Accept-Language";
    "bank_files", bank::customer, 16384, 2000,
        "camt.054 and pain.002 as settlement reads them";
    "bank_orders", bank::bank, 16384, 60,
        "pain.001 and the book as sandbox-bank reads them";
    "http_node", http::node, 4096, 150,
        "every route of a node: paths, queries, headers, CBOR and JSON bodies";
    "http_members", http::members, 4096, 150,
        "the same with access by members: signed requests";
    "http_wallet", http::wallet, 4096, 120,
        "every route of wallet-api, with and without a session";
    "http_till", http::till, 4096, 120,
        "every route of merchant-pos, with and without a session";
    "http_bank", http::bank, 4096, 120,
        "every route of sandbox-bank";
];
