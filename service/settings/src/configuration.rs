//! What a list of keys promises, and why settings cannot be used.

use serde::{Serialize, de::DeserializeOwned};

use crate::key::Key;

/// Settings that [`settings!`] has made.
pub trait Settings: Serialize + DeserializeOwned {
    /// Every key, those of sections included.
    fn keys() -> Vec<Key>;
}

/// The settings of a process.
pub trait Configuration: Settings {
    /// What the names of its variables begin with, such as `DURE_TILL_`.
    const PREFIX: &'static str;

    /// Names that reach into a list, beside the keys themselves.
    fn aliases() -> Vec<Key> {
        Vec::new()
    }
}

/// Why settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{path}: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// Not TOML, a key is unknown or missing, or a value is not of its kind.
    #[error("{0}")]
    Invalid(String),
    /// A variable with the process's prefix names no key.
    #[error("the environment variable {0} overrides no known key")]
    UnknownVariable(String),
    /// A value breaks a rule.
    #[error("{0}")]
    Rule(&'static str),
}

/// The first rule that does not hold, if any.
pub fn check(rules: &[(bool, &'static str)]) -> Result<(), SettingsError> {
    match rules.iter().find(|(holds, _)| !holds) {
        Some((_, rule)) => Err(SettingsError::Rule(rule)),
        None => Ok(()),
    }
}

/// Every key that a variable or a flag may set.
pub(crate) fn overriding_keys<C: Configuration>() -> Vec<Key> {
    C::keys().into_iter().chain(C::aliases()).collect()
}
