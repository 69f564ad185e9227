//! Anti-replay window, as in RFC 4303 §3.4.3: 128 nonces, out of order is fine, twice or too old is not.

use minicbor::{Decode, Encode};

use crate::{limits::MAX_NONCE_JUMP, refusal::Refusal};

/// Nonces seen from one certificate: the highest, and a bitmap of the 128 up to and including it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct NonceWindow {
    /// Highest nonce used; 0 before the first. Nonces start at 1.
    #[n(0)]
    pub highest: u64,
    /// Bits 0–63: nonces `highest` … `highest - 63`.
    #[n(1)]
    pub recent: u64,
    /// Bits 0–63: nonces `highest - 64` … `highest - 127`.
    #[n(2)]
    pub older: u64,
}

impl NonceWindow {
    /// The window after using `nonce`, or why it may not be used.
    #[inline]
    pub fn accept(self, nonce: u64) -> Result<Self, Refusal> {
        if nonce == 0 || nonce > self.highest.saturating_add(MAX_NONCE_JUMP) {
            return Err(Refusal::NonceOutOfRange { highest: self.highest });
        }
        let bits = u128::from(self.older) << 64 | u128::from(self.recent);
        if nonce > self.highest {
            let shift = u32::try_from(nonce - self.highest).unwrap_or(u32::MAX);
            let moved = bits.checked_shl(shift).unwrap_or(0) | 1;
            return Ok(Self::from_bits(nonce, moved));
        }
        let age = self.highest - nonce;
        if age >= 128 {
            return Err(Refusal::NonceTooOld { highest: self.highest });
        }
        let bit = 1u128 << age;
        if bits & bit != 0 {
            return Err(Refusal::Replay);
        }
        Ok(Self::from_bits(self.highest, bits | bit))
    }

    #[inline]
    fn from_bits(highest: u64, bits: u128) -> Self {
        let low = u128::from(u64::MAX);
        let part = |value: u128| u64::try_from(value & low).unwrap_or(u64::MAX);
        Self { highest, recent: part(bits), older: part(bits >> 64) }
    }
}
