//! The merchant's payment code: EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1.
//!
//! A code is a list of fields `id(2) length(2) value`; **lengths count characters, not bytes**. Field 00 comes
//! first, 63 (CRC-16/IBM-3740 over everything before its four digits, as UTF-8) last. Fields 26 to 51 are templates of any
//! scheme; ours is the one that names us: 00 the scheme's reverse-domain name, 01 the merchant's code, 02 the order. We write it
//! as 26 and read it wherever it stands. Fields 55 to 57 ask for a tip or a fee: such a code is refused, because a payer pays the
//! amount that is shown and no other. The browser reads the same codes with `ts/emvco.ts`; `vectors/emvco.json` and
//! `tests/two_readers.rs` keep the two equal.

mod error;
mod tlv;

use crc::{CRC_16_IBM_3740, Crc};

pub use error::QrError;
use tlv::{find, parse, push};

/// Scheme name of this city's coin (field 26/00).
pub const GUID: &str = "kr.go.sebyeol.dure";
/// ISO 4217 number of the won (field 53).
const KRW: &str = "410";
/// Templates of payment schemes (MPM 1.1, 4.8).
const TEMPLATES: std::ops::RangeInclusive<u8> = 26..=51;
/// Tip indicator, fixed fee, percentage fee (MPM 1.1, 4.7.6 to 4.7.8).
const FEES: [&str; 3] = ["55", "56", "57"];
/// Longest code that is read, in characters: EMVCo's own limit.
pub const MAX_CHARS: usize = 512;
/// Largest amount in a code, won: as many digits as the ledger's largest amount less one.
const MAX_AMOUNT_DIGITS: usize = 12;

/// What a merchant's code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MerchantQr {
    /// Scheme (sub-field 00 of its template), usually [`GUID`]; names of domains have no case.
    pub guid: String,
    /// The merchant's public code (01 of the template), such as `M000101`.
    pub merchant: String,
    /// The order (02 of the template); `None` on a static code.
    pub order: Option<String>,
    /// Won to pay (54); `None` when the payer types it.
    pub amount: Option<u64>,
    /// ISO 18245 merchant category (52), four digits.
    pub category: String,
    /// Merchant's name in Latin letters (59), 1–25 characters.
    pub name: String,
    /// City in Latin letters (60), 1–15 characters.
    pub city: String,
    /// Bill number (62/01), optional.
    pub bill: Option<String>,
    /// Till (62/07), optional.
    pub terminal: Option<String>,
    /// Merchant's Korean name (64/01), optional: it makes the code denser.
    pub name_ko: Option<String>,
}

impl MerchantQr {
    /// A code of this scheme: dynamic with `order` and `amount`, static without them.
    pub fn new(merchant: &str, category: &str, name: &str, city: &str, sale: Option<(&str, u64)>) -> Self {
        Self {
            guid: GUID.to_owned(),
            merchant: merchant.to_owned(),
            order: sale.map(|(order, _)| order.to_owned()),
            amount: sale.map(|(_, amount)| amount),
            category: category.to_owned(),
            name: shorten(name, 25),
            city: shorten(city, 15),
            bill: None,
            terminal: None,
            name_ko: None,
        }
    }

    /// The text of the code, or why these values make none.
    pub fn encode(&self) -> Result<String, QrError> {
        let mut out = String::with_capacity(160);
        push(&mut out, "00", "01")?;
        push(&mut out, "01", if self.order.is_some() { "12" } else { "11" })?;
        let mut account = String::new();
        push(&mut account, "00", &self.guid)?;
        push(&mut account, "01", &self.merchant)?;
        if let Some(order) = &self.order {
            push(&mut account, "02", order)?;
        }
        push(&mut out, "26", &account)?;
        push(&mut out, "52", &self.category)?;
        push(&mut out, "53", KRW)?;
        if let Some(amount) = self.amount {
            push(&mut out, "54", &amount.to_string())?;
        }
        push(&mut out, "58", "KR")?;
        push(&mut out, "59", &self.name)?;
        push(&mut out, "60", &self.city)?;
        let mut extra = String::new();
        for (id, value) in [("01", &self.bill), ("07", &self.terminal)] {
            if let Some(value) = value {
                push(&mut extra, id, value)?;
            }
        }
        if !extra.is_empty() {
            push(&mut out, "62", &extra)?;
        }
        if let Some(name) = &self.name_ko {
            let mut local = String::new();
            push(&mut local, "00", "ko")?;
            push(&mut local, "01", name)?;
            push(&mut out, "64", &local)?;
        }
        out.push_str("6304");
        out.push_str(&format!("{:04X}", checksum(&out)));
        // What we print, we can read: the decoder holds all bounds.
        decode_any(&out).map(|_| out)
    }
}

/// Reads a code of this city's scheme.
pub fn decode(text: &str) -> Result<MerchantQr, QrError> {
    let code = decode_any(text)?;
    if code.guid == GUID { Ok(code) } else { Err(QrError::Foreign) }
}

/// Reads a code of any scheme that uses the same template.
pub fn decode_any(text: &str) -> Result<MerchantQr, QrError> {
    let text = text.trim_matches(around);
    if !text.starts_with("0002") {
        return Err(QrError::Foreign);
    }
    if text.chars().count() > MAX_CHARS {
        return Err(QrError::Malformed);
    }
    let fields = parse(text)?;
    let crc = match (fields.first(), fields.last()) {
        (Some(("00", "01")), Some(("63", crc))) if crc.len() == 4 => crc,
        _ => return Err(QrError::Malformed),
    };
    let covered = text.strip_suffix(crc).ok_or(QrError::Malformed)?;
    // Hexadecimal digits have no case.
    if !crc.eq_ignore_ascii_case(&format!("{:04X}", checksum(covered))) {
        return Err(QrError::Crc);
    }
    read(&fields)
}

/// What messengers, scanners and clipboards leave around a text: white space, and two marks that nobody sees.
fn around(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}')
}

/// The template that names our scheme. Without one, the first that is of the templates' form: what another scheme writes into its
/// own is not judged.
fn template<'a>(fields: &[(&str, &'a str)]) -> Result<Vec<(&'a str, &'a str)>, QrError> {
    let is_template = |id: &str| id.parse().is_ok_and(|id: u8| TEMPLATES.contains(&id));
    let found: Vec<_> =
        fields.iter().filter(|(id, _)| is_template(id)).map(|(_, value)| parse(value)).collect();
    let ours = |one: &&Result<Vec<(&str, &str)>, QrError>| {
        one.as_ref().is_ok_and(|one| find(one, "00").is_some_and(|guid| guid.eq_ignore_ascii_case(GUID)))
    };
    if found.iter().filter(ours).count() > 1 {
        // Two merchants in one code: which one is paid would be a guess.
        return Err(QrError::Malformed);
    }
    let best = found.iter().find(ours).or_else(|| found.iter().find(|one| one.is_ok())).or(found.first());
    best.cloned().unwrap_or(Err(QrError::Foreign))
}

fn scheme(text: &str) -> Result<String, QrError> {
    let text = ascii(text, 32)?;
    Ok(if text.eq_ignore_ascii_case(GUID) { GUID.to_owned() } else { text })
}

fn read(fields: &[(&str, &str)]) -> Result<MerchantQr, QrError> {
    let required = |id| find(fields, id).ok_or(QrError::Malformed);
    let account = template(fields)?;
    let (currency, country) = (required("53")?, required("58")?);
    if currency != KRW || country != "KR" {
        return Err(QrError::Foreign);
    }
    if FEES.iter().any(|id| find(fields, id).is_some()) {
        return Err(QrError::Fee);
    }
    let amount = find(fields, "54").map(won).transpose()?;
    let order = find(&account, "02").map(|text| ascii(text, 25)).transpose()?;
    let dynamic = match find(fields, "01").unwrap_or("11") {
        "11" => false,
        "12" => true,
        _ => return Err(QrError::Malformed),
    };
    // A dynamic code is one order: without both it cannot be paid once and only once.
    if dynamic != order.is_some() || (dynamic && amount.is_none()) {
        return Err(QrError::Malformed);
    }
    let extra = find(fields, "62").map(parse).transpose()?.unwrap_or_default();
    let local = find(fields, "64").map(parse).transpose()?.unwrap_or_default();
    let category = required("52")?;
    if category.len() != 4 || !category.bytes().all(|b| b.is_ascii_digit()) {
        return Err(QrError::Malformed);
    }
    Ok(MerchantQr {
        guid: scheme(find(&account, "00").ok_or(QrError::Malformed)?)?,
        merchant: ascii(find(&account, "01").ok_or(QrError::Malformed)?, 20)?,
        order,
        amount,
        category: category.to_owned(),
        name: bounded(required("59")?, 25)?,
        city: bounded(required("60")?, 15)?,
        bill: find(&extra, "01").map(|text| bounded(text, 25)).transpose()?,
        terminal: find(&extra, "07").map(|text| bounded(text, 25)).transpose()?,
        name_ko: find(&local, "01").map(|text| bounded(text, 25)).transpose()?,
    })
}

fn won(text: &str) -> Result<u64, QrError> {
    let plain =
        !text.is_empty() && text.len() <= MAX_AMOUNT_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
    if !plain || text.starts_with('0') {
        return Err(QrError::Amount);
    }
    text.parse().map_err(|_| QrError::Amount)
}

fn ascii(text: &str, max: usize) -> Result<String, QrError> {
    let good = !text.is_empty() && text.len() <= max && text.bytes().all(|b| b.is_ascii_graphic());
    if good { Ok(text.to_owned()) } else { Err(QrError::Malformed) }
}

fn bounded(text: &str, max: usize) -> Result<String, QrError> {
    let good = (1..=max).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if good { Ok(text.to_owned()) } else { Err(QrError::Malformed) }
}

/// Text as a field takes it: no control characters, which no reader takes, and at most `max` characters.
fn shorten(text: &str, max: usize) -> String {
    let shown: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    shown.trim().chars().take(max).collect::<String>().trim_end().to_owned()
}

fn checksum(text: &str) -> u16 {
    Crc::<u16>::new(&CRC_16_IBM_3740).checksum(text.as_bytes())
}

#[cfg(test)]
#[path = "emvco_tests.rs"]
mod tests;
