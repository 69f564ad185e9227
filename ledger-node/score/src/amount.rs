//! Money: whole minor units (won), never negative, arithmetic always checked.

use core::fmt;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::limits::BPS;

/// An amount in minor units. JSON form: a decimal string, because JavaScript numbers are floats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Amount(#[n(0)] u64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `minor` units of the channel's currency.
    pub const fn new(minor: u64) -> Self {
        Self(minor)
    }

    /// The number of minor units.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// True for nothing.
    #[inline]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Sum, or `None` on overflow.
    #[inline]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Difference, or `None` if it would be negative.
    #[inline]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// `bps` basis points of this amount, **rounded down** to a whole minor unit (the rule for every
    /// incentive: the programme never pays a fraction that it did not promise).
    pub fn basis_points(self, bps: u16) -> Self {
        let wide = u128::from(self.0) * u128::from(bps) / u128::from(BPS);
        Self(u64::try_from(wide).unwrap_or(u64::MAX))
    }

    /// `part / whole` of this amount, **rounded down**; `None` if `whole` is nothing or the result does not fit.
    pub fn share(self, part: Self, whole: Self) -> Option<Self> {
        let wide = (u128::from(self.0) * u128::from(part.0)).checked_div(u128::from(whole.0))?;
        u64::try_from(wide).ok().map(Self)
    }

    /// `bps` basis points of this amount, **rounded up**: for what a person must have done at least.
    pub fn basis_points_up(self, bps: u16) -> Self {
        let wide = (u128::from(self.0) * u128::from(bps)).div_ceil(u128::from(BPS));
        Self(u64::try_from(wide).unwrap_or(u64::MAX))
    }

    /// Sum of many, or `None` on overflow.
    #[inline]
    pub fn total(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        let canonical = !text.is_empty()
            && text.len() <= 20
            && text.bytes().all(|b| b.is_ascii_digit())
            && (text.len() == 1 || !text.starts_with('0'));
        if !canonical {
            return Err(D::Error::custom(
                "an amount is a decimal string of whole minor units, such as \"4500\"",
            ));
        }
        text.parse().map(Self).map_err(D::Error::custom)
    }
}
