//! Canonical bytes: deterministic CBOR (RFC 8949 §4.2), arrays only, definite lengths, shortest integers.
//!
//! The decoder accepts more than the canonical form, so [`decode`] encodes again and demands equality:
//! one value has one byte string, and therefore one id.

use minicbor::{Decode, Encode};

/// Why bytes were not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodecError {
    /// Not CBOR of the expected shape, or cut short.
    Malformed,
    /// A valid value in a form that is not the canonical one (long integers, trailing bytes, tags …).
    NotCanonical,
}

impl core::fmt::Display for CodecError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the bytes are not a value of the expected shape",
            Self::NotCanonical => "the bytes are not in canonical form",
        })
    }
}

impl std::error::Error for CodecError {}

/// Canonical bytes of `value`. Writing to memory cannot fail.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    match minicbor::encode(value, &mut out) {
        Ok(()) => out,
        Err(error) => unreachable!("encoding to memory: {error}"),
    }
}

/// The value whose canonical bytes are exactly `bytes`.
pub fn decode<T: Encode<()> + for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Result<T, CodecError> {
    let value: T = minicbor::decode(bytes).map_err(|_| CodecError::Malformed)?;
    if encode(&value) == bytes { Ok(value) } else { Err(CodecError::NotCanonical) }
}
