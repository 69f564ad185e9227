//! The command line: a flag for every key, and help that names flag, variable, default and meaning of each.

use std::{collections::BTreeMap, marker::PhantomData, path::PathBuf};

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::{
    configuration::{Configuration, overriding_keys},
    key::{Key, Origin, flag},
};

/// What the command line says; flatten it into a parser's own arguments.
#[derive(Clone, Debug)]
pub struct Overrides<C> {
    /// The file.
    pub config: Option<PathBuf>,
    values: BTreeMap<String, String>,
    settings: PhantomData<C>,
}

impl<C> Default for Overrides<C> {
    fn default() -> Self {
        Self { config: None, values: BTreeMap::new(), settings: PhantomData }
    }
}

impl<C> Overrides<C> {
    /// Says that `config` is the file.
    pub fn file(config: PathBuf) -> Self {
        Self { config: Some(config), ..Self::default() }
    }

    /// Says besides what `name` (with underscores) is.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.values.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }
}

impl<C: Configuration> FromArgMatches for Overrides<C> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut overrides = Self::default();
        overrides.update_from_arg_matches(matches)?;
        Ok(overrides)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.config = matches.get_one::<PathBuf>(CONFIG).cloned();
        for key in settable::<C>() {
            if let Some(value) = matches.get_one::<String>(&key.name) {
                self.values.insert(key.name, value.clone());
            }
        }
        Ok(())
    }
}

const CONFIG: &str = "config";

impl<C: Configuration> Args for Overrides<C> {
    fn augment_args(command: Command) -> Command {
        let variable = format!("{}CONFIG", C::PREFIX);
        let config = Arg::new(CONFIG)
            .long(CONFIG)
            .value_name("FILE")
            .global(true)
            .value_parser(clap::value_parser!(PathBuf))
            .help("TOML file with the settings below, by the same names with underscores")
            .env(variable);
        let flags = settable::<C>().map(|key| {
            let about = help(&key, C::PREFIX);
            Arg::new(key.name.clone()).long(flag(&key.name)).value_name("VALUE").global(true).help(about)
        });
        command.arg(config).args(flags).after_long_help(file_only::<C>()).after_help(file_only::<C>())
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn settable<C: Configuration>() -> impl Iterator<Item = Key> {
    overriding_keys::<C>().into_iter().filter(|key| key.origin != Origin::File)
}

/// Meaning, place in the file, variable and default of a key.
fn help(key: &Key, prefix: &str) -> String {
    let place = key.path.join(".");
    let must = match key.origin {
        Origin::Required => "required".to_owned(),
        Origin::Anywhere | Origin::File => format!("default: {}", key.default_text()),
    };
    format!("{} [file: {place}] [env: {}] [{must}]", key.meaning, key.variable(prefix))
}

/// The keys that no flag and no variable can hold.
fn file_only<C: Configuration>() -> String {
    let lists: Vec<String> = C::keys()
        .iter()
        .filter(|key| key.origin == Origin::File)
        .map(|key| format!("  [[{}]]  {}", key.path.join("."), key.meaning))
        .collect();
    let flags = "Flags win over variables, those over the file, that over the defaults.";
    if lists.is_empty() {
        flags.to_owned()
    } else {
        format!("In the file alone:\n{}\n\n{flags}", lists.join("\n"))
    }
}
