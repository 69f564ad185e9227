//! Static files, built by `npm run build` into one folder and read into memory once, at start.
//!
//! Names carry a hash of their content, so a browser may keep them for ever. Nothing outside the folder can be
//! asked for: a request is a look-up in a table, never a path on the disk.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest, Sha256};

/// A folder that the package installs beside the programs (`/usr/share/dure/NAME` for `/usr/lib/dure/PROGRAM`), if this
/// program was installed so.
pub fn installed(name: &str) -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    installed_beside(&program, name).filter(|folder| folder.is_dir())
}

fn installed_beside(program: &Path, name: &str) -> Option<PathBuf> {
    Some(program.parent()?.parent()?.parent()?.join("share/dure").join(name))
}

/// Files in the folder: the build makes about twenty; more means that it is the wrong folder.
const MAX_FILES: usize = 256;
/// All files together. The largest is the QR reader, about one megabyte.
const MAX_BYTES: u64 = 32 * 1024 * 1024;
/// Names that pages refer to; the folder is complete only with all of them.
const REQUIRED: [&str; 6] =
    ["dure.css", "icon.svg", "till.js", "till.webmanifest", "wallet.js", "wallet.webmanifest"];

/// One static file.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Value for `Content-Type`.
    pub content_type: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Value for `ETag`, with its quotes.
    pub etag: String,
    /// True if the name changes with the content: cache for a year, `immutable`.
    pub immutable: bool,
}

/// Why the static files could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum AssetError {
    /// The folder does not exist or has no manifest.
    #[error("no web assets in {0}: run `make web` first (or set DURE_WEB_DIST to the built folder)")]
    Missing(PathBuf),
    /// The manifest is not what the build writes, or files that pages need are absent.
    #[error("the web assets in {0} are incomplete ({1}): run `make web` again")]
    Incomplete(PathBuf, String),
    /// More or larger files than any build makes.
    #[error("the folder {0} is too large to be the web assets")]
    TooLarge(PathBuf),
    /// The disk failed.
    #[error("cannot read web assets in {0}: {1}")]
    Io(PathBuf, #[source] io::Error),
}

impl AssetError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "ASSETS_MISSING",
            Self::Incomplete(..) => "ASSETS_INCOMPLETE",
            Self::TooLarge(_) => "ASSETS_TOO_LARGE",
            Self::Io(..) => "ASSETS_IO",
        }
    }
}

/// What the build writes to `manifest.json`.
#[derive(Deserialize)]
struct Manifest {
    /// Plain name to name with hash.
    files: HashMap<String, String>,
}

/// All static files.
#[derive(Debug, Default)]
pub(crate) struct Assets {
    files: HashMap<String, Asset>,
    names: HashMap<String, String>,
}

impl Assets {
    /// Where the files are: as given, else `DURE_WEB_DIST`, else as installed, else `dist` beside this crate's sources.
    pub(crate) fn directory(given: Option<&Path>) -> PathBuf {
        let from_env =
            || std::env::var_os("DURE_WEB_DIST").filter(|value| !value.is_empty()).map(PathBuf::from);
        given
            .map(Path::to_path_buf)
            .or_else(from_env)
            .or_else(|| installed("web"))
            .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("dist"))
    }

    pub(crate) fn load(dir: &Path) -> Result<Self, AssetError> {
        let manifest =
            fs::read(dir.join("manifest.json")).map_err(|_| AssetError::Missing(dir.to_path_buf()))?;
        let incomplete = |what: String| AssetError::Incomplete(dir.to_path_buf(), what);
        let manifest: Manifest = serde_json::from_slice(&manifest)
            .map_err(|error| incomplete(format!("manifest.json: {error}")))?;
        let files = read_files(dir)?;
        for name in REQUIRED {
            let hashed = manifest.files.get(name).ok_or_else(|| incomplete(format!("no {name}")))?;
            if !files.contains_key(hashed) {
                return Err(incomplete(format!("no {hashed}")));
            }
        }
        Ok(Self { files, names: manifest.files })
    }

    pub(crate) fn get(&self, path: &str) -> Option<&Asset> {
        self.files.get(path)
    }

    /// The address of the file whose plain name is `name`.
    pub(crate) fn url(&self, name: &str) -> String {
        let hashed = self.names.get(name).map_or(name, String::as_str);
        format!("/static/{hashed}")
    }
}

fn read_files(dir: &Path) -> Result<HashMap<String, Asset>, AssetError> {
    let io = |error| AssetError::Io(dir.to_path_buf(), error);
    let mut files = HashMap::new();
    let mut left = MAX_BYTES;
    for entry in fs::read_dir(dir).map_err(io)? {
        let entry = entry.map_err(io)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name == "manifest.json" || !entry.file_type().map_err(io)?.is_file() {
            continue;
        }
        let size = entry.metadata().map_err(io)?.len();
        left = left.checked_sub(size).ok_or_else(|| AssetError::TooLarge(dir.to_path_buf()))?;
        if files.len() >= MAX_FILES {
            return Err(AssetError::TooLarge(dir.to_path_buf()));
        }
        let bytes = fs::read(entry.path()).map_err(io)?;
        let etag = format!("\"{}\"", hex::encode(Sha256::digest(&bytes)).get(..32).unwrap_or_default());
        files.insert(name.clone(), Asset { content_type: content_type(&name), bytes, etag, immutable: true });
    }
    Ok(files)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
#[path = "assets_tests.rs"]
mod tests;
