//! The list of what held: every name appears in the summary, and one `false` fails the run.

use std::{collections::BTreeMap, fmt::Display};

use crate::console::say;

/// Names of checks and whether they held.
#[derive(Debug, Default, Clone, serde::Serialize)]
#[serde(transparent)]
pub struct Checks(BTreeMap<&'static str, bool>);

impl Checks {
    /// Notes a check and tells it; `found` explains a failure.
    pub fn note(&mut self, name: &'static str, holds: bool, found: impl Display) {
        if holds {
            say(&format!("  ✓ {name}"));
        } else {
            say(&format!("  ✗ {name}: {found}"));
        }
        // A name that is noted twice holds only if it held both times.
        let entry = self.0.entry(name).or_insert(true);
        *entry = *entry && holds;
    }

    /// Notes a check that is made many times: only failures are told.
    pub fn note_quietly(&mut self, name: &'static str, holds: bool) {
        if holds {
            self.0.entry(name).or_insert(true);
        } else {
            self.note(name, false, "did not hold");
        }
    }

    /// Notes that two values are equal.
    pub fn equal<T: PartialEq + std::fmt::Debug>(&mut self, name: &'static str, found: &T, expected: &T) {
        self.note(name, found == expected, format!("found {found:?}, expected {expected:?}"));
    }

    /// True if all held.
    pub fn all_hold(&self) -> bool {
        self.0.values().all(|holds| *holds)
    }
}
