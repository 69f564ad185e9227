//! Files that people write: settings, spreadsheets, a list of holidays.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use dure::city::{City, read_recipients};
use ledger_node::NodeConfig;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::bytes::byte;

/// A folder for files of one target, in memory where the system has such a place. Most live as long as the process, which
/// ends without dropping them: the next process takes away what the ended ones left.
pub struct Scratch(TempDir);

/// What every such folder's name begins with; the process' number follows.
const PREFIX: &str = "dure-fuzz-";

impl Scratch {
    /// A new folder; it goes with the value, or after the process.
    pub fn new() -> Self {
        let shm = Path::new("/dev/shm");
        let place = if shm.is_dir() { shm.to_owned() } else { std::env::temp_dir() };
        sweep(&place);
        let name = format!("{PREFIX}{}-", std::process::id());
        let folder = tempfile::Builder::new().prefix(&name).tempdir_in(place);
        Self(folder.expect("a folder"))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file.
    pub fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).expect("room for a file");
        path
    }
}

/// Removes the folders of processes that are no more. One that another process removes at the same time is gone as well.
fn sweep(place: &Path) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let number = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()).map(str::to_owned);
        if number.is_some_and(|number| !Path::new("/proc").join(number).exists()) {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::new);

/// A node's TOML, and after a zero byte lines of `NAME=value` that stand for its environment.
pub fn node_config(data: &[u8]) {
    let (text, variables) = data.split_at(data.iter().position(|byte| *byte == 0).unwrap_or(data.len()));
    let Ok(text) = std::str::from_utf8(text) else { return };
    let variables = String::from_utf8_lossy(variables).into_owned();
    let variables = variables.trim_start_matches('\0').lines();
    let pairs =
        variables.filter_map(|line| line.split_once('=')).map(|(name, value)| (name.into(), value.into()));
    if let Ok(config) = NodeConfig::parse(text, pairs) {
        let written = config.to_toml().expect("what was read can be written");
        let again = NodeConfig::parse(&written, std::iter::empty()).expect("what was written can be read");
        assert_eq!(again.to_toml().ok(), Some(written));
    }
}

/// Number of a service, its TOML.
pub fn service_configs(data: &[u8]) {
    let Some((service, text)) = byte(data) else { return };
    let config = SCRATCH.write("service.toml", text);
    match service % 4 {
        0 => drop(wallet_api::Config::load(wallet_api::Overrides::file(config))),
        1 => drop(merchant_pos::Config::load(merchant_pos::Overrides::file(config))),
        2 => drop(settlement::Config::load(settlement::Overrides::file(config))),
        _ => drop(sandbox_bank::Config::load(sandbox_bank::Overrides {
            config: Some(config),
            ..Default::default()
        })),
    }
}

/// The demo city's other files, among which one is exchanged.
static CITY: LazyLock<Scratch> = LazyLock::new(|| {
    let scratch = Scratch::new();
    for name in CITY_FILES {
        let content = fs::read(City::demo_folder().join(name)).expect("the demo city");
        scratch.write(name, &content);
    }
    scratch
});

const CITY_FILES: [&str; 4] = ["city.toml", "institutions.toml", "citizens.csv", "merchants.csv"];

/// Number of a table, its content.
pub fn tables(data: &[u8]) {
    let Some((table, content)) = byte(data) else { return };
    match usize::from(table % 7) {
        file @ 0..4 => {
            let name = CITY_FILES[file];
            let path = CITY.write(name, content);
            drop(City::read(CITY.path()));
            fs::copy(City::demo_folder().join(name), path).expect("the demo city");
        }
        4 => drop(read_recipients(&SCRATCH.write("recipients.csv", content))),
        5 => drop(settlement::calendar::Calendar::read(&SCRATCH.write("holidays.csv", content))),
        _ => registrar(&SCRATCH.write("citizens.csv", content)),
    }
}

/// The registrar's list is the first file that the wallet reads: it stops at the next, which is not there.
fn registrar(citizens: &Path) {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
    });
    for asks in [wallet_api::Asks::Residents, wallet_api::Asks::Students] {
        let mut config = wallet_api::Config { assets_dir: Some("/nowhere".into()), ..Default::default() };
        for one in &mut config.registrars {
            (one.asks, one.file) = (asks, citizens.to_owned());
        }
        config.mail.dir = SCRATCH.path().join("mail");
        let end = RUNTIME.block_on(wallet_api::run(config, std::future::pending()));
        assert!(end.is_err(), "a wallet without pages starts");
    }
}
