//! The server's reader of payment codes and the browser's say the same of every text: good codes, codes of other schemes, and what
//! is left of either after a few random mutations. The generator is seeded, so a difference comes back by itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use crc::{CRC_16_IBM_3740, Crc};
use dure_web::emvco::{GUID, MerchantQr, decode_any};
use serde_json::{Value, json};

/// Enough to meet every rule of either reader thousands of times; a second or two.
const TEXTS: usize = 20_000;

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
    /// The first, but for one time in ten.
    fn mostly<T: Copy>(&mut self, from: &[T]) -> T {
        if self.below(10) == 0 { self.pick(from) } else { from[0] }
    }
}

fn field(id: &str, value: &str) -> String {
    format!("{id}{:02}{value}", value.chars().count())
}

fn template(random: &mut Random) -> String {
    if random.below(15) == 0 {
        return "no fields".to_owned();
    }
    let guid = random.mostly(&[GUID, "KR.GO.SEBYEOL.DURE", "kr.or.other", "x", ""]);
    let mut out = field("00", guid);
    if random.below(12) != 0 {
        out += &field("01", random.mostly(&["M000101", "M000999", "", "두레", "M 1"]));
    }
    if random.below(10) != 0 {
        out +=
            &field("02", random.mostly(&["260101-7F3K9Q2M", "A", "", "주문", "0123456789012345678901234"]));
    }
    out
}

/// A list of fields that looks like a code: many are good, the others break a rule or two.
fn code(random: &mut Random) -> String {
    let amounts = ["4500", "1", "0", "04500", "4500.", "4,500", "999999999999", "1000000000000"];
    let mut fields = vec![
        ("01", random.mostly(&["12", "11", "13"]).to_owned()),
        ("52", random.mostly(&["5462", "546", "abcd"]).to_owned()),
        ("53", random.mostly(&["410", "840", "KRW"]).to_owned()),
        ("54", random.mostly(&amounts).to_owned()),
        ("58", random.mostly(&["KR", "kr", "US"]).to_owned()),
        ("59", random.mostly(&["Dure Bakery", "두레빵집", "Caf\u{e9}", "a\u{7}b", "☕️", ""]).to_owned()),
        ("60", random.mostly(&["Sebyeol", "A city of a long name"]).to_owned()),
    ];
    fields.push((random.mostly(&["26", "27", "51", "25", "02"]), template(random)));
    let more = [("55", "01"), ("56", "500"), ("57", "5"), ("80", "x"), ("62", "0503***"), ("62", "ORDER 12")];
    for (id, value) in more {
        if random.below(25) == 0 {
            fields.push((id, value.to_owned()));
        }
    }
    if random.below(6) == 0 {
        fields.push((random.pick(&["26", "31", "50"]), template(random)));
    }
    if random.below(4) == 0 {
        fields.push(("64", field("00", "ko") + &field("01", random.mostly(&["두레빵집", "카페 <b>", ""]))));
    }
    if random.below(8) == 0 {
        let at = random.below(fields.len());
        fields.remove(at);
    }
    for at in (1..fields.len()).rev() {
        fields.swap(at, random.below(at + 1));
    }
    fields.into_iter().fold(field("00", "01"), |text, (id, value)| text + &field(id, &value))
}

fn signed(body: &str, lower: bool) -> String {
    let covered = format!("{body}6304");
    let sum = Crc::<u16>::new(&CRC_16_IBM_3740).checksum(covered.as_bytes());
    if lower { format!("{covered}{sum:04x}") } else { format!("{covered}{sum:04X}") }
}

/// A character put in, taken out or changed; sometimes the check sum is made anew, so that the rules behind it are met too.
fn mutated(text: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..random.below(3) {
        let at = random.below(chars.len());
        let strange = random.pick(&[
            '0', '1', '9', 'A', 'f', ' ', '\n', '\u{85}', '\u{feff}', '\u{200b}', '한', 'ﬀ', '٣', '😀',
            '\u{1680}',
        ]);
        match random.below(3) {
            0 => chars.insert(at, strange),
            1 => drop(chars.remove(at)),
            _ => chars[at] = strange,
        }
    }
    chars.into_iter().collect()
}

fn texts() -> Vec<String> {
    let mut random = Random(7);
    (0..TEXTS)
        .map(|_| {
            let mut body = code(&mut random);
            if random.below(3) == 0 {
                body = mutated(&body, &mut random);
            }
            let text = signed(&body, random.below(4) == 0);
            if random.below(3) == 0 { mutated(&text, &mut random) } else { text }
        })
        .collect()
}

fn told(code: MerchantQr) -> Value {
    let MerchantQr { guid, merchant, order, amount, category, name, city, bill, terminal, name_ko } = code;
    json!({
        "guid": guid, "merchant": merchant, "order": order, "amount": amount.map(|won| won.to_string()),
        "category": category, "name": name, "city": city, "bill": bill, "terminal": terminal, "name_ko": name_ko,
    })
}

fn browser(texts: &[String]) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/qr-reader.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs: make setup installs it");
    node.stdin.take().unwrap().write_all(&serde_json::to_vec(texts).unwrap()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "the browser's reader failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn both_readers_say_the_same_of_every_text() {
    let texts = texts();
    let (mut good, mut refusals) = (0, std::collections::BTreeSet::new());
    for (text, theirs) in texts.iter().zip(browser(&texts)) {
        let ours = match decode_any(text) {
            Ok(code) => {
                good += 1;
                json!({ "code": told(code) })
            }
            Err(error) => {
                refusals.insert(error.code());
                json!({ "error": error.code() })
            }
        };
        assert_eq!(ours, theirs, "{text:?}");
    }
    // A generator that makes only rubbish would prove nothing.
    assert!(good > TEXTS / 20, "only {good} of {TEXTS} were good");
    assert_eq!(refusals.len(), 5, "{refusals:?}");
}
