//! Reading spreadsheets from disk: `dure-lists` reads them, this bounds them and says which file it was.

use std::{fs, path::Path};

use dure_lists::{Cells, Fault, Form};

use crate::error::DureError;

/// Largest spreadsheet, bytes: 10,000 rows of 100 bytes. A longer list belongs into several files.
const MAX_BYTES: u64 = 1_000_000;
/// Most rows, for the same reason.
pub(super) const MAX_ROWS: usize = 10_000;

/// Reads all rows of `path`, each with its number.
pub fn read<T>(
    path: &Path,
    form: &Form,
    parse: impl FnMut(&Cells<'_>) -> Result<T, Fault>,
) -> Result<Vec<(u64, T)>, DureError> {
    let length = fs::metadata(path).map_err(|source| DureError::io("read", path, source))?.len();
    if length > MAX_BYTES {
        return Err(DureError::file(path, format!("{length} bytes, at most {MAX_BYTES} are read")));
    }
    let bytes = fs::read(path).map_err(|source| DureError::io("read", path, source))?;
    let read = dure_lists::read(&bytes, form, parse);
    read.map(|list| list.rows).map_err(|faults| DureError::Rows { path: path.to_owned(), faults })
}

/// The values of such rows.
pub fn values<T>(rows: Vec<(u64, T)>) -> Vec<T> {
    rows.into_iter().map(|(_, value)| value).collect()
}
