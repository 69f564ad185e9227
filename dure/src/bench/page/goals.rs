//! The figures that a bench must show: what each means, and what is asked of it.

/// What is asked of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// Not less.
    AtLeast(f64),
    /// Not more.
    AtMost(f64),
    /// Nothing: others are held against it.
    Shown,
}

/// A figure.
pub struct Figure {
    /// Its name in the result.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// What is asked.
    pub goal: Goal,
    /// What it says, for people.
    pub says: &'static str,
}

impl Goal {
    /// Whether a value is as asked.
    pub fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
            Self::Shown => true,
        }
    }
}

use Goal::{AtLeast, AtMost, Shown};

const fn figure(name: &'static str, unit: &'static str, goal: Goal, says: &'static str) -> Figure {
    Figure { name, unit, goal, says }
}

/// All of them, in the order of the page.
pub const FIGURES: [Figure; 15] = [
    figure(
        "signature_bound_per_s",
        "/s",
        Shown,
        "Signatures that one core checks in batches, times cores, divided by four validators that each check every payment",
    ),
    figure(
        "pay_finalized_per_s",
        "/s",
        AtLeast(5_000.0),
        "Payments by different people to 500 shops that became final on all four validators: sent over HTTP, ordered, applied, receipts and roots made, synced to disk",
    ),
    figure(
        "pay_vs_bound",
        "×",
        AtLeast(0.6),
        "The same, of the signature bound on the CPU time that the generator left",
    ),
    figure(
        "pay_vs_postgres_spread",
        "×",
        AtLeast(1.0),
        "The same, of what PostgreSQL books as double entries between 10,000 payers and 500 shops",
    ),
    figure(
        "hot_vs_postgres_hot",
        "×",
        AtLeast(8.0),
        "Everybody pays one shop: four validators, of PostgreSQL, whose clients wait for the shop's row",
    ),
    figure(
        "half_load_p50_ms",
        "ms",
        AtMost(60.0),
        "Half of the payments have their receipt after this time, at half of the highest rate",
    ),
    figure("half_load_p99_ms", "ms", AtMost(250.0), "All but one of a hundred, at half of the highest rate"),
    figure(
        "high_load_p99_ms",
        "ms",
        AtMost(1_000.0),
        "All but one of a hundred, at nine tenths of the highest rate",
    ),
    figure(
        "accounts_10m_vs_10k",
        "×",
        AtLeast(0.85),
        "Speed with ten million accounts, of that with ten thousand",
    ),
    figure(
        "after_5m_vs_first",
        "×",
        AtLeast(0.9),
        "Speed of 100,000 payments after five million, of that of the first 100,000",
    ),
    figure(
        "rss_10m_mb",
        "MiB",
        AtMost(1_536.0),
        "Resident memory of a node with ten million accounts, under load",
    ),
    figure(
        "disk_bytes_per_payment",
        "bytes",
        AtMost(700.0),
        "What a payment adds to a node's folder, all of it, once the store has settled",
    ),
    figure(
        "score_pay_per_s",
        "/s",
        AtLeast(300_000.0),
        "The contract alone on one core, without signatures, disk, network",
    ),
    figure(
        "catch_up_s",
        "s",
        AtMost(10.0),
        "A validator that was dead for five seconds under load is level with the others",
    ),
    figure(
        "leader_death_ms",
        "ms",
        AtMost(500.0),
        "Longest pause of finality beyond the usual time between blocks after the death of a validator",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_met_at_the_border() {
        assert!(AtLeast(2.0).holds(2.0) && !AtLeast(2.0).holds(1.9));
        assert!(AtMost(2.0).holds(2.0) && !AtMost(2.0).holds(2.1));
        assert!(!AtLeast(0.0).holds(f64::NAN) && !AtMost(0.0).holds(f64::NAN));
    }
}
