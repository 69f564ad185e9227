//! The figures that a bench must show: what each means, what is asked of it, and which limit binds where a small machine does not
//! reach it. The profiles behind these sentences are in `docs/benchmarks/notes.md`.

use serde_json::{Map, Value, json};

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
    /// The limit that binds where the goal is missed.
    pub binds: &'static str,
}

impl Figure {
    /// What binds, if `ledger`, the result's object of that name, has this figure and it misses its goal.
    pub fn missed(&self, ledger: &Value) -> Option<&'static str> {
        let value = ledger.get(self.name)?.as_f64()?;
        if self.goal.holds(value) { None } else { Some(self.binds) }
    }
}

/// For each figure of `ledger` that misses its goal: which limit binds.
pub fn bounds(ledger: &Value) -> Value {
    let missed = |figure: &Figure| Some((figure.name.to_owned(), json!(figure.missed(ledger)?)));
    Value::Object(FIGURES.iter().filter_map(missed).collect::<Map<String, Value>>())
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

const fn figure(
    name: &'static str,
    unit: &'static str,
    goal: Goal,
    says: &'static str,
    binds: &'static str,
) -> Figure {
    Figure { name, unit, goal, says, binds }
}

/// What the wallet must show, in the result's object `wallet`: a phone's browser on the real demo, on this machine.
pub const WALLET: [Figure; 7] = [
    figure(
        "page_home_kb",
        "kB",
        AtMost(150.0),
        "Bytes of a first visit of home, compressed, without the scanner",
        "Bytes",
    ),
    figure(
        "pin_to_paid_p50_ms",
        "ms",
        AtMost(400.0),
        "From the PIN's last digit to *paid* on the payer's screen, median",
        "The PIN's own check (argon2) and one block",
    ),
    figure(
        "api_added_p50_ms",
        "ms",
        AtMost(5.0),
        "What the wallet's service adds to the node's own answer, median",
        "A look into SQL for the session",
    ),
    figure(
        "lighthouse_performance",
        "",
        AtLeast(95.0),
        "Lighthouse 12.8.2 for phones, the lowest of home, pay, history",
        "The machine's CPU, which Lighthouse slows down four times",
    ),
    figure(
        "lighthouse_accessibility",
        "",
        AtLeast(95.0),
        "The same, accessibility",
        "A rule of axe-core that Lighthouse counts",
    ),
    figure(
        "lighthouse_best_practices",
        "",
        AtLeast(95.0),
        "The same, best practices",
        "Plain HTTP on the loopback address",
    ),
    figure(
        "sse_200_rss_growth_mib",
        "MiB",
        AtMost(60.0),
        "What 200 open event streams add to the resident memory of the wallet's service",
        "A connection's buffers and a stream's queue",
    ),
];

/// All of them, in the order of the page.
pub const FIGURES: [Figure; 15] = [
    figure(
        "signature_bound_per_s",
        "/s",
        Shown,
        "Signatures that one core checks in batches, times cores, divided by four validators that each check every payment",
        "",
    ),
    figure(
        "pay_finalized_per_s",
        "/s",
        AtLeast(5_000.0),
        "Payments by different people to 500 shops that became final on all four validators: sent over HTTP, ordered, applied, receipts and roots made, synced to disk",
        "CPU: the cores are full. Four validators share them, and every payment is checked, applied, hashed into the state and written four times; no part is more than two fifths of that",
    ),
    figure(
        "pay_vs_bound",
        "×",
        AtLeast(0.6),
        "The same, of the signature bound on the CPU time that the generator left",
        "CPU: the bound prices the signature alone, which is about an eighth of what a payment costs a validator; durable writes, an authenticated state of five records, and four copies of the bytes are the rest",
    ),
    figure(
        "pay_vs_postgres_spread",
        "×",
        AtLeast(1.0),
        "The same, of what PostgreSQL books as double entries between 10,000 payers and 500 shops",
        "CPU: PostgreSQL books in one place, without signatures, roots, receipts or copies, and a sync costs it little on this disk",
    ),
    figure(
        "hot_vs_postgres_hot",
        "×",
        AtLeast(8.0),
        "Everybody pays one shop: four validators, of PostgreSQL, whose clients wait for the shop's row",
        "CPU on our side: one shop is no slower than many. A row lock lasts as long as a sync, and where a sync takes little PostgreSQL loses little by it",
    ),
    figure(
        "half_load_p50_ms",
        "ms",
        AtMost(60.0),
        "Half of the payments have their receipt after this time, at half of the highest rate",
        "CPU: small blocks and batches cost up to twice as much a payment, so that half of the highest rate keeps the cores nine tenths busy, and each of some thirty steps between processes waits for a core for about a millisecond",
    ),
    figure(
        "half_load_p99_ms",
        "ms",
        AtMost(250.0),
        "All but one of a hundred, at half of the highest rate",
        "CPU, as for the median: what the machine cannot do in a slower moment (a merge of tables, a neighbour on the same host) waits behind it",
    ),
    figure(
        "high_load_p99_ms",
        "ms",
        AtMost(1_000.0),
        "All but one of a hundred, at nine tenths of the highest rate",
        "CPU: at nine tenths nothing is left, and any slower moment lasts as a queue until the load ends",
    ),
    figure(
        "accounts_10m_vs_10k",
        "×",
        AtLeast(0.85),
        "Speed with ten million accounts, of that with ten thousand",
        "Memory: records and leaves of those who have not paid for long are not in it, and are read from tables that fit a node of 1.5 GB; each is a look-up in an index, a filter and a block",
    ),
    figure(
        "after_5m_vs_first",
        "×",
        AtLeast(0.9),
        "Speed of 100,000 payments after five million, of that of the first 100,000",
        "Each payment leaves two new leaves at random places among ten million: their buckets are read from tables, proven and hashed anew. Merging tables takes a third of the CPU beside that",
    ),
    figure(
        "rss_10m_mb",
        "MiB",
        AtMost(1_536.0),
        "Resident memory of a node with ten million accounts, under load",
        "The tree keeps its inner nodes in memory, 40 bytes each",
    ),
    figure(
        "disk_bytes_per_payment",
        "bytes",
        AtMost(700.0),
        "What a payment adds to a node's folder, all of it, once the store has settled",
        "The ledger itself is below six hundred: the signed transaction, its receipt, its index, five records with a leaf each. The rest is the archive of the engine, which is bounded",
    ),
    figure(
        "score_pay_per_s",
        "/s",
        AtLeast(300_000.0),
        "The contract alone on one core, without signatures, disk, network",
        "Memory: a payment looks up, copies and encodes five records that lie far from each other",
    ),
    figure(
        "catch_up_s",
        "s",
        AtMost(10.0),
        "A validator that was dead for five seconds under load is level with the others",
        "CPU: the machine is full at half of the highest rate. Who comes back applies blocks three times as fast as they are made, with what the others leave it",
    ),
    figure(
        "leader_death_ms",
        "ms",
        AtMost(500.0),
        "Longest pause of finality beyond the usual time between blocks after the death of a validator",
        "The 400 ms for which the others wait for a leader, and a round on a machine that is busy",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_goal_that_is_missed_says_which_limit_binds() {
        let goals = FIGURES.iter().filter(|figure| figure.goal != Shown);
        assert!(goals.clone().all(|figure| !figure.binds.is_empty()));
        let missed = bounds(&json!({ "pay_vs_bound": 0.3, "catch_up_s": 9.0, "signature_bound_per_s": 1.0 }));
        let names: Vec<_> = missed.as_object().into_iter().flat_map(Map::keys).collect();
        assert_eq!(names, ["pay_vs_bound"]);
    }

    #[test]
    fn goals_are_met_at_the_border() {
        assert!(AtLeast(2.0).holds(2.0) && !AtLeast(2.0).holds(1.9));
        assert!(AtMost(2.0).holds(2.0) && !AtMost(2.0).holds(2.1));
        assert!(!AtLeast(0.0).holds(f64::NAN) && !AtMost(0.0).holds(f64::NAN));
    }
}
