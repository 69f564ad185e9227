//! Fields of a payment code: two digits of id, two digits of length in characters, the value.

use super::error::QrError;

/// Fields at one level: EMVCo names fewer than a hundred ids.
const MAX_FIELDS: usize = 100;

/// Appends one field.
pub(super) fn push(out: &mut String, id: &str, value: &str) -> Result<(), QrError> {
    let length = value.chars().count();
    if !(1..=99).contains(&length) {
        return Err(QrError::Malformed);
    }
    out.push_str(&format!("{id}{length:02}{value}"));
    Ok(())
}

/// Splits `text` into fields; every character belongs to exactly one, and no id comes twice.
pub(super) fn parse(text: &str) -> Result<Vec<(&str, &str)>, QrError> {
    let mut fields: Vec<(&str, &str)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (id, after_id) = take(rest, 2)?;
        let (length, after_length) = take(after_id, 2)?;
        if !id.bytes().chain(length.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(QrError::Malformed);
        }
        let length: usize = length.parse().map_err(|_| QrError::Malformed)?;
        let (value, after) = take(after_length, length)?;
        if fields.len() >= MAX_FIELDS || find(&fields, id).is_some() {
            return Err(QrError::Malformed);
        }
        fields.push((id, value));
        rest = after;
    }
    Ok(fields)
}

/// The value of field `id`.
pub(super) fn find<'a>(fields: &[(&str, &'a str)], id: &str) -> Option<&'a str> {
    fields.iter().find(|(found, _)| *found == id).map(|(_, value)| *value)
}

/// The first `count` characters, and the rest.
fn take(text: &str, count: usize) -> Result<(&str, &str), QrError> {
    let end = match text.char_indices().nth(count) {
        Some((end, _)) => end,
        None if text.chars().count() == count => text.len(),
        None => return Err(QrError::Malformed),
    };
    text.split_at_checked(end).ok_or(QrError::Malformed)
}
