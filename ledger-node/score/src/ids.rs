//! Identifiers. Fixed-size ids are random or hashes; text ids are bounded printable ASCII.

use core::{fmt, str::FromStr};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest, Sha256};

/// An id that is not of its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadId(&'static str);

impl fmt::Display for BadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a valid {}", self.0)
    }
}
impl std::error::Error for BadId {}

macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident, $len:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;
            /// From raw bytes.
            pub const fn new(bytes: [u8; $len]) -> Self { Self(bytes) }
            /// The raw bytes.
            #[inline]
            pub const fn as_bytes(&self) -> &[u8; $len] { &self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
        }
        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                let mut out = [0u8; $len];
                let text = text.as_bytes();
                if text.len() != $len * 2 { return Err(BadId($what)); }
                for (slot, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
                    let [high, low] = pair else { return Err(BadId($what)) };
                    let (Some(high), Some(low)) = (hex_digit(*high), hex_digit(*low)) else { return Err(BadId($what)) };
                    *slot = high << 4 | low;
                }
                Ok(Self(out))
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(self) }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    };
}

fn hex_digit(c: u8) -> Option<u8> {
    match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    }
}

bytes_id!(
    /// A person, merchant or institution on the ledger: 16 random bytes, no personal data.
    Bid, 16, "BID (32 lowercase hex digits)");
bytes_id!(
    /// A device certificate: the first 16 bytes of a hash of chain and public key.
    CertId, 16, "certificate id (32 lowercase hex digits)");
bytes_id!(
    /// A SHA-256 digest.
    Hash32, 32, "hash (64 lowercase hex digits)");
bytes_id!(
    /// A transaction, and what it created (a payment is named by the transaction that made it).
    TxId, 32, "transaction id (64 lowercase hex digits)");

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $max:literal, $what:literal) => {
        $(#[$doc])*
        // In place, because these stand in most records and keys: zero bytes fill what the text leaves, so that the
        // derived order is that of the texts.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name { bytes: [u8; $max], len: u8 }

        impl $name {
            /// Longest form, in bytes.
            pub const MAX: usize = $max;
            /// From text of 1 to MAX printable ASCII characters without spaces.
            pub fn new(text: &str) -> Result<Self, BadId> {
                let mut bytes = [0; $max];
                let len = u8::try_from(text.len()).map_err(|_| BadId($what))?;
                let slots = bytes.get_mut(..text.len()).ok_or(BadId($what))?;
                slots.copy_from_slice(text.as_bytes());
                let ok = len > 0 && slots.iter().all(u8::is_ascii_graphic);
                if ok { Ok(Self { bytes, len }) } else { Err(BadId($what)) }
            }
            /// The text.
            pub fn as_str(&self) -> &str {
                // Printable ASCII by construction.
                core::str::from_utf8(self.as_bytes()).unwrap_or_default()
            }
            /// The text's bytes.
            #[inline]
            pub fn as_bytes(&self) -> &[u8] {
                self.bytes.get(..usize::from(self.len)).unwrap_or_default()
            }
        }
        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self, e: &mut minicbor::Encoder<W>, _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.str(self.as_str())?.ok()
            }
        }
        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Self::new(d.str()?).map_err(|_| minicbor::decode::Error::message($what))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> { Self::new(text) }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.serialize_str(self.as_str()) }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                Self::new(&text).map_err(D::Error::custom)
            }
        }
    };
}

text_id!(
    /// Name of a channel (one ledger). Bound into everything that is signed.
    ChainId, 32, "chain id (1-32 printable ASCII characters)");
text_id!(
    /// A merchant's own number of an order; unique per merchant for ever.
    OrderId, 25, "order id (1-25 printable ASCII characters)");
text_id!(
    /// A bank's reference of a booked deposit; charges once.
    DepositRef, 35, "deposit reference (1-35 printable ASCII characters)");
text_id!(
    /// A settlement batch (also the MsgId of its bank file).
    BatchId, 35, "batch id (1-35 printable ASCII characters)");
text_id!(
    /// One payout of a batch (also the EndToEndId in the bank file).
    PayoutId, 35, "payout id (1-35 printable ASCII characters)");
text_id!(
    /// An ISO 18245 merchant category, a region code, a bank reason code: a short code.
    Code, 8, "code (1-8 printable ASCII characters)");

impl Code {
    /// The name of the ledger's own contract in the registry.
    pub const fn token() -> Self {
        Self { bytes: *b"token\0\0\0", len: 5 }
    }
}

text_id!(
    /// A validator's network address, `host:port`.
    Address, 64, "network address (1-64 printable ASCII characters)");

/// A campaign (series of vouchers). 0 is the charged coin itself.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct CampaignId(#[n(0)] pub u32);

impl CampaignId {
    /// The charged coin.
    pub const COIN: Self = Self(0);
}

/// A human name for institutions and campaigns: 1–60 characters, at most 180 bytes, no control characters.
/// Never a person's name.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Title(#[n(0)] String);

impl Title {
    /// From text that keeps the bounds.
    pub fn new(text: &str) -> Result<Self, BadId> {
        let count = text.chars().count();
        let ok = (1..=60).contains(&count) && text.len() <= 180 && !text.chars().any(char::is_control);
        if ok { Ok(Self(text.to_owned())) } else { Err(BadId("title (1-60 characters)")) }
    }
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl<'b, C> Decode<'b, C> for Title {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::new(d.str()?).map_err(|_| minicbor::decode::Error::message("title"))
    }
}
impl<'de> Deserialize<'de> for Title {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        Self::new(&text).map_err(D::Error::custom)
    }
}

/// SHA-256 over the concatenation of `parts`.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}
