#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::{collections::BTreeSet, fs, path::Path};

use super::*;
use crate::{TillPage, View, WalletPage, Web, view::App};

fn sources(lang: &str) -> String {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(lang);
    fs::read_dir(dir).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
}

/// Files below `dir` that end in `ending`.
fn files(dir: &Path, ending: &str, out: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, out);
        } else if path.to_string_lossy().ends_with(ending) {
            out.push(fs::read_to_string(path).unwrap());
        }
    }
}

/// The quoted words that follow `before` in `text`, where `before` is not the end of a longer name.
fn asked(text: &str, before: &str, out: &mut BTreeSet<String>) {
    let parts: Vec<&str> = text.split(before).collect();
    for pair in parts.windows(2) {
        let longer = pair[0].ends_with(|c: char| c.is_ascii_alphanumeric() || "_.".contains(c));
        let key = pair[1].split('"').next().unwrap();
        if !longer && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
            out.insert(key.to_owned());
        }
    }
}

fn asked_everywhere() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut keys = BTreeSet::new();
    let mut templates = Vec::new();
    files(&root.join("templates"), ".html", &mut templates);
    templates.iter().for_each(|text| asked(text, "p.t(\"", &mut keys));
    let mut scripts = Vec::new();
    files(&root.join("ts"), ".ts", &mut scripts);
    scripts.iter().for_each(|text| asked(text, "t(\"", &mut keys));
    keys.extend(WalletPage::ALL.iter().map(|page| page.title().to_owned()));
    keys.extend(TillPage::ALL.iter().map(|page| page.title().to_owned()));
    keys
}

#[test]
fn both_languages_say_the_same_things() {
    let (ko, en) = (sources("ko"), sources("en"));
    let (ko, en): (BTreeSet<_>, BTreeSet<_>) = (keys(&ko).collect(), keys(&en).collect());
    assert_eq!(ko.symmetric_difference(&en).collect::<Vec<_>>(), Vec::<&&str>::new());
    let listed: BTreeSet<_> = SOURCES.iter().flat_map(|source| keys(source)).collect();
    assert_eq!(listed, ko, "a locale file is not in SOURCES");
}

#[test]
fn nothing_asked_for_is_missing() {
    let known = sources("ko");
    let known: BTreeSet<String> = keys(&known).map(str::to_owned).collect();
    let asked = asked_everywhere();
    assert!(asked.len() > 150, "the search finds too little: {}", asked.len());
    assert_eq!(asked.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn every_placeholder_is_known() {
    for text in [sources("ko"), sources("en")] {
        for part in text.split("{ $").skip(1) {
            let name = part.split(' ').next().unwrap();
            assert!(PLACEHOLDERS.contains(&name), "{name}");
        }
    }
}

#[test]
fn the_catalogue_keeps_placeholders_and_closes_no_element() {
    let korean: serde_json::Value = serde_json::from_str(catalogue(Lang::Ko)).unwrap();
    assert_eq!(korean["won"], "{amount}원");
    assert_eq!(message_with(Lang::En, "won", &[("amount", "4,500")]), "₩4,500");
    assert!(!catalogue(Lang::En).contains('<'));
}

#[test]
fn every_page_renders_in_both_languages_without_inline_code() {
    let web = Web::without_assets().with_place("새별시", "Sebyeol");
    for lang in Lang::ALL {
        let view = View { lang, large_print: true };
        let mut pages: Vec<String> =
            WalletPage::ALL.iter().map(|page| web.wallet(*page, &view).unwrap()).collect();
        pages.extend(TillPage::ALL.iter().map(|page| web.till(*page, &view).unwrap()));
        pages.push(web.not_found(App::Wallet, &view).unwrap());
        for html in pages {
            assert!(html.contains(&format!("<html lang=\"{}\" class=\"large\"", lang.code())));
            let unknown = html.split("Unknown localization").nth(1).and_then(|rest| rest.lines().next());
            assert_eq!(unknown, None, "a message is missing, or needs arguments");
            let body = html.split("id=\"catalogue\"").next().unwrap();
            for inline in ["<style", " style=", " onclick=", "javascript:", "{{", "{%"] {
                assert!(!body.contains(inline), "{inline}");
            }
        }
    }
}
