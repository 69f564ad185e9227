//! The device's tag: a digest of the salt that never leaves the device's browser. Certificate ids are public on the ledger; who has
//! only such an id cannot even try a PIN, so strangers cannot use up a device's tries.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use subtle::ConstantTimeEq;

/// SHA-256 over a prefix and the device's salt, made by the browser.
#[derive(Clone, Copy)]
pub struct DeviceTag([u8; 32]);

impl DeviceTag {
    /// The tag of its base64.
    pub fn parse(text: &str) -> Option<Self> {
        // 32 bytes have 44 digits; anything longer is not even decoded.
        let bytes = if text.len() == 44 { STANDARD.decode(text).ok() } else { None };
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self)
    }

    /// Its base64.
    pub(super) fn text(self) -> String {
        STANDARD.encode(self.0)
    }

    /// True if `stored` is this tag's base64; takes as long whatever is wrong.
    pub(super) fn is(self, stored: &str) -> bool {
        Self::parse(stored).is_some_and(|known| bool::from(known.0.ct_eq(&self.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_32_bytes_of_base64_and_nothing_else() {
        for bad in ["", "!", &STANDARD.encode([0; 31]), &STANDARD.encode([0; 33]), &"=".repeat(44)] {
            assert!(DeviceTag::parse(bad).is_none(), "{bad}");
        }
        let tag = DeviceTag([7; 32]);
        assert!(tag.is(&tag.text()) && !DeviceTag([8; 32]).is(&tag.text()) && !tag.is(""));
    }
}
