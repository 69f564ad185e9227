#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
//! The vectors are shared with the browser's reader (`ts/test/emvco.test.ts`).

use super::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    good: Vec<Good>,
    bad: Vec<Bad>,
    ours: String,
}
#[derive(Deserialize)]
struct Good {
    name: String,
    text: String,
    code: Fields,
}
#[derive(Deserialize)]
struct Bad {
    name: String,
    text: String,
    error: String,
}
#[derive(Deserialize)]
struct Fields {
    guid: String,
    merchant: String,
    order: Option<String>,
    amount: Option<String>,
    category: String,
    name: String,
    city: String,
    bill: Option<String>,
    terminal: Option<String>,
    name_ko: Option<String>,
}

impl From<Fields> for MerchantQr {
    fn from(f: Fields) -> Self {
        let amount = f.amount.map(|text| text.parse().unwrap());
        let Fields { guid, merchant, order, category, name, city, bill, terminal, name_ko, .. } = f;
        Self { guid, merchant, order, amount, category, name, city, bill, terminal, name_ko }
    }
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../vectors/emvco.json")).unwrap()
}

#[test]
fn good_codes_read_and_write_the_same() {
    assert_eq!(vectors().ours, GUID);
    for Good { name, text, code } in vectors().good {
        let expected = MerchantQr::from(code);
        assert_eq!(decode_any(&text), Ok(expected.clone()), "{name}");
        // What others write is read, and written our way.
        if name != "unknown fields are skipped" && !name.starts_with("read: ") {
            assert_eq!(expected.encode(), Ok(text), "{name}");
        }
    }
}

#[test]
fn bad_codes_say_why() {
    for Bad { name, text, error } in vectors().bad {
        assert_eq!(decode_any(&text).map_err(QrError::code), Err(error.as_str()), "{name}: {text}");
    }
}

#[test]
fn another_scheme_is_foreign() {
    let other = vectors().good.into_iter().next().unwrap().text;
    assert_eq!(decode(&other), Err(QrError::Foreign));
}

#[test]
fn a_sale_makes_a_small_code() {
    let code = MerchantQr::new(
        "M000101",
        "5814",
        "Byeolbit Coffee & Bakery House",
        "Sebyeol",
        Some(("260101-7F3K9Q2M", 12_000)),
    );
    let text = code.encode().unwrap();
    assert_eq!(decode(&text).unwrap(), code);
    assert_eq!(code.name, "Byeolbit Coffee & Bakery");
    assert!(text.len() < 180, "{} characters make a dense code", text.len());
}

#[test]
fn values_that_do_not_fit_make_no_code() {
    let mut code = MerchantQr::new("M000101", "5814", "Cafe", "Sebyeol", Some(("A", 0)));
    assert_eq!(code.encode(), Err(QrError::Amount));
    code.amount = Some(1);
    code.merchant = "M".repeat(21);
    assert_eq!(code.encode(), Err(QrError::Malformed));
    code.merchant = String::new();
    assert_eq!(code.encode(), Err(QrError::Malformed));
}

#[test]
fn no_cut_or_changed_character_is_taken_for_the_code() {
    let text = vectors().good.into_iter().nth(2).unwrap().text;
    let chars: Vec<char> = text.chars().collect();
    for at in 0..chars.len() {
        let cut: String = chars.iter().take(at).collect();
        assert!(decode_any(&cut).is_err(), "cut at {at}");
        let mut changed = chars.clone();
        changed[at] = if changed[at] == '7' { '8' } else { '7' };
        assert!(decode_any(&changed.iter().collect::<String>()).is_err(), "changed at {at}");
    }
}

#[test]
fn a_shop_of_any_name_makes_a_code_that_is_read() {
    for (name, shown) in [
        ("☕️ Café & <b>Dure</b>", "☕️ Café & <b>Dure</b>"),
        ("두레 빵집", "두레 빵집"),
        ("Tab\tand\r\nline", "Tab and  line"),
        (" A name that is much too long ", "A name that is much too l"),
    ] {
        let code = MerchantQr::new("SB00000007", "5812", name, "Sebyeol", Some(("A-1", 4500)));
        let read = decode_any(&code.encode().unwrap()).unwrap();
        assert_eq!((read.name.as_str(), &read), (shown, &code));
    }
}
