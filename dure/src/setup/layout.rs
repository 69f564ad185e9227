//! Where things lie below the data folder.

use std::{
    fs::{self, OpenOptions, Permissions},
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use crate::error::DureError;

/// The data folder of one deployment.
#[derive(Debug, Clone)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// Below `root`, made absolute so that child processes find the same files.
    pub fn new(root: &Path) -> Result<Self, DureError> {
        let root = std::path::absolute(root).map_err(|source| DureError::io("find", root, source))?;
        Ok(Self { root })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }
    /// What everybody agreed before the first block.
    pub fn genesis(&self) -> PathBuf {
        self.root.join("genesis.json")
    }
    /// Ids of institutions, people and shops.
    pub fn members(&self) -> PathBuf {
        self.root.join("members.json")
    }
    /// Where the processes listen.
    pub fn ports(&self) -> PathBuf {
        self.root.join("ports.json")
    }
    /// What the demo tells, for scripts.
    pub fn demo(&self) -> PathBuf {
        self.root.join("demo.json")
    }
    /// Folder of validator `index` (from 0).
    pub fn node(&self, index: usize) -> PathBuf {
        self.root.join(format!("node{}", index + 1))
    }
    /// Secret seed of validator `index`.
    pub fn node_key(&self, index: usize) -> PathBuf {
        self.keys().join(format!("node{}.seed", index + 1))
    }
    /// Key files.
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }
    /// Key file of an officer.
    pub fn key(&self, name: &str) -> PathBuf {
        self.keys().join(format!("{name}.json"))
    }
    /// What opens the key files of this machine's processes.
    pub fn passphrase(&self) -> PathBuf {
        self.keys().join("passphrase")
    }
    /// Configuration of a process.
    pub fn config(&self, name: &str) -> PathBuf {
        self.root.join("config").join(format!("{name}.toml"))
    }
    /// Log of a process.
    pub fn log(&self, name: &str) -> PathBuf {
        self.root.join("logs").join(format!("{name}.log"))
    }
    /// The certificate authority of `dure demo --lan`.
    pub fn tls(&self) -> PathBuf {
        self.root.join("tls")
    }
    /// Mail that would have been sent.
    pub fn mail(&self) -> PathBuf {
        self.root.join("mail")
    }
    /// The sandbox bank's folder.
    pub fn bank(&self) -> PathBuf {
        self.root.join("bank")
    }
    /// What the bank gives us.
    pub fn bank_outbox(&self) -> PathBuf {
        self.bank().join("outbox")
    }
    /// What we give the bank.
    pub fn bank_inbox(&self) -> PathBuf {
        self.bank().join("inbox")
    }
    /// Copies of our payment files.
    pub fn settlement(&self) -> PathBuf {
        self.root.join("settlement")
    }
    /// The database when no other is named.
    pub fn database_url(&self) -> String {
        format!("sqlite://{}", self.root.join("dure.sqlite").display())
    }

    /// True once `dure init` has finished here (the members' list is what it writes last).
    pub fn is_initialised(&self) -> bool {
        self.members().is_file()
    }

    /// Makes every folder; those with keys and personal data for the owner only.
    pub fn make_folders(&self) -> Result<(), DureError> {
        let folders = [
            self.root.clone(),
            self.keys(),
            self.root.join("config"),
            self.root.join("logs"),
            self.mail(),
            self.bank_inbox(),
            self.bank_outbox(),
            self.bank().join("archive"),
            self.settlement(),
        ];
        for folder in folders {
            fs::create_dir_all(&folder).map_err(|source| DureError::io("make", &folder, source))?;
        }
        let private = Permissions::from_mode(0o700);
        let root = self.root();
        fs::set_permissions(root, private).map_err(|source| DureError::io("protect", root, source))
    }
}

/// Writes a new file that only its owner can read, completely or not at all.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), DureError> {
    let draft = path.with_extension("draft");
    let write = || {
        let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().map_err(|source| DureError::io("write", path, source))
}

/// Reads a text file.
pub fn read_text(path: &Path) -> Result<String, DureError> {
    fs::read_to_string(path).map_err(|source| DureError::io("read", path, source))
}
