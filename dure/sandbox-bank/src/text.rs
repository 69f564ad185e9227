//! Texts and amounts as the bank takes them, from messages, forms and its settings alike.

/// The bank's name in its documents.
pub(crate) const BANK_NAME: &str = "Sandbox Bank";

/// Whether a text has 1 to `max` characters, all of which may stand in an XML document and on a line, and more than
/// spaces.
pub(crate) fn is_text(text: &str, max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= max && text.chars().all(is_printable)
}

/// Whether a letter may stand on a line of an XML document.
pub(crate) fn is_printable(letter: char) -> bool {
    // U+FFFE and U+FFFF are the only non-control characters that XML 1.0 (section 2.2) leaves out.
    !letter.is_control() && !matches!(letter, '\u{FFFE}' | '\u{FFFF}')
}

/// Reads a whole number of won: digits alone, at most 18 of them (the schema's totalDigits).
pub(crate) fn parse_won(text: &str) -> Option<u64> {
    let digits = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}
