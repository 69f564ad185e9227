//! File names of the outbox.
//!
//! A name is a function of the message id alone, so that a document written again after a crash lands on the same
//! name. Ids may hold characters that file names must not, and an id must not be able to pose as another kind of
//! document: letters outside `A–Z a–z 0–9 - _` are written as `%` and two hexadecimal digits, and so is the first
//! digit of an id that is a number, because numbers are the names of deposits.

use std::fmt::Write;

/// `camt054-000007.xml`: the notification of the seventh deposit.
pub(crate) fn deposit_notification(seq: u64) -> String {
    format!("camt054-{seq:06}.xml")
}

/// `camt054-<MsgId>.xml`: the notification of what a payment message moved.
pub(crate) fn payment_notification(message_id: &str) -> String {
    format!("camt054-{}.xml", encode(message_id))
}

/// `pain002-<MsgId>.xml`: the answer to a payment message.
pub(crate) fn payment_report(message_id: &str) -> String {
    format!("pain002-{}.xml", encode(message_id))
}

/// `pain002-<MsgId>.dupl-1.xml`: the answer to its first repetition.
pub(crate) fn duplicate_report(message_id: &str, nth: u64) -> String {
    format!("pain002-{}.dupl-{nth}.xml", encode(message_id))
}

fn encode(message_id: &str) -> String {
    let is_number = message_id.bytes().all(|byte| byte.is_ascii_digit());
    let mut name = String::new();
    for (position, byte) in message_id.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if plain && !(is_number && position == 0) {
            name.push(char::from(byte));
        } else if write!(name, "%{byte:02X}").is_err() {
            // Writing to a String has no way to fail; the branch exists because the trait allows for one.
            name.push('%');
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_cannot_leave_the_folder_or_pose_as_something_else() {
        assert_eq!(payment_report("DURE-20261122_1"), "pain002-DURE-20261122_1.xml");
        assert_eq!(payment_report("../a"), "pain002-%2E%2E%2Fa.xml");
        assert_eq!(payment_notification("000001"), "camt054-%3000001.xml");
        assert_eq!(deposit_notification(1), "camt054-000001.xml");
        assert_ne!(payment_report("X.dupl-1"), duplicate_report("X", 1));
    }
}
