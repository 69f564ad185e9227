//! The device tag: what a browser knows of its device besides the PIN. Without it nobody's tries are counted, so that a
//! certificate's id, which is public on the ledger, is not enough to lock a device.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use subtle::ConstantTimeEq;

/// SHA-256 over a prefix and the device's salt, made by the browser.
#[derive(Clone, Copy)]
pub(super) struct DeviceTag([u8; 32]);

impl DeviceTag {
    /// The tag of its base64.
    pub(super) fn parse(text: &str) -> Option<Self> {
        // 32 bytes have 44 digits; anything longer is not even decoded.
        let bytes = if text.len() == 44 { STANDARD.decode(text).ok() } else { None };
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self)
    }

    /// What is stored of a device: the tag and the hash of its PIN proof.
    pub(super) fn seal(self, hash: &str) -> String {
        format!("{}${hash}", STANDARD.encode(self.0))
    }

    /// The hash of the PIN proof, if `sealed` was sealed with this tag. Takes as long for a wrong tag as for the right one.
    pub(super) fn open(self, sealed: &str) -> Option<&str> {
        let (tag, hash) = sealed.split_once('$')?;
        let right = Self::parse(tag).is_some_and(|tag| bool::from(tag.0.ct_eq(&self.0)));
        right.then_some(hash)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_the_tag_that_sealed_opens() {
        let (mine, other) = (DeviceTag([1; 32]), DeviceTag([2; 32]));
        let sealed = mine.seal("$argon2id$v=19$x");
        assert_eq!(mine.open(&sealed).unwrap(), "$argon2id$v=19$x");
        assert!(other.open(&sealed).is_none());
        assert!(mine.open("$argon2id$v=19$x").is_none());
        assert!(mine.open("").is_none());
        for bad in ["", "!", &STANDARD.encode([0; 31]), &STANDARD.encode([0; 33]), &"=".repeat(44)] {
            assert!(DeviceTag::parse(bad).is_none(), "{bad}");
        }
    }
}
