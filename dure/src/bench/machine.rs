//! The machine that measures.

use crate::error::DureError;

/// Cores of this machine.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The same, to divide by.
pub(super) fn cores_f64() -> f64 {
    f64::from(u32::try_from(cores()).unwrap_or(1))
}

/// A folder that goes when it is dropped.
pub(super) struct Scratch(pub(super) std::path::PathBuf);

impl Scratch {
    pub(super) fn new(name: &str) -> Result<Self, DureError> {
        let path = std::env::temp_dir().join(format!("dure-bench-{name}-{}", std::process::id()));
        if path.exists() {
            std::fs::remove_dir_all(&path).map_err(|source| DureError::io("empty", &path, source))?;
        }
        std::fs::create_dir_all(&path).map_err(|source| DureError::io("make", &path, source))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "a measuring folder stays");
        }
    }
}
