//! Cutting an input into parts.

/// Splits off the first byte.
pub fn byte(data: &[u8]) -> Option<(u8, &[u8])> {
    data.split_first().map(|(first, rest)| (*first, rest))
}

/// Splits off a part with its length before it (u16, big-endian); the rest if it is shorter.
pub fn part(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = data.split_first_chunk::<2>()?;
    Some(rest.split_at(usize::from(u16::from_be_bytes(*length)).min(rest.len())))
}

/// A part as [`part`] reads it.
pub fn framed(part: &[u8]) -> Vec<u8> {
    let length = u16::try_from(part.len()).expect("a seed's part is short");
    [&length.to_be_bytes(), part].concat()
}
