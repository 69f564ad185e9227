//! One key: where it stands in the file, what overrides it, what it means.

use serde::{Serialize, de::DeserializeOwned};
use toml::Value;

/// From where a key can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// File, variable or flag; the process has a default.
    Anywhere,
    /// File, variable or flag; it must be set.
    Required,
    /// The file alone: a list of tables.
    File,
}

/// One key of the settings.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its name among variables and flags, with underscores: `mail_port`.
    pub name: String,
    /// Its place in the file: `mail`, `port`. A number is a place in a list.
    pub path: Vec<String>,
    /// What it means, for people.
    pub meaning: String,
    /// Its value where nothing is said; `None` for none.
    pub default: Option<Value>,
    /// From where it can be set.
    pub origin: Origin,
    /// Reads it from the text of a variable or a flag.
    pub(crate) read: fn(&str) -> Result<Value, String>,
}

impl Key {
    /// A key with a default.
    pub fn value<T: Serialize + DeserializeOwned>(name: &str, meaning: &str, default: &T) -> Self {
        Self { default: Value::try_from(default).ok(), ..Self::required::<T>(name, meaning) }
            .of(Origin::Anywhere)
    }

    /// A key that must be set.
    pub fn required<T: DeserializeOwned>(name: &str, meaning: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: vec![name.to_owned()],
            meaning: meaning.trim().to_owned(),
            default: None,
            origin: Origin::Required,
            read: read::<T>,
        }
    }

    /// A list of tables, which only the file can hold.
    pub fn list<T: Serialize + DeserializeOwned>(name: &str, meaning: &str, default: &T) -> Self {
        Self::value(name, meaning, default).of(Origin::File)
    }

    /// A name for what lies at `path`.
    pub fn alias<T: DeserializeOwned>(name: &str, path: &[&str], meaning: &str) -> Self {
        let path = path.iter().map(|&step| step.to_owned()).collect();
        Self { path, ..Self::required::<T>(name, meaning) }.of(Origin::Anywhere)
    }

    /// `keys` as those of the section `section`, whose names begin with `prefix`.
    pub fn within(section: &str, prefix: &str, keys: Vec<Self>) -> impl Iterator<Item = Self> {
        keys.into_iter().map(move |mut key| {
            key.name = format!("{prefix}{}", key.name);
            key.path.insert(0, section.to_owned());
            key
        })
    }

    fn of(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// The variable that overrides it.
    pub fn variable(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.name.to_uppercase())
    }

    /// Its value where nothing is said, for people.
    pub fn default_text(&self) -> String {
        match &self.default {
            None => "none".to_owned(),
            Some(value) => value.to_string(),
        }
    }
}

/// The first form of `text` that `T` takes: itself, a whole number, true or false, a list separated by commas.
fn read<T: DeserializeOwned>(text: &str) -> Result<Value, String> {
    let itself = Value::String(text.to_owned());
    let refused = match itself.clone().try_into::<T>() {
        Ok(_) => return Ok(itself),
        Err(error) => error.message().to_owned(),
    };
    let list = text.split(',').map(|one| Value::String(one.trim().to_owned())).collect();
    let others = [
        text.parse().ok().map(Value::Integer),
        text.parse().ok().map(Value::Boolean),
        Some(Value::Array(list)),
    ];
    let taken = others.into_iter().flatten().find(|value| value.clone().try_into::<T>().is_ok());
    taken.ok_or(refused)
}

/// `mail_port` as a flag: `mail-port`.
pub(crate) fn flag(name: &str) -> String {
    name.replace('_', "-")
}
