//! Records that stay decoded while a block is at work: those that most transactions read, and write again and again. They
//! become bytes once, when the block ends.

use minicbor::{Decode, Encode};

use crate::{
    codec,
    holdings::Holdings,
    record::{Campaign, Certificate, Member},
};

/// A record that stays decoded.
#[derive(Clone, Debug)]
pub enum Kept {
    /// A certificate; apart, as campaigns are, because it is large: entries should be small.
    Certificate(Box<Certificate>),
    /// A member.
    Member(Member),
    /// An account.
    Holdings(Holdings),
    /// A campaign.
    Campaign(Box<Campaign>),
}

impl Kept {
    /// Writes its canonical bytes to the end of `out`.
    pub(super) fn append(&self, out: &mut Vec<u8>) {
        match self {
            Self::Certificate(record) => codec::append(&**record, out),
            Self::Member(record) => codec::append(record, out),
            Self::Holdings(record) => codec::append(record, out),
            Self::Campaign(record) => codec::append(&**record, out),
        }
    }
}

/// A kind of record that stays decoded.
pub trait Record: Sized + Clone + Encode<()> + for<'b> Decode<'b, ()> {
    /// To keep.
    fn keep(self) -> Kept;
    /// What is kept, if it is of this kind.
    fn kept(kept: &Kept) -> Option<&Self>;
    /// The same, to change.
    fn kept_mut(kept: &mut Kept) -> Option<&mut Self>;
}

macro_rules! record {
    ($($kind:ident),*) => { $(impl Record for $kind {
        #[inline]
        fn keep(self) -> Kept {
            Kept::$kind(self.into())
        }
        #[inline]
        fn kept(kept: &Kept) -> Option<&Self> {
            if let Kept::$kind(record) = kept { Some(record) } else { None }
        }
        #[inline]
        fn kept_mut(kept: &mut Kept) -> Option<&mut Self> {
            if let Kept::$kind(record) = kept { Some(record) } else { None }
        }
    })* };
}

record!(Certificate, Member, Holdings, Campaign);
