//! From the bytes of a file to text. A byte order mark decides; without one, what is UTF-8 is UTF-8, text with zero bytes at every
//! other place is UTF-16, and the rest is read as Korean Windows writes it (code page 949), if it is that without a single fault.

use encoding_rs::{EUC_KR, UTF_16BE, UTF_16LE};

use crate::fault::Fault;

/// How a file's text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, which spreadsheet programs call "Unicode text".
    Utf16,
    /// Code page 949 (EUC-KR and more), what spreadsheet programs in Korea call "CSV".
    Cp949,
}

impl Encoding {
    /// Its usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Cp949 => "CP949",
        }
    }
}

/// What a workbook begins with: ZIP (xlsx, ods) and compound files (xls).
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"];

/// The text of `bytes`.
pub fn decode(bytes: &[u8]) -> Result<(String, Encoding), Fault> {
    if WORKBOOKS.iter().any(|magic| bytes.starts_with(magic)) {
        return Err(Fault::Workbook);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return utf8(rest).ok_or(Fault::Encoding);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return strict(UTF_16LE, Encoding::Utf16, rest);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return strict(UTF_16BE, Encoding::Utf16, rest);
    }
    // A header is ASCII or Korean letters, and its separators are ASCII: in UTF-16 those have a zero byte.
    match bytes {
        [0, second, ..] if *second != 0 => strict(UTF_16BE, Encoding::Utf16, bytes),
        [first, 0, ..] if *first != 0 => strict(UTF_16LE, Encoding::Utf16, bytes),
        _ => utf8(bytes).map_or_else(|| strict(EUC_KR, Encoding::Cp949, bytes), Ok),
    }
}

fn utf8(bytes: &[u8]) -> Option<(String, Encoding)> {
    std::str::from_utf8(bytes).ok().map(|text| (text.to_owned(), Encoding::Utf8))
}

fn strict(
    encoding: &'static encoding_rs::Encoding,
    name: Encoding,
    bytes: &[u8],
) -> Result<(String, Encoding), Fault> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or(Fault::Encoding)?;
    Ok((text.into_owned(), name))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_usual_encoding_is_the_same_text() {
        let text = "email,이름\r\nmina@x.kr,김미나\r\n";
        let mut with_mark = "\u{feff}".as_bytes().to_vec();
        with_mark.extend(text.as_bytes());
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            (with_mark, Encoding::Utf8),
            (utf16(&format!("\u{feff}{text}"), true), Encoding::Utf16),
            (utf16(&format!("\u{feff}{text}"), false), Encoding::Utf16),
            (utf16(text, true), Encoding::Utf16),
            (utf16(text, false), Encoding::Utf16),
            (EUC_KR.encode(text).0.into_owned(), Encoding::Cp949),
        ] {
            assert_eq!(decode(&bytes).unwrap(), (text.to_owned(), encoding), "{}", encoding.name());
        }
    }

    #[test]
    fn what_is_no_text_is_told() {
        assert_eq!(decode(b"PK\x03\x04rest").unwrap_err(), Fault::Workbook);
        assert_eq!(decode(b"\xd0\xcf\x11\xe0rest").unwrap_err(), Fault::Workbook);
        for bytes in [&b"email\xff\xff"[..], b"\xef\xbb\xbfemail\xff", b"\xff\xfee\0m"] {
            assert!(decode(bytes).is_err() || bytes.len() % 2 == 0, "{bytes:?}");
        }
        assert_eq!(decode(b"email\xff\xff").unwrap_err(), Fault::Encoding);
    }
}
