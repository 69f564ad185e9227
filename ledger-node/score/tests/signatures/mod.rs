//! One signature, judged alone and in batches.

use dure_score::{
    PublicKey, Signature,
    signature::{Item, SigningKey, verify_batch},
};
use rand_core::{Infallible, TryCryptoRng, TryRng};

/// Weights of a batch from a seed: a failure repeats.
pub struct Dice(pub u64);

impl TryRng for Dice {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.try_next_u64()? as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(x ^ x >> 31)
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            *byte = self.try_next_u64()? as u8;
        }
        Ok(())
    }
}

impl TryCryptoRng for Dice {}

/// A key that signs the other messages of a batch.
pub fn good() -> SigningKey {
    SigningKey::from_seed([7; 32])
}

/// From hex digits.
pub fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// A batch of any size, with the signature at any place among good ones, says what the signature alone says.
pub fn agree(key: &PublicKey, message: &[u8], signature: &Signature) {
    let alone = key.verify(message, signature);
    let signer = good();
    let messages: Vec<[u8; 1]> = (0..8).map(|number| [number]).collect();
    for (size, place) in [(1, 0), (2, 0), (2, 1), (3, 1), (8, 0), (8, 4), (8, 7)] {
        let mut items: Vec<Item<'_>> = messages[..size]
            .iter()
            .map(|message| Item { key: signer.public_key(), message, signature: signer.sign(message) })
            .collect();
        items[place] = Item { key: *key, message, signature: *signature };
        let seed = (size * 10 + place) as u64;
        assert_eq!(verify_batch(&items, Dice(seed)), alone, "place {place} of {size}: {key} {signature:?}");
    }
}
