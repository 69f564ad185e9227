//! Seeds of what people and banks write.

use std::{fs, path::Path};

use dure::city::City;
use dure_ledger_client::KeyFile;
use dure_web::emvco::MerchantQr;
use ledger_node::{NodeConfig, config::OrdererKind};
use sandbox_bank::{Bank, Config, Reason};

use crate::files::Scratch;

pub fn names() -> Vec<Vec<u8>> {
    let (half, whole) = ("0123456789abcdef".repeat(2), "0123456789abcdef".repeat(4));
    ["x", "test-1", "5814", "127.0.0.1:7201", "260101-7F3K9Q2M", "지역사랑 Voucher", &half, &whole]
        .map(|text| text.as_bytes().to_vec())
        .to_vec()
}

pub fn key_files() -> Vec<Vec<u8>> {
    let scratch = Scratch::new();
    let path = scratch.path().join("key.json");
    KeyFile::create_with_seed(&path, "not the guess", &[3; 32]).expect("a key file");
    let text = fs::read_to_string(path).expect("it was written");
    let cheap = text.replace("65536", "64").replace("\"passes\": 3", "\"passes\": 1");
    vec![text.into_bytes(), cheap.into_bytes()]
}

pub fn node_configs() -> Vec<Vec<u8>> {
    let plain = NodeConfig::new("genesis.json".into(), "key".into(), "data".into(), OrdererKind::Solo);
    let text = plain.to_toml().expect("TOML");
    let members = "members = [{ public_key = '".to_owned() + &"ab".repeat(32) + "', tier = 'auditor' }]\n";
    let more = format!(
        "{members}validators = [{{ public_key = '{}', address = '127.0.0.1:1' }}]\n",
        "cd".repeat(32)
    );
    let variables = format!("{text}\0DURE_NODE_HTTP_WORKERS=2\nDURE_NODE_LOG_FILTER=info\nPATH=/bin");
    vec![text.clone().into_bytes(), format!("{more}{text}").into_bytes(), variables.into_bytes()]
}

pub fn service_configs() -> Vec<Vec<u8>> {
    let wallet = toml::to_string(&wallet_api::Config::default()).expect("TOML");
    let till = toml::to_string(&merchant_pos::Config::default()).expect("TOML");
    let settlement = toml::to_string(&settlement::Config::default()).expect("TOML");
    let bank =
        "listen = '127.0.0.1:8090'\ndir = 'data/bank'\n[collection]\nnumber = '1-2'\nname = 'x'\n".to_owned();
    (0u8..)
        .zip([wallet, till, settlement, bank])
        .map(|(number, text)| numbered(number, text.as_bytes()))
        .collect()
}

fn numbered(number: u8, text: &[u8]) -> Vec<u8> {
    [&[number], text].concat()
}

pub fn tables() -> Vec<Vec<u8>> {
    let city = City::demo_folder();
    let read = |name: &str| fs::read(city.join(name)).expect("the demo city");
    // Beginnings are enough, and cut rows are seeds of their own.
    let start = |name: &str| read(name).into_iter().take(1_500).collect::<Vec<_>>();
    let files = ["city.toml", "institutions.toml", "citizens.csv", "merchants.csv", "recipients.csv"];
    let mut seeds: Vec<_> = (0u8..).zip(files).map(|(number, name)| numbered(number, &start(name))).collect();
    let whole = ["city.toml", "institutions.toml"];
    seeds.extend((0u8..).zip(whole).map(|(number, name)| numbered(number, &read(name))));
    seeds.push(numbered(5, b"date,name\n2026-01-01,New Year\n2026-02-16,\n"));
    seeds.push(numbered(6, &start("citizens.csv")));
    seeds.push(numbered(6, &start("students.csv")));
    seeds
}

pub fn codes() -> Vec<Vec<u8>> {
    let plain = MerchantQr::new("M000101", "5814", "Saebyeol Cafe", "Sebyeol", None);
    let sale =
        MerchantQr::new("M000101", "5814", "Saebyeol Cafe", "Sebyeol", Some(("260101-7F3K9Q2M", 4_500)));
    let full = MerchantQr {
        bill: Some("B-1".into()),
        terminal: Some("T1".into()),
        name_ko: Some("새별 카페".into()),
        ..sale.clone()
    };
    [plain, sale, full].map(|code| code.encode().expect("a code").into_bytes()).to_vec()
}

pub fn wishes() -> Vec<Vec<u8>> {
    let text = ["en\n\n", "\ndure_lang=ko; dure_large=1\nen;q=0.5, ko-KR;q=0.9, *;q=0", "fr\na=b\nko"];
    text.map(|text| text.as_bytes().to_vec()).to_vec()
}

/// The order of settlement's golden file.
fn order() -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read(root.join("settlement/tests/golden/pain001.xml")).expect("the golden file")
}

pub fn bank_orders() -> Vec<Vec<u8>> {
    vec![order()]
}

/// What the practice bank writes after a deposit and two orders, one of them with a refusal, and the same as one line.
pub fn bank_files() -> Vec<Vec<u8>> {
    let scratch = Scratch::new();
    let config = Config { dir: scratch.path().to_owned(), ..Config::default() };
    let bank = Bank::open(&config).expect("a new bank");
    bank.deposit("김미나", 50_000, "MINA 7").expect("a deposit");
    let text = String::from_utf8(order()).expect("text");
    for (number, odd) in [(0, false), (1, true)] {
        let account =
            text.split("<CdtrAcct>").nth(1).and_then(|part| part.split("<Id>").nth(2)).unwrap_or_default();
        let account = account.split('<').next().unwrap_or_default();
        if odd && !account.is_empty() {
            bank.set_rejection(account, Some(Reason::Ac04)).expect("a known reason");
        }
        let order = text.replacen("<MsgId>", &format!("<MsgId>{number}"), 1);
        fs::write(scratch.path().join("inbox").join(format!("{number}.xml")), order).expect("room");
        bank.sweep().expect("an answer");
    }
    let mut seeds = Vec::new();
    for entry in fs::read_dir(scratch.path().join("outbox")).expect("the outbox").flatten() {
        let file = fs::read_to_string(entry.path()).expect("text");
        seeds.push(file.lines().map(str::trim).collect::<String>().into_bytes());
        seeds.push(file.into_bytes());
    }
    seeds
}
