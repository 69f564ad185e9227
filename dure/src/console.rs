//! What the launcher tells the person in front of it: plain lines on the error channel, because the standard output
//! of some commands is read by programs.

use std::io::Write;

/// One line.
pub fn say(line: &str) {
    // A closed terminal must not stop the work.
    writeln!(std::io::stderr().lock(), "{line}").ok();
}

/// An amount for people: `₩1,234,567`.
pub fn won(amount: u64) -> String {
    format!("₩{}", grouped(&amount.to_string()))
}

/// Digits in groups of three.
pub fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::won;

    #[test]
    fn amounts_are_grouped() {
        assert_eq!([won(0), won(999), won(1_000), won(1_234_567)], ["₩0", "₩999", "₩1,000", "₩1,234,567"]);
    }
}
