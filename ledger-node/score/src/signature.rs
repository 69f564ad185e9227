//! The ledger's one signature rule: Ed25519 as in ZIP-215 (cofactored, canonical S), the same for single
//! and batch verification, so that every node always agrees. Weak (small-order) keys are refused when a
//! device is certified.

use core::fmt;
use ed25519_zebra::{VerificationKey, VerificationKeyBytes, batch};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::ids::{CertId, ChainId, Hash32, sha256};

/// An Ed25519 public key. JSON form: 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct PublicKey(#[n(0)] Hash32);

impl PublicKey {
    /// From the 32 encoded bytes; whether they are a usable key is asked with [`PublicKey::is_acceptable`].
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(Hash32::new(bytes))
    }
    /// The 32 encoded bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
    /// True if the bytes are a canonical point that is not of small order: such keys sign for everything.
    pub fn is_acceptable(&self) -> bool {
        match VerificationKey::try_from(*self.as_bytes()) {
            Ok(_) => !is_small_order(self.as_bytes()) && is_canonical_y(self.as_bytes()),
            Err(_) => false,
        }
    }
    /// The id of this key's certificate on `chain`.
    pub fn certificate_id(&self, chain: &ChainId) -> CertId {
        let digest = sha256(&[b"dure:certificate:v1\0", chain.as_str().as_bytes(), b"\0", self.as_bytes()]);
        let mut id = [0u8; 16];
        id.iter_mut().zip(digest).for_each(|(slot, byte)| *slot = byte);
        CertId::new(id)
    }
    /// ZIP-215 verification of one signature over `message`.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> bool {
        match VerificationKey::try_from(*self.as_bytes()) {
            Ok(key) => key.verify(&ed25519_zebra::Signature::from(signature.0), message).is_ok(),
            Err(_) => false,
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An Ed25519 signature (R ‖ S). JSON form: 128 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Signature(#[cbor(n(0), with = "minicbor::bytes")] [u8; 64]);

impl Signature {
    /// From the 64 encoded bytes.
    pub const fn new(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }
    /// The 64 encoded bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&format_args!("{self:?}"))
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        let bad = || D::Error::custom("a signature is 128 lowercase hex digits");
        if text.len() != 128 || !text.is_ascii() {
            return Err(bad());
        }
        let (r, s) = text.split_at(64);
        let (r, s) = (r.parse::<Hash32>().map_err(|_| bad())?, s.parse::<Hash32>().map_err(|_| bad())?);
        let mut out = [0u8; 64];
        out.iter_mut().zip(r.as_bytes().iter().chain(s.as_bytes())).for_each(|(slot, byte)| *slot = *byte);
        Ok(Self(out))
    }
}

/// One signature of a batch.
pub struct Item<'a> {
    /// Who signed.
    pub key: PublicKey,
    /// What was signed.
    pub message: &'a [u8],
    /// The signature.
    pub signature: Signature,
}

/// Verifies many signatures at once: true only if every single one verifies (ZIP-215 makes the two equal).
pub fn verify_batch(items: &[Item<'_>], rng: impl CryptoRng) -> bool {
    let mut verifier = batch::Verifier::new();
    for item in items {
        let key = VerificationKeyBytes::from(*item.key.as_bytes());
        verifier.queue((key, ed25519_zebra::Signature::from(item.signature.0), &item.message));
    }
    verifier.verify(rng).is_ok()
}

/// A signing key, for institutions' officers, tills and tests. Citizens' keys live in their browsers.
pub struct SigningKey(ed25519_zebra::SigningKey);

impl SigningKey {
    /// From a 32-byte seed (RFC 8032 private key).
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(ed25519_zebra::SigningKey::from(seed))
    }
    /// The public half.
    pub fn public_key(&self) -> PublicKey {
        PublicKey::new(VerificationKeyBytes::from(&self.0).into())
    }
    /// Signs `message` (RFC 8032, deterministic).
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

/// p = 2^255 - 19, little endian: a y-coordinate at or above it is not canonical.
fn is_canonical_y(bytes: &[u8; 32]) -> bool {
    let mut y = *bytes;
    if let Some(top) = y.last_mut() {
        *top &= 0x7f;
    }
    let [first, middle @ .., last] = &y;
    !(*last == 0x7f && middle.iter().all(|b| *b == 0xff) && *first >= 0xed)
}

/// True for the eight points of small order, found by multiplying by the cofactor.
fn is_small_order(bytes: &[u8; 32]) -> bool {
    // The canonical encodings of the points of order 1, 2, 4 and 8, without the sign bit (RFC 7748 §7 names
    // the same set for X25519): y = 1, y = -1, y = 0, and the two y of order 8.
    const ORDER_8_A: [u8; 32] = [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ];
    const ORDER_8_B: [u8; 32] = [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ];
    let mut y = *bytes;
    if let Some(top) = y.last_mut() {
        *top &= 0x7f;
    }
    let [first, middle @ .., last] = &y;
    let tail = |value: u8| middle.iter().all(|b| *b == value);
    let zero_or_one = *first <= 1 && tail(0) && *last == 0;
    let minus_one = *first == 0xec && tail(0xff) && *last == 0x7f;
    zero_or_one || minus_one || y == ORDER_8_A || y == ORDER_8_B
}
