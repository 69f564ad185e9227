//! How much is measured.

/// Sizes and times of a bench.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Payments of the contract alone.
    pub payments: u32,
    /// Blocks of a thousand payments that are audited.
    pub audited: u32,
    /// Accounts of the ledger that is joined and copied.
    pub accounts: u32,
    /// People who pay, on the four validators' ledger.
    pub payers: u32,
    /// Seconds of one measured span at the highest rate.
    pub span_s: f64,
    /// Payments that may be on their way at once at the highest rate: some full blocks.
    pub in_flight: u32,
    /// Such spans of each kind, taken in turn.
    pub rounds: u32,
    /// Seconds of one span in which latency is measured.
    pub latency_s: f64,
    /// Validators that are killed, one after the other.
    pub deaths: usize,
    /// Accounts of the small ledger.
    pub few: u32,
    /// Accounts of the large one.
    pub many: u32,
    /// Payments after which a ledger is old.
    pub long: u32,
    /// Payments that are measured of a young and of an old ledger.
    pub window: u32,
    /// Payments that a browser makes.
    pub wallet_payments: u32,
}

impl Scale {
    /// For the record: some twenty minutes on two cores.
    pub const FULL: Self = Self {
        payments: 200_000,
        audited: 100,
        accounts: 1_000_000,
        payers: 20_000,
        span_s: 15.0,
        in_flight: 12_000,
        rounds: 2,
        latency_s: 20.0,
        deaths: 4,
        few: 10_000,
        many: 10_000_000,
        long: 5_000_000,
        window: 100_000,
        wallet_payments: 20,
    };

    /// To see that every part works: two minutes, and figures that say little.
    pub const QUICK: Self = Self {
        payments: 5_000,
        audited: 5,
        accounts: 5_000,
        payers: 1_000,
        span_s: 2.0,
        in_flight: 400,
        rounds: 1,
        latency_s: 3.0,
        deaths: 1,
        few: 1_000,
        many: 20_000,
        long: 40_000,
        window: 4_000,
        wallet_payments: 3,
    };
}
