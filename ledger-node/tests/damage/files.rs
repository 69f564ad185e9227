//! A data folder, copies of it, and what may happen to a file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rand::{RngExt as _, rngs::StdRng};

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harm {
    /// One bit is turned, at that byte.
    Flip { at: u64, bit: u8 },
    /// All after so many bytes is gone.
    Tear { left: u64 },
    /// All after so many bytes reads as zeros.
    Zeros { from: u64 },
    /// The file is gone.
    Gone,
}

/// The kind of a file of the store, by its name.
pub fn kind(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_str()?;
    Some(match name {
        "CURRENT" => "CURRENT",
        "IDENTITY" => "IDENTITY",
        _ if name.starts_with("MANIFEST-") => "MANIFEST",
        _ if name.starts_with("OPTIONS-") => "OPTIONS",
        _ if name.ends_with(".sst") => "SST",
        _ if name.ends_with(".log") => "WAL",
        _ => return None,
    })
}

/// All files below a folder, in order.
pub fn all(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(all(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Harms that a file of that size can suffer: its ends and borders always, and some places by chance.
pub fn harms(size: u64, by_chance: usize, random: &mut StdRng) -> Vec<Harm> {
    let mut harms = vec![Harm::Gone, Harm::Tear { left: 0 }];
    if size == 0 {
        return harms;
    }
    harms.extend([
        Harm::Tear { left: size - 1 },
        Harm::Tear { left: size / 2 },
        Harm::Zeros { from: size / 2 },
    ]);
    harms.extend([0, size / 2, size - 1].map(|at| Harm::Flip { at, bit: 0 }));
    for _ in 0..by_chance {
        harms.push(Harm::Flip { at: random.random_range(0..size), bit: random.random_range(0..8) });
        harms.push(Harm::Tear { left: random.random_range(0..size) });
    }
    harms
}

/// Does it.
pub fn harm(path: &Path, harm: Harm) {
    let mut bytes = fs::read(path).unwrap();
    match harm {
        Harm::Flip { at, bit } => bytes[at as usize] ^= 1 << bit,
        Harm::Tear { left } => bytes.truncate(left as usize),
        Harm::Zeros { from } => bytes[from as usize..].fill(0),
        Harm::Gone => return fs::remove_file(path).unwrap(),
    }
    fs::write(path, bytes).unwrap();
}
