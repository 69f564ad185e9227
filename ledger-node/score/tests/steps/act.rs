//! Acts of institutions.

use proptest::prelude::*;

/// How an act comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By an office whose officers may act alone.
    Alone,
    /// By an office that needs two, proposed and approved at once.
    Together,
    /// By an office that needs two, proposed only.
    Proposed,
    /// By an office that may act alone, as a proposal.
    ProposedAlone,
    /// By an office that needs two, without asking the other.
    Bold,
    /// By some other office: its number.
    Other(usize),
}

#[derive(Clone, Debug)]
pub enum Act {
    Open { campaign: u32, kind: u8 },
    Issue { campaign: u32, amount: u64 },
    Amend { campaign: u32, change: u8 },
    Close { campaign: u32 },
    Unfreeze { who: usize },
    Rebind { who: usize, flaw: u8 },
    NewOfficer { flaw: u8 },
    EndOfficer { which: u8, flaw: u8 },
    Version { flaw: u8 },
    Activate { flaw: u8 },
    Seats { leave: usize, join: usize, flaw: u8 },
}

pub fn way() -> impl Strategy<Value = Way> {
    prop_oneof![
        6 => Just(Way::Alone),
        8 => Just(Way::Together),
        1 => Just(Way::Proposed),
        2 => Just(Way::ProposedAlone),
        1 => Just(Way::Bold),
        1 => (0..8usize).prop_map(Way::Other),
    ]
}

pub fn act() -> impl Strategy<Value = Act> {
    let campaign = || prop_oneof![12 => 1..7u32, 1 => Just(0), 1 => Just(9)];
    let amount = prop_oneof![8 => 1..20_000u64, 1 => Just(0), 1 => Just(90_000_000)];
    let who = || 0..7usize;
    prop_oneof![
        3 => (campaign(), 0..8u8).prop_map(|(campaign, kind)| Act::Open { campaign, kind }),
        6 => (campaign(), amount).prop_map(|(campaign, amount)| Act::Issue { campaign, amount }),
        10 => (prop_oneof![3 => campaign(), 1 => Just(0)], 0..28u8)
            .prop_map(|(campaign, change)| Act::Amend { campaign, change }),
        2 => campaign().prop_map(|campaign| Act::Close { campaign }),
        8 => who().prop_map(|who| Act::Unfreeze { who }),
        3 => (who(), 0..8u8).prop_map(|(who, flaw)| Act::Rebind { who, flaw }),
        4 => (0..8u8).prop_map(|flaw| Act::NewOfficer { flaw }),
        3 => (any::<u8>(), 0..6u8).prop_map(|(which, flaw)| Act::EndOfficer { which, flaw }),
        3 => (0..8u8).prop_map(|flaw| Act::Version { flaw }),
        4 => (0..8u8).prop_map(|flaw| Act::Activate { flaw }),
        3 => (0..4usize, 0..3usize, 0..8u8).prop_map(|(leave, join, flaw)| Act::Seats { leave, join, flaw }),
    ]
}
