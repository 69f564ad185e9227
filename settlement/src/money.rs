//! Won between SQL (signed) and everywhere else (unsigned).

use crate::error::SettlementError;

/// For a database column.
pub fn to_db(won: u64) -> Result<i64, SettlementError> {
    i64::try_from(won).map_err(|_| SettlementError::Stored(format!("{won} does not fit a database column")))
}

/// From a database column that is never negative.
pub fn from_db(column: i64) -> Result<u64, SettlementError> {
    u64::try_from(column).map_err(|_| SettlementError::Stored(format!("{column} is negative")))
}

/// The sum of many columns.
pub fn total(columns: impl IntoIterator<Item = i64>) -> Result<u64, SettlementError> {
    let overflow = || SettlementError::Stored("a sum does not fit 64 bits".to_owned());
    columns.into_iter().try_fold(0u64, |sum, column| sum.checked_add(from_db(column)?).ok_or_else(overflow))
}

/// `1234567` as `1,234,567`.
pub fn grouped(won: i64) -> String {
    let digits = won.unsigned_abs().to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digits.len().saturating_sub(index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if won < 0 { format!("-{out}") } else { out }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        for (won, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")] {
            assert_eq!(grouped(won), text);
        }
    }

    #[test]
    fn sums_are_checked() {
        assert_eq!(total([1, 2]).unwrap(), 3);
        assert_eq!(total([-1]).unwrap_err().code(), "STORED_DATA");
        assert_eq!(to_db(u64::MAX).unwrap_err().code(), "STORED_DATA");
    }
}
