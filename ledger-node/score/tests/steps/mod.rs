//! Random steps of a history, friendly and hostile, over a small town so that things meet.

use proptest::prelude::*;

pub const CITIZENS: [&str; 3] = ["mina", "jun", "sora"];
pub const SHOPS: [(&str, &str, bool); 2] = [("cafe", "5814", false), ("mall", "5311", true)];
pub const PEOPLE: [&str; 6] = ["mina", "jun", "sora", "cafe", "mall", "nobody"];

#[derive(Clone, Debug)]
pub enum Step {
    Charge { to: usize, amount: u64, deposit: u8, campaign: u32 },
    Grant { campaign: u32, number: u8, to: Vec<(usize, u64)> },
    Transfer { from: usize, to: usize, amount: u64 },
    Pay { from: usize, shop: usize, order: u8, amount: u64 },
    Refund { bill: u8, by: usize, amount: u64 },
    Expire { owners: Vec<usize> },
    Open { batch: u8 },
    Redeem { batch: u8, payout: u8, shop: usize, amount: u64 },
    Decide { payout: u8, paid: bool },
    Close { batch: u8, exact: bool },
    Wait { days: u64 },
    Replay { back: u8 },
    Forge { how: u8, from: usize },
}

pub fn step() -> impl Strategy<Value = Step> {
    let who = || 0..PEOPLE.len();
    let amount = || prop_oneof![3 => 1..5_000u64, 1 => Just(0), 1 => 5_000..300_000u64];
    prop_oneof![
        6 => (prop_oneof![4 => 0..3usize, 1 => who()], amount(), 0..60u8, 0..4u32)
            .prop_map(|(to, amount, deposit, campaign)| Step::Charge { to, amount, deposit, campaign }),
        3 => (1..5u32, 0..40u8, prop::collection::vec((prop_oneof![8 => 0..3usize, 1 => 3..6usize], amount()), 0..4))
            .prop_map(|(campaign, number, to)| Step::Grant { campaign, number, to }),
        3 => (who(), who(), amount()).prop_map(|(from, to, amount)| Step::Transfer { from, to, amount }),
        8 => (0..3usize, prop_oneof![6 => 3..5usize, 1 => who()], 0..60u8, amount())
            .prop_map(|(from, shop, order, amount)| Step::Pay { from, shop, order, amount }),
        6 => (0..60u8, 3..6usize, amount()).prop_map(|(bill, by, amount)| Step::Refund { bill, by, amount }),
        1 => prop::collection::vec(who(), 0..5).prop_map(|owners| Step::Expire { owners }),
        2 => (0..3u8).prop_map(|batch| Step::Open { batch }),
        4 => (0..4u8, 0..16u8, prop_oneof![6 => 3..5usize, 1 => who()], amount())
            .prop_map(|(batch, payout, shop, amount)| Step::Redeem { batch, payout, shop, amount }),
        4 => (0..16u8, any::<bool>()).prop_map(|(payout, paid)| Step::Decide { payout, paid }),
        1 => (0..4u8, any::<bool>()).prop_map(|(batch, exact)| Step::Close { batch, exact }),
        1 => prop_oneof![Just(1u64), Just(31), Just(100)].prop_map(|days| Step::Wait { days }),
        2 => (0..20u8).prop_map(|back| Step::Replay { back }),
        1 => (0..4u8, 0..3usize).prop_map(|(how, from)| Step::Forge { how, from }),
    ]
}
