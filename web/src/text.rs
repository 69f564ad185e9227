//! Every word that people read, from `locales/{ko,en}/*.ftl`.
//!
//! Both languages hold the same keys (a test compares them), and both hold every key that a template or a
//! script asks for (a test reads them). The scripts get the whole catalogue as JSON inside the page; its
//! placeholders stay in the form `{name}` and are filled in the browser.

use std::{borrow::Cow, collections::BTreeMap, collections::HashMap, sync::LazyLock};

use fluent_templates::{Loader, fluent_bundle::FluentValue, static_loader};

use crate::lang::Lang;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "ko",
        // The pages are read left to right in both languages; isolation marks would only spoil amounts.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// Source files by language: the catalogue's keys are read from here.
const SOURCES: [&str; 7] = [
    include_str!("../locales/ko/common.ftl"),
    include_str!("../locales/ko/wallet.ftl"),
    include_str!("../locales/ko/money.ftl"),
    include_str!("../locales/ko/till.ftl"),
    include_str!("../locales/ko/refusal.ftl"),
    include_str!("../locales/ko/care.ftl"),
    include_str!("../locales/ko/counter.ftl"),
];

/// Names of all placeholders that messages may use.
pub(crate) const PLACEHOLDERS: [&str; 8] =
    ["amount", "name", "time", "count", "date", "code", "rate", "number"];

static CATALOGUES: LazyLock<[String; 2]> =
    LazyLock::new(|| [catalogue_json(Lang::Ko), catalogue_json(Lang::En)]);

/// The message `key` in `lang`, without placeholders filled.
pub fn message(lang: Lang, key: &str) -> String {
    LOCALES.lookup(lang.id(), key)
}

/// The message `key` in `lang` with placeholders filled from `args`.
pub fn message_with(lang: Lang, key: &str, args: &[(&'static str, &str)]) -> String {
    let args: HashMap<Cow<'static, str>, FluentValue<'_>> = args
        .iter()
        .map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from((*value).to_owned())))
        .collect();
    LOCALES.lookup_with_args(lang.id(), key, &args)
}

/// The catalogue of `lang` as a JSON object that is safe inside a `<script type="application/json">`.
pub(crate) fn catalogue(lang: Lang) -> &'static str {
    let [ko, en] = &*CATALOGUES;
    match lang {
        Lang::Ko => ko,
        Lang::En => en,
    }
}

fn catalogue_json(lang: Lang) -> String {
    let braces: Vec<(&'static str, String)> =
        PLACEHOLDERS.iter().map(|name| (*name, format!("{{{name}}}"))).collect();
    let args: Vec<(&'static str, &str)> = braces.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let entries: BTreeMap<&str, String> = SOURCES
        .iter()
        .flat_map(|source| keys(source))
        .map(|key| (key, message_with(lang, key, &args)))
        .collect();
    let json = serde_json::json!(entries).to_string();
    // `<` could close the element or open a comment; JSON allows it escaped.
    json.replace('<', "\\u003c")
}

/// The message ids of an `.ftl` file: each stands at the start of a line.
pub(crate) fn keys(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter_map(|line| {
        let (key, _) = line.split_once(" =")?;
        let named = key.starts_with(|c: char| c.is_ascii_lowercase())
            && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        named.then_some(key)
    })
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
