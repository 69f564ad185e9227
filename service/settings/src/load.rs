//! Defaults, then the file, then variables, then flags: put together as TOML and read once as the settings' own type.

use std::ffi::OsString;

use toml::{Table, Value};

use crate::{
    configuration::{Configuration, SettingsError, overriding_keys},
    flags::Overrides,
    key::{Key, Origin, flag},
};

/// The settings as file, variables (all of the process's environment) and flags have them.
pub fn load<C: Configuration>(
    overrides: &Overrides<C>,
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<C, SettingsError> {
    let Some(path) = &overrides.config else { return parse("", variables, overrides) };
    let at = path.display().to_string();
    let unreadable =
        |error: std::io::Error| SettingsError::Unreadable { path: at.clone(), reason: error.to_string() };
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    parse(&text, variables, overrides).map_err(|error| match error {
        SettingsError::Invalid(reason) => SettingsError::Invalid(format!("{at}: {reason}")),
        other => other,
    })
}

/// As [`load`], from the text of the file.
pub fn parse<C: Configuration>(
    text: &str,
    variables: impl Iterator<Item = (OsString, OsString)>,
    overrides: &Overrides<C>,
) -> Result<C, SettingsError> {
    let invalid = |error: toml::de::Error| SettingsError::Invalid(error.to_string());
    let keys = overriding_keys::<C>();
    let mut table = Value::Table(Table::new());
    for key in &keys {
        if let Some(default) = &key.default {
            put(&mut table, &key.path, default.clone());
        }
    }
    merge(&mut table, Value::Table(text.parse().map_err(invalid)?));
    for (name, value) in variables {
        let name = name.to_string_lossy().into_owned();
        if !name.starts_with(C::PREFIX) || name == format!("{}CONFIG", C::PREFIX) {
            continue;
        }
        let key = keys.iter().find(|key| key.origin != Origin::File && key.variable(C::PREFIX) == name);
        let key = key.ok_or_else(|| SettingsError::UnknownVariable(name.clone()))?;
        let value =
            value.into_string().map_err(|_| SettingsError::Invalid(format!("{name} is not UTF-8")))?;
        override_one(&mut table, key, &name, &value)?;
    }
    for key in &keys {
        if let Some(value) = overrides.get(&key.name) {
            override_one(&mut table, key, &format!("--{}", flag(&key.name)), value)?;
        }
    }
    table.try_into().map_err(invalid)
}

fn override_one(table: &mut Value, key: &Key, name: &str, text: &str) -> Result<(), SettingsError> {
    let value = (key.read)(text).map_err(|reason| SettingsError::Invalid(format!("{name}: {reason}")))?;
    put(table, &key.path, value);
    Ok(())
}

/// Puts `value` at `path`; missing tables are made, a place that a list does not have is passed over.
fn put(table: &mut Value, path: &[String], value: Value) {
    let Some((step, rest)) = path.split_first() else {
        *table = value;
        return;
    };
    match table {
        Value::Table(table) => {
            put(table.entry(step.clone()).or_insert_with(|| Value::Table(Table::new())), rest, value);
        }
        Value::Array(list) => {
            if let Some(one) = step.parse().ok().and_then(|index: usize| list.get_mut(index)) {
                put(one, rest, value);
            }
        }
        _ => {}
    }
}

/// Lays `over` on `under`, table by table.
fn merge(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Table(under), Value::Table(over)) => {
            for (key, value) in over {
                match under.get_mut(&key) {
                    Some(known) => merge(known, value),
                    None => {
                        under.insert(key, value);
                    }
                }
            }
        }
        (under, over) => *under = over,
    }
}
