//! Order numbers: the channel's date and eight random base-32 digits, such as `260101-7F3K9Q2M`. Short, so that the
//! code on the screen stays coarse; random, so that nobody guesses the number of another customer's order.

use dure_score::OrderId;

use crate::{clock::ChannelDay, error::PosError};

/// Crockford's base 32: no I, L, O, U, so that a number read out aloud is not misheard.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The number of an order made at `now_ms`, from `random` bytes (the lowest five bits of each count).
pub fn new_number(now_ms: i64, offset_minutes: u32, random: [u8; 8]) -> Result<OrderId, PosError> {
    let date = ChannelDay::of(now_ms, offset_minutes).date;
    let mut text = date.strftime("%y%m%d-").to_string();
    text.extend(random.iter().filter_map(|byte| DIGITS.get(usize::from(byte & 31)).copied()).map(char::from));
    OrderId::new(&text).map_err(|_| PosError::Internal("an order number out of form"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_number_is_the_local_date_and_eight_digits() {
        let at = 1_767_195_000_000; // 2026-01-01T00:30 in Seoul, the day before in UTC
        let number = new_number(at, 540, [0, 1, 31, 32, 255, 10, 18, 27]).unwrap();
        assert_eq!(number.as_str(), "260101-01Z0ZAJV");
        assert!(number.as_str().len() <= 16);
    }
}
