//! Maps and sets whose hash is quick: the hot ones hold ids and records, and the standard library's hash took a twentieth of a node's
//! time. Each is seeded at random in each process, so that nobody outside can aim at one place of it.

use std::collections;

use foldhash::quality::RandomState;

/// A map in no order.
pub type HashMap<K, V> = collections::HashMap<K, V, RandomState>;
/// A set in no order.
pub type HashSet<T> = collections::HashSet<T, RandomState>;
