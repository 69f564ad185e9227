//! Where the corpora are. One folder a target, one file an input; a file's name means nothing.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Inputs of a corpus that are read at most: a replay must stay quick.
const MAX_INPUTS: usize = 5_000;

/// The folder of a target.
pub fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

/// The inputs in `folder`, by name.
pub fn read(folder: &Path) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.is_file());
    paths.sort();
    paths.truncate(MAX_INPUTS);
    paths.into_iter().map(|path| Ok((path.clone(), fs::read(path)?))).collect()
}
