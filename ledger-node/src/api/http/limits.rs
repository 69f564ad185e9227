//! What one sender may ask in how short a time: a flood costs the one who sends it, not the others.
//!
//! Every address has a budget of requests that fills up again at a steady rate. A request takes one unit of it before
//! anything else is looked at, its body included; one that makes the node read and prove much takes [`DEAR`]. An answer
//! that blames the sender (garbage, bad signatures, what the contract refuses) takes [`FINE`] more, for such answers cost
//! the node work and nobody else brings them in number. The addresses of the institution's own services
//! ([`crate::config::NodeConfig::services`]) have no budget here: they carry the requests of many people and limit those
//! themselves. Who signs requests is counted by key as well, once the signature is proven: nobody can use up another's
//! budget by claiming to be them. A request in the name of a node or an institution has a larger budget of its own, so
//! that a crowd behind the same address cannot shut a node out.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use dure_score::PublicKey;
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    state::keyed::DashMapStateStore,
};

use crate::api::access::{Caller, Tier};

/// Units that a request takes beside its own when its answer blames the sender: a hundred such requests empty a
/// person's budget, and one who mistypes now and then never notices.
const FINE: NonZeroU32 = NonZeroU32::new(9).unwrap();

/// Units of a request that makes the node read many rows or climb its tree.
const DEAR: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// Where such requests go: blocks, proofs, the stream and what was written before it, snapshots.
const DEAR_PATHS: [&str; 4] = ["/v1/blocks", "/v1/proofs/", "/v1/stream", "/v1/snapshots/"];

/// Units a second of one address: a household, a shop's till, an office behind one address.
const ADDRESS_RATE: NonZeroU32 = NonZeroU32::new(100).unwrap();
/// Units at once of one address: a page that loads, a till that starts.
const ADDRESS_BURST: NonZeroU32 = NonZeroU32::new(1_000).unwrap();
/// Units a second of a key that is neither a node's nor an institution's: one person's devices.
const READER_RATE: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// Units at once of such a key.
const READER_BURST: NonZeroU32 = NonZeroU32::new(200).unwrap();

/// Units a second of one address in the name of nodes and institutions: several nodes, each with its batches.
const MEMBER_RATE: NonZeroU32 = NonZeroU32::new(1_000).unwrap();
/// Units at once in the name of nodes and institutions.
const MEMBER_BURST: NonZeroU32 = NonZeroU32::new(2_000).unwrap();

/// Most senders that are remembered: about 100 bytes each. Beyond it all new ones share one budget, until those
/// who have been quiet are forgotten.
const MAX_SENDERS: usize = 65_536;
/// Requests between two looks for senders who have been quiet.
const SWEEP: u32 = 4_096;

/// Too much: how long to wait before the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMuch(pub(super) Duration);

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Sender {
    /// An IPv4 address, or the 64-bit network of an IPv6 address: whoever has one address there has all.
    Address(IpAddr),
    /// All whom there was no room for.
    Crowd,
}

type Budgets<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock>;

/// The budgets of all senders of a node.
pub struct Limits {
    services: Vec<IpAddr>,
    addresses: Budgets<Sender>,
    members: Budgets<Sender>,
    readers: Budgets<PublicKey>,
    since_sweep: std::sync::atomic::AtomicU32,
}

impl Limits {
    /// Full budgets for everybody; none for `services`.
    pub fn new(services: Vec<IpAddr>) -> Self {
        let quota = |rate, burst| Quota::per_second(rate).allow_burst(burst);
        Self {
            services,
            addresses: RateLimiter::keyed(quota(ADDRESS_RATE, ADDRESS_BURST)),
            members: RateLimiter::keyed(quota(MEMBER_RATE, MEMBER_BURST)),
            readers: RateLimiter::keyed(quota(READER_RATE, READER_BURST)),
            since_sweep: std::sync::atomic::AtomicU32::new(0),
        }
    }

    /// The addresses that are not counted.
    pub(super) fn services(&self) -> &[IpAddr] {
        &self.services
    }

    /// Takes what a request for `path` costs of an address's budget, in the name of `claimed`, which need not be proven yet. A
    /// request without an address (a test's) has no budget.
    pub(super) fn take(&self, from: Option<IpAddr>, claimed: &Caller, path: &str) -> Result<(), TooMuch> {
        self.sweep();
        let Some(sender) = self.sender(from) else { return Ok(()) };
        match self.of(claimed).check_key_n(&sender, price(claimed, path)) {
            Ok(taken) => taken.map_err(|until| wait(&until)),
            // No price is above a burst.
            Err(_) => Err(TooMuch(Duration::from_secs(1))),
        }
    }

    /// Takes one unit of the budget of a person's key.
    pub(super) fn take_key(&self, key: &PublicKey, caller: &Caller) -> Result<(), TooMuch> {
        match caller {
            Caller::Member(Tier::Reader(_)) => self.readers.check_key(key).map_err(|until| wait(&until)),
            _ => Ok(()),
        }
    }

    /// Fines whoever sent a request whose answer blames the sender. `key`: whose it is, if that is proven.
    pub(super) fn fine(&self, from: Option<IpAddr>, claimed: &Caller, key: Option<&PublicKey>) {
        if let Some(sender) = self.sender(from) {
            take_most(self.of(claimed), &sender);
        }
        if let (Some(key), Caller::Member(Tier::Reader(_))) = (key, claimed) {
            take_most(&self.readers, key);
        }
    }

    const fn of(&self, claimed: &Caller) -> &Budgets<Sender> {
        match claimed {
            Caller::Anybody | Caller::Member(Tier::Reader(_)) => &self.addresses,
            Caller::Member(_) => &self.members,
        }
    }

    fn sender(&self, from: Option<IpAddr>) -> Option<Sender> {
        let sender = Sender::Address(home(&self.services, from?)?);
        Some(if self.addresses.len() < MAX_SENDERS { sender } else { Sender::Crowd })
    }

    fn sweep(&self) {
        use std::sync::atomic::Ordering::Relaxed;
        if self.since_sweep.fetch_add(1, Relaxed) >= SWEEP {
            self.since_sweep.store(0, Relaxed);
            self.addresses.retain_recent();
            self.members.retain_recent();
            self.readers.retain_recent();
        }
    }
}

/// Who is counted for what comes from an address: the address, or its 64-bit network. `None`: one of `services`, not counted.
pub(super) fn home(services: &[IpAddr], from: IpAddr) -> Option<IpAddr> {
    let from = from.to_canonical();
    if services.contains(&from) {
        return None;
    }
    Some(match from {
        IpAddr::V4(_) => from,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    })
}

/// Units that a request takes. Nodes and institutions read blocks all day.
fn price(claimed: &Caller, path: &str) -> NonZeroU32 {
    let stranger = matches!(claimed, Caller::Anybody | Caller::Member(Tier::Reader(_)));
    let dear = stranger && DEAR_PATHS.iter().any(|dear| path.starts_with(dear));
    if dear { DEAR } else { NonZeroU32::MIN }
}

/// Takes the fine, or as much of it as is there.
fn take_most<K: std::hash::Hash + Eq + Clone>(budgets: &Budgets<K>, key: &K) {
    if !matches!(budgets.check_key_n(key, FINE), Ok(Ok(()))) {
        while budgets.check_key(key).is_ok() {}
    }
}

fn wait(until: &governor::NotUntil<<DefaultClock as governor::clock::Clock>::Instant>) -> TooMuch {
    TooMuch(until.wait_time_from(DefaultClock::default().now()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use dure_score::Bid;

    const ANY: Caller = Caller::Anybody;

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn a_flood_empties_its_own_budget_only() {
        let limits = Limits::new(vec!["127.0.0.1".parse().unwrap()]);
        let mut passed = 0u32;
        while limits.take(ip("10.0.0.1"), &ANY, "/v1/status").is_ok() {
            passed += 1;
        }
        assert!(passed >= ADDRESS_BURST.get(), "{passed}");
        assert!(limits.take(ip("10.0.0.1"), &ANY, "/v1/status").unwrap_err().0 <= Duration::from_secs(1));
        assert!(limits.take(ip("10.0.0.2"), &ANY, "/v1/status").is_ok());
        for _ in 0..2 * ADDRESS_BURST.get() {
            assert!(limits.take(ip("127.0.0.1"), &ANY, "/v1/status").is_ok(), "services are not limited");
            assert!(
                limits.take(ip("::ffff:127.0.0.1"), &ANY, "/v1/status").is_ok(),
                "nor in the other notation"
            );
        }
    }

    #[test]
    fn what_makes_much_work_is_dear_for_strangers() {
        let limits = Limits::new(Vec::new());
        let passed = |from, claimed: &Caller| {
            (0..1_000).take_while(|_| limits.take(ip(from), claimed, "/v1/proofs/account/00").is_ok()).count()
        };
        let proofs = passed("10.0.0.1", &ANY);
        assert!((100..200).contains(&proofs), "{proofs}");
        assert_eq!(passed("10.0.0.1", &Caller::Member(Tier::Validator)), 1_000);
    }

    #[test]
    fn blame_is_dear_and_addresses_of_one_network_are_one() {
        let limits = Limits::new(Vec::new());
        let mut blamed = 0u32;
        while limits.take(ip("2001:db8::1"), &ANY, "/v1/status").is_ok() {
            limits.fine(ip("2001:db8::7"), &ANY, None);
            blamed += 1;
        }
        assert!((100..200).contains(&blamed), "{blamed}");
        assert!(limits.take(ip("2001:db8::9"), &ANY, "/v1/status").is_err());
        assert!(limits.take(ip("2001:db8:0:1::9"), &ANY, "/v1/status").is_ok());
    }

    #[test]
    fn people_are_counted_by_key_and_nodes_are_not() {
        let limits = Limits::new(Vec::new());
        let (key, person) = (PublicKey::new([1; 32]), Caller::Member(Tier::Reader(Bid::new([1; 16]))));
        let passed = (0..1_000).take_while(|_| limits.take_key(&key, &person).is_ok()).count();
        assert!((200..400).contains(&passed), "{passed}");
        let node = Caller::Member(Tier::Validator);
        assert!((0..1_000).all(|_| limits.take_key(&key, &node).is_ok()));
        assert!(limits.take_key(&PublicKey::new([2; 32]), &person).is_ok());
        // Nor can a crowd shut out a node behind its address.
        while limits.take(ip("10.0.0.1"), &person, "/v1/status").is_ok() {}
        assert!(limits.take(ip("10.0.0.1"), &node, "/v1/status").is_ok());
    }
}
