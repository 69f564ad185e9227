//! What a process can be told, written once. [`settings!`] makes of one list of keys (name, type, default, meaning) the type
//! itself, the TOML file that it is read from, the variables and flags that override the file, and the `--help` that names
//! every key; so none of them can forget a key that another knows.
//!
//! Flags win over variables, those over the file, that over the defaults. A key or a variable that nobody knows is refused: a
//! misspelt setting that is silently ignored costs more than a process that does not start.
#![forbid(unsafe_code)]

mod configuration;
mod flags;
mod key;
mod load;
mod macros;

pub use configuration::{Configuration, Settings, SettingsError, check};
pub use flags::Overrides;
pub use key::{Key, Origin};
pub use load::{load, parse};

#[cfg(test)]
mod tests;
