//! Under which key each record is stored. One letter for the kind, then the id; text ids end with a zero byte
//! only where something follows them, so that no key is a prefix of another of its kind.

use crate::ids::{BatchId, Bid, CampaignId, CertId, Code, DepositRef, Hash32, OrderId, PayoutId, TxId};

/// A state key. Its bytes are disk format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// [`crate::record::Channel`], the one of this ledger.
    Channel,
    /// [`crate::record::Institution`].
    Institution(&'a Bid),
    /// [`crate::record::Member`].
    Member(&'a Bid),
    /// [`crate::record::Certificate`].
    Certificate(&'a CertId),
    /// [`crate::record::Devices`] of an owner.
    Devices(&'a Bid),
    /// [`crate::record::Campaign`].
    Campaign(CampaignId),
    /// [`crate::record::Supply`] of a campaign.
    Supply(CampaignId),
    /// [`crate::holdings::Holdings`] of an owner.
    Holdings(&'a Bid),
    /// [`crate::record::PersonUse`] of a person in a campaign.
    PersonUse(&'a Bid, CampaignId),
    /// [`crate::record::Payment`].
    Payment(&'a TxId),
    /// The payment (a [`TxId`]) of a merchant's order.
    Order(&'a Bid, &'a OrderId),
    /// [`crate::record::Deposit`].
    Deposit(&'a DepositRef),
    /// The transaction (a [`TxId`]) that made a grant.
    Grant(&'a Hash32),
    /// [`crate::record::Batch`].
    Batch(&'a BatchId),
    /// [`crate::record::Payout`].
    Payout(&'a PayoutId),
    /// [`crate::proposal::Proposal`].
    Proposal(&'a TxId),
    /// Receipts root (a [`Hash32`]) of an applied block: puts every receipt under the state root.
    Receipts(u64),
    /// [`crate::record::CampaignTerms`] as they were in an earlier version.
    Terms(CampaignId, u32),
    /// The payment (a [`TxId`]) that used up a one-time authorisation.
    Mandate(&'a Hash32),
    /// [`crate::record::CashOut`].
    CashOut(&'a PayoutId),
    /// [`crate::record::Contract`].
    Contract(&'a Code),
    /// [`crate::record::ValidatorSet`] in force from an epoch on.
    Validators(u64),
}

impl Key<'_> {
    /// The stored bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.bytes().as_slice().to_vec()
    }

    /// The stored bytes, in place.
    #[inline]
    pub fn bytes(&self) -> KeyBytes {
        let join = KeyBytes::join;
        match self {
            Self::Channel => join(b'A', [&[], &[]]),
            Self::Institution(bid) => join(b'I', [bid.as_bytes(), &[]]),
            Self::Member(bid) => join(b'M', [bid.as_bytes(), &[]]),
            Self::Certificate(id) => join(b'C', [id.as_bytes(), &[]]),
            Self::Devices(bid) => join(b'V', [bid.as_bytes(), &[]]),
            Self::Campaign(id) => join(b'K', [&id.0.to_be_bytes(), &[]]),
            Self::Supply(id) => join(b'S', [&id.0.to_be_bytes(), &[]]),
            Self::Holdings(bid) => join(b'H', [bid.as_bytes(), &[]]),
            Self::PersonUse(bid, id) => join(b'U', [bid.as_bytes(), &id.0.to_be_bytes()]),
            Self::Payment(id) => join(b'P', [id.as_bytes(), &[]]),
            Self::Order(bid, order) => join(b'O', [bid.as_bytes(), order.as_bytes()]),
            Self::Deposit(id) => join(b'D', [id.as_bytes(), &[]]),
            Self::Grant(id) => join(b'G', [id.as_bytes(), &[]]),
            Self::Batch(id) => join(b'B', [id.as_bytes(), &[]]),
            Self::Payout(id) => join(b'Y', [id.as_bytes(), &[]]),
            Self::Proposal(id) => join(b'Q', [id.as_bytes(), &[]]),
            Self::Receipts(height) => join(b'R', [&height.to_be_bytes(), &[]]),
            Self::Terms(id, version) => join(b'T', [&id.0.to_be_bytes(), &version.to_be_bytes()]),
            Self::Mandate(id) => join(b'X', [id.as_bytes(), &[]]),
            Self::CashOut(id) => join(b'W', [id.as_bytes(), &[]]),
            Self::Contract(name) => join(b'Z', [name.as_bytes(), &[]]),
            Self::Validators(epoch) => join(b'E', [&epoch.to_be_bytes(), &[]]),
        }
    }
}

/// The bytes of a state key, without a heap: a payment touches seven of them. Ordered as byte strings.
#[derive(Clone, Copy)]
pub struct KeyBytes {
    // Zero bytes fill what the key leaves; the last byte is the length and tells keys that end in zeros apart.
    bytes: [u8; Self::MAX + 1],
}

/// The longest key is that of an order.
const _: () = assert!(1 + Bid::LEN + OrderId::MAX <= KeyBytes::MAX);
const _: () = assert!(PayoutId::MAX < KeyBytes::MAX && DepositRef::MAX < KeyBytes::MAX);

impl KeyBytes {
    /// Longest key, in bytes; with the length these are six machine words.
    pub const MAX: usize = 47;

    /// A key of these bytes; `None` if they are more than [`Self::MAX`].
    #[inline]
    pub fn new(key: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::MAX + 1];
        let (room, length) = bytes.split_at_mut(Self::MAX);
        room.get_mut(..key.len())?.copy_from_slice(key);
        *length.first_mut()? = u8::try_from(key.len()).ok()?;
        Some(Self { bytes })
    }

    /// The key's bytes.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        let [room @ .., length] = &self.bytes;
        room.get(..usize::from(*length)).unwrap_or_default()
    }

    /// The bytes and the length, as words whose order is that of the keys.
    #[inline]
    pub(crate) fn words(&self) -> [u64; 6] {
        let mut words = [0; 6];
        let bytes = self.bytes.as_chunks::<8>().0;
        words.iter_mut().zip(bytes).for_each(|(word, bytes)| *word = u64::from_be_bytes(*bytes));
        words
    }

    /// The first of [`Self::words`].
    #[inline]
    pub(crate) fn first_word(&self) -> u64 {
        let [first, ..] = self.words();
        first
    }

    #[inline]
    fn join(kind: u8, [first, second]: [&[u8]; 2]) -> Self {
        let mut bytes = [0; Self::MAX + 1];
        let [start, room @ .., length] = &mut bytes;
        *start = kind;
        let (one, two) = room.split_at_mut(first.len());
        one.copy_from_slice(first);
        two.split_at_mut(second.len()).0.copy_from_slice(second);
        *length = u8::try_from(1 + first.len() + second.len()).unwrap_or_default();
        Self { bytes }
    }
}

impl PartialEq for KeyBytes {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        // All words at once: whoever compares has found the same hash, so that they are mostly equal.
        self.words().iter().zip(other.words()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
    }
}
impl Eq for KeyBytes {}
impl Ord for KeyBytes {
    #[inline]
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.words().cmp(&other.words())
    }
}
impl PartialOrd for KeyBytes {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl core::fmt::Debug for KeyBytes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}", self.as_slice().escape_ascii())
    }
}
