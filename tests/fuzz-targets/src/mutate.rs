//! A small mutator for machines without libFuzzer, and for `make test`: blind, quick, the same for the same seed.

/// Numbers from a seed (splitmix64).
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    /// A number below `end`, or 0.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.roll() % end as u64) as usize }
    }
}

/// Bytes at which formats break: ends of ranges, lengths of CBOR and TLV, quotes and brackets of text.
const SHARP: &[u8] = &[
    0, 1, 0x7f, 0x80, 0xff, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x3b, 0x40, 0x58, 0x5f, 0x60, 0x78, 0x80, 0x81,
    0x9f, 0xa0, 0xf4, 0xf6, 0xf7, 0xfb, b'0', b'9', b'-', b'.', b'"', b'\\', b'{', b'}', b'[', b']', b'<',
    b'>', b'&', b'%', b'/', b'?', b'=', b',', b'\n', b'\r',
];

/// Makes an input of one of `corpus`, at most `max` bytes long.
pub fn mutate(dice: &mut Dice, corpus: &[Vec<u8>], max: usize) -> Vec<u8> {
    let mut data = corpus.get(dice.below(corpus.len())).cloned().unwrap_or_default();
    for _ in 0..=dice.below(4) {
        step(dice, corpus, &mut data);
    }
    data.truncate(max);
    data
}

fn step(dice: &mut Dice, corpus: &[Vec<u8>], data: &mut Vec<u8>) {
    let at = dice.below(data.len());
    let end = at + dice.below((data.len() - at).min(64) + 1);
    match dice.below(10) {
        0 if !data.is_empty() => data[at] ^= 1 << dice.below(8),
        1 if !data.is_empty() => data[at] = SHARP[dice.below(SHARP.len())],
        2 if !data.is_empty() => data[at] = data[at].wrapping_add(if dice.below(2) == 0 { 1 } else { 255 }),
        3 => data.insert(at, SHARP[dice.below(SHARP.len())]),
        4 => drop(data.drain(at..end)),
        5 => data.truncate(at),
        6 => {
            let piece = data[at..end].to_vec();
            let to = dice.below(data.len() + 1);
            data.splice(to..to, piece);
        }
        7 => {
            let to = dice.below(data.len());
            let length = (end - at).min(data.len() - to);
            data.copy_within(at..at + length, to);
        }
        8 => {
            let other = corpus.get(dice.below(corpus.len())).map_or(&[][..], Vec::as_slice);
            let from = dice.below(other.len());
            let piece = &other[from..(from + dice.below(64)).min(other.len())];
            data.splice(at..end, piece.iter().copied());
        }
        _ => {
            for byte in &mut data[at..end] {
                *byte = dice.roll() as u8;
            }
        }
    }
}
