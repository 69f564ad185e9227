//! The tables of the contract against the code, and the page against the tables.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::{collections::BTreeSet, fs, path::Path};

use dure_score::{
    Refusal,
    reference::{self, ADMISSION, ANYWHERE, EFFECTS, LIMITS, RECORDS},
};

/// `(number, variant)` of every variant in a source file, in order.
fn variants(source: &str) -> Vec<(u32, String)> {
    let mut out = Vec::new();
    let mut number = None;
    for line in source.lines() {
        // Variants stand one step in; fields of variants two.
        let Some(line) = line.strip_prefix("    ").filter(|line| !line.starts_with(' ')) else { continue };
        if let Some(written) = line.strip_prefix("#[n(").and_then(|rest| rest.strip_suffix(")]")) {
            number = written.parse().ok();
        } else if let Some(number) = number.take() {
            let name: String = line.chars().take_while(char::is_ascii_alphanumeric).collect();
            out.push((number, name));
        }
    }
    out
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[test]
fn every_call_has_its_entry() {
    let source = include_str!("../src/call.rs");
    let published = |variant: &str| {
        let (_, after) = source.split_once(&format!("Self::{variant}(_) => \"")).expect(variant);
        after.split_once('"').unwrap().0.to_owned()
    };
    let code: Vec<_> =
        variants(source).into_iter().map(|(number, variant)| (number, published(&variant))).collect();
    let table: Vec<_> =
        reference::calls().iter().map(|entry| (entry.number, entry.name.to_owned())).collect();
    assert!(code.len() >= 29, "the source was not understood: {code:?}");
    assert_eq!(code, table);
}

#[test]
fn every_effect_has_its_entry() {
    let source = include_str!("../src/effect.rs");
    let code: Vec<_> = variants(source).into_iter().map(|(number, name)| (number, snake(&name))).collect();
    let table: Vec<_> = EFFECTS.iter().map(|entry| (entry.number, entry.name.to_owned())).collect();
    assert!(code.len() >= 36, "the source was not understood: {code:?}");
    assert_eq!(code, table);
    let known: BTreeSet<_> = EFFECTS.iter().map(|entry| entry.name).collect();
    for entry in reference::calls() {
        assert!(!entry.effects.is_empty(), "{} says nothing", entry.name);
        entry.effects.iter().for_each(|name| assert!(known.contains(name), "{}: {name}", entry.name));
    }
    let said: BTreeSet<_> = reference::calls().iter().flat_map(|entry| entry.effects).copied().collect();
    assert_eq!(said, known, "an effect that no call has");
}

#[test]
fn every_refusal_is_somebodys_answer_and_every_answer_is_a_refusal() {
    let codes: BTreeSet<_> = Refusal::all().iter().map(Refusal::code).collect();
    let calls = reference::calls();
    let own = calls.iter().flat_map(|entry| entry.checks);
    let listed: BTreeSet<_> = ADMISSION.iter().chain(ANYWHERE).chain(own).map(|check| check.code).collect();
    assert_eq!(listed, codes);
    assert!(reference::may_answer("token.pay", "ORDER_PAID"));
    assert!(reference::may_answer("governance.approve", "BUDGET_EXCEEDED"), "by the call that it executes");
    assert!(!reference::may_answer("token.pay", "BUDGET_EXCEEDED"));
    assert!(!reference::may_answer("token.lend", "NOT_ALLOWED"));
    assert!(reference::may_cause("governance.approve", "issued"));
    assert!(!reference::may_cause("token.pay", "issued"));
}

#[test]
fn every_bound_and_every_record_is_named() {
    let source = include_str!("../src/limits.rs");
    let constants = source.lines().filter_map(|line| line.strip_prefix("pub const "));
    let code: BTreeSet<_> = constants.filter_map(|line| Some(line.split_once(':')?.0)).collect();
    let table: BTreeSet<_> = LIMITS.iter().map(|limit| limit.name).collect();
    let units = BTreeSet::from(["MINUTE_MS", "DAY_MS", "BPS", "NEVER"]);
    assert_eq!(code.difference(&units).copied().collect::<BTreeSet<_>>(), table);
    let key = include_str!("../src/key.rs");
    let code: Vec<_> = key.lines().filter_map(|line| line.split_once("join(b'")?.1.chars().next()).collect();
    let table: Vec<_> = RECORDS.iter().map(|record| record.letter).collect();
    assert_eq!(code, table);
}

#[test]
fn every_sentence_is_there_in_both_languages() {
    let page = reference::page::contract();
    let mut texts = Vec::new();
    for entry in reference::calls() {
        texts.extend([entry.purpose, entry.signer]);
        texts.extend(entry.checks.iter().map(|check| check.rule));
        texts.extend(entry.changes);
    }
    texts.extend(EFFECTS.iter().map(|effect| effect.says));
    texts.extend(LIMITS.iter().map(|limit| limit.says));
    texts.extend(RECORDS.iter().map(|record| record.holds));
    for text in texts {
        assert!(text.ko.chars().any(|letter| ('가'..='힣').contains(&letter)), "not Korean: {}", text.ko);
        assert!(text.en.is_ascii() || text.en.contains(['→', '×', '÷', '–']), "not English: {}", text.en);
        assert!(page.contains(text.ko) && page.contains(text.en), "not on the page: {}", text.en);
    }
}

#[test]
fn the_page_is_not_stale() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/contract.md");
    let page = fs::read_to_string(&path).unwrap_or_default();
    assert!(page == reference::page::contract(), "docs/contract.md is stale: run `make contract`");
}
