//! Canonical bytes: deterministic CBOR (RFC 8949 §4.2), arrays only, definite lengths, shortest integers.
//!
//! The decoder accepts more than the canonical form, so [`decode`] encodes again and demands equality:
//! one value has one byte string, and therefore one id.

use core::convert::Infallible;

use minicbor::{Decode, Encode, encode::Write};

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
    // Room for what is written most: a payment's record, transaction or receipt.
    let mut out = Vec::with_capacity(512);
    append(value, &mut out);
    out.shrink_to_fit();
    out
}

/// [`encode()`] to the end of `out`.
pub(crate) fn append<T: Encode<()>>(value: &T, out: &mut Vec<u8>) {
    if let Err(error) = minicbor::encode(value, Sink(out)) {
        unreachable!("encoding to memory: {error}");
    }
}

/// Memory to write to. A record is some sixty pieces of a few bytes, so that the calls cost more than the copying: this one
/// is compiled into the records' own code.
struct Sink<'a>(&'a mut Vec<u8>);

impl Write for Sink<'_> {
    type Error = Infallible;

    #[inline(always)]
    fn write_all(&mut self, piece: &[u8]) -> Result<(), Infallible> {
        self.0.extend_from_slice(piece);
        Ok(())
    }
}

/// The value whose canonical bytes are exactly `bytes`.
pub fn decode<T: Encode<()> + for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Result<T, CodecError> {
    let value: T = minicbor::decode(bytes).map_err(|_| CodecError::Malformed)?;
    if encode(&value) == bytes { Ok(value) } else { Err(CodecError::NotCanonical) }
}
