//! Random steps of a history, friendly and hostile, over a small town so that things meet.

mod act;

pub use act::{Act, Way};
use proptest::prelude::*;

/// Citizens, then shops, then one whom nobody has registered.
pub const PEOPLE: [&str; 7] = ["mina", "jun", "sora", "cafe", "mall", "farm", "nobody"];
/// Shop, category, region, large.
pub const SHOPS: [(&str, &str, &str, bool); 3] =
    [("cafe", "5814", "R1", false), ("mall", "5311", "R1", true), ("farm", "5411", "R2", false)];
/// Institutions and their first officers.
pub const OFFICES: [(&str, &[&str]); 8] = [
    ("bank", &["banker"]),
    ("city", &["mayor", "deputy", "aide"]),
    ("campus", &["dean"]),
    ("registry", &["registrar"]),
    ("court", &["judge", "clerk"]),
    ("network", &["ops-1", "ops-2"]),
    ("lab", &["tech"]),
    ("audit", &["auditor"]),
];

/// What may be wrong with a payer's authorisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    None,
    Forged,
    OtherChain,
    UnknownDevice,
    StaffDevice,
    AnyDevice,
    Late,
    TooLong,
    OtherShop,
    OverCap,
    Again,
    OfAShop,
}

#[derive(Clone, Debug)]
pub enum Step {
    Charge {
        to: usize,
        amount: u64,
        deposit: u8,
        campaign: u32,
    },
    /// Many small deposits of different amounts, so that an account fills with lots.
    Flood {
        to: usize,
        count: u64,
    },
    /// Equal deposits of one moment.
    Twins {
        to: usize,
        amount: u64,
        campaign: u32,
    },
    /// One device more than a citizen may have.
    Phones {
        owner: usize,
    },
    Grant {
        by: usize,
        campaign: u32,
        number: u8,
        to: Vec<(usize, u64)>,
    },
    Transfer {
        from: usize,
        to: usize,
        amount: u64,
    },
    Pay {
        from: usize,
        shop: usize,
        order: u8,
        amount: u64,
        cashback: Option<u32>,
    },
    /// All that one shop has of coin that may be spent again, at another shop.
    Reuse {
        from: usize,
        shop: usize,
        order: u8,
        amount: u64,
        cashback: Option<u32>,
    },
    Mandate {
        payer: usize,
        shop: usize,
        till: u8,
        order: u8,
        amount: u64,
        flaw: Flaw,
        cashback: Option<u32>,
    },
    Refund {
        bill: u8,
        by: usize,
        amount: u64,
        whole: bool,
    },
    CashOut {
        by: usize,
        deposit: u8,
        payout: u8,
    },
    Expire {
        owners: Vec<usize>,
    },
    Open {
        batch: u8,
        to: u8,
    },
    Redeem {
        batch: u8,
        payout: u8,
        shop: usize,
        amount: u64,
    },
    Decide {
        payout: u8,
        paid: bool,
    },
    Close {
        batch: u8,
        exact: bool,
    },
    Register {
        who: usize,
        fresh: bool,
    },
    Device {
        owner: usize,
        by: usize,
        role: u8,
        flaw: u8,
    },
    Revoke {
        owner: usize,
        which: u8,
        by: usize,
    },
    Renew {
        who: usize,
    },
    Freeze {
        who: usize,
        by: usize,
    },
    Act {
        act: Act,
        way: Way,
    },
    Approve {
        proposal: u8,
        by: usize,
        which: u8,
    },
    /// Any officer or person asks for what is another's business.
    Meddle {
        by: usize,
        what: u8,
    },
    Wait {
        days: u64,
    },
    /// Blocks of one moment from now on, or each a moment later.
    Hurry {
        on: bool,
    },
    Replay {
        back: u8,
    },
    Forge {
        how: u8,
        from: usize,
    },
}

fn amount() -> impl Strategy<Value = u64> {
    prop_oneof![24 => 1..5_000u64, 1 => Just(0), 8 => 5_000..60_000u64, 3 => 60_000..500_000u64]
}

fn who() -> impl Strategy<Value = usize> {
    prop_oneof![12 => 0..6usize, 1 => Just(6)]
}

fn citizen() -> impl Strategy<Value = usize> {
    prop_oneof![12 => 0..3usize, 1 => 3..7usize]
}

fn shop() -> impl Strategy<Value = usize> {
    prop_oneof![14 => 3..6usize, 1 => who()]
}

fn campaign() -> impl Strategy<Value = u32> {
    prop_oneof![24 => 1..5u32, 3 => 5..7u32, 1 => Just(0), 1 => Just(9)]
}

fn cashback() -> impl Strategy<Value = Option<u32>> {
    prop_oneof![2 => Just(None), 3 => (2..4u32).prop_map(Some), 1 => campaign().prop_map(Some)]
}

fn flaw() -> impl Strategy<Value = Flaw> {
    use Flaw::*;
    let flaws = [
        Forged,
        OtherChain,
        UnknownDevice,
        StaffDevice,
        AnyDevice,
        AnyDevice,
        Late,
        TooLong,
        OtherShop,
        OverCap,
        Again,
        OfAShop,
    ];
    prop_oneof![3 => Just(None), 2 => prop::sample::select(flaws.to_vec())]
}

fn money() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (citizen(), amount(), 0..60u8, prop_oneof![2 => Just(0), 3 => campaign()])
            .prop_map(|(to, amount, deposit, campaign)| Step::Charge { to, amount, deposit, campaign }),
        3 => (0..4usize, campaign(), 0..60u8, prop::collection::vec((citizen(), amount()), 0..4))
            .prop_map(|(by, campaign, number, to)| Step::Grant { by, campaign, number, to }),
        3 => (citizen(), citizen(), amount()).prop_map(|(from, to, amount)| Step::Transfer { from, to, amount }),
        9 => (citizen(), shop(), 0..200u8, amount(), cashback())
            .prop_map(|(from, shop, order, amount, cashback)| Step::Pay { from, shop, order, amount, cashback }),
        3 => (3..6usize, shop(), 0..200u8, amount(), cashback())
            .prop_map(|(from, shop, order, amount, cashback)| Step::Reuse { from, shop, order, amount, cashback }),
        6 => (0..3usize, shop(), 0..4u8, 0..200u8, amount(), flaw(), cashback()).prop_map(
            |(payer, shop, till, order, amount, flaw, cashback)| {
                Step::Mandate { payer, shop, till, order, amount, flaw, cashback }
            }
        ),
        8 => (0..60u8, 0..7usize, amount(), any::<bool>())
            .prop_map(|(bill, by, amount, whole)| Step::Refund { bill, by, amount, whole }),
        5 => (who(), 0..60u8, 0..60u8).prop_map(|(by, deposit, payout)| Step::CashOut { by, deposit, payout }),
    ]
}

fn bank() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => prop::collection::vec(who(), 0..5).prop_map(|owners| Step::Expire { owners }),
        2 => (0..3u8, 0..10u8).prop_map(|(batch, to)| Step::Open { batch, to }),
        4 => (0..4u8, 0..60u8, shop(), amount())
            .prop_map(|(batch, payout, shop, amount)| Step::Redeem { batch, payout, shop, amount }),
        6 => (0..60u8, any::<bool>()).prop_map(|(payout, paid)| Step::Decide { payout, paid }),
        1 => (0..4u8, any::<bool>()).prop_map(|(batch, exact)| Step::Close { batch, exact }),
    ]
}

fn people() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (who(), any::<bool>()).prop_map(|(who, fresh)| Step::Register { who, fresh }),
        5 => (who(), 0..8usize, 0..8u8, 0..12u8)
            .prop_map(|(owner, by, role, flaw)| Step::Device { owner, by, role, flaw }),
        2 => (who(), 0..8u8, 0..9usize).prop_map(|(owner, which, by)| Step::Revoke { owner, which, by }),
        4 => (0..8usize).prop_map(|who| Step::Renew { who }),
        2 => (who(), 0..9usize).prop_map(|(who, by)| Step::Freeze { who, by }),
    ]
}

pub fn step() -> impl Strategy<Value = Step> {
    let days = prop_oneof![9 => Just(1u64), 5 => Just(31), 3 => Just(100), 1 => Just(920)];
    prop_oneof![
        180 => money(),
        50 => bank(),
        30 => people(),
        50 => (act::act(), act::way()).prop_map(|(act, way)| Step::Act { act, way }),
        8 => (any::<u8>(), 0..8usize, any::<u8>())
            .prop_map(|(proposal, by, which)| Step::Approve { proposal, by, which }),
        5 => (0..14usize, 0..32u8).prop_map(|(by, what)| Step::Meddle { by, what }),
        9 => days.prop_map(|days| Step::Wait { days }),
        3 => any::<bool>().prop_map(|on| Step::Hurry { on }),
        2 => (0..3usize, 1..30_000u64, 0..3u32)
            .prop_map(|(to, amount, campaign)| Step::Twins { to, amount, campaign }),
        3 => (0..20u8).prop_map(|back| Step::Replay { back }),
        3 => (0..9u8, 0..3usize).prop_map(|(how, from)| Step::Forge { how, from }),
        1 => prop_oneof![
            1 => (0..3usize, 20..70u64).prop_map(|(to, count)| Step::Flood { to, count }),
            3 => (0..3usize).prop_map(|owner| Step::Phones { owner }),
        ],
    ]
}
