//! What the pages' crate reads: payment codes, and a browser's wishes.

use dure_web::{Lang, View, emvco, qr};

/// The text of a code.
pub fn qr(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(code) = emvco::decode_any(text) {
        let written = code.encode().expect("what was read can be written");
        assert_eq!(emvco::decode_any(&written).as_ref(), Ok(&code), "a code reads back as another");
        assert_eq!(emvco::decode(&written).is_ok(), code.guid == emvco::GUID);
    }
    drop(qr::svg(text, text));
}

/// `?lang=`, `Cookie`, `Accept-Language`, a line each.
pub fn request(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.split('\n');
    let view = View::from_request(lines.next(), lines.next(), lines.next());
    assert!(matches!(view.lang, Lang::Ko | Lang::En));
    assert!(Lang::from_code(&text).is_none_or(|lang| lang.code() == text));
}
