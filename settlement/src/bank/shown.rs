//! Texts of strangers, on their way to people.

/// The part of a stranger's text that may be repeated to people.
pub fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(80).collect()
}
