//! Reading spreadsheets: every row is looked at, every fault is told with its row number, and one fault means
//! that nothing is taken.

use std::{collections::BTreeSet, fmt, fs, path::Path};

use csv::{ReaderBuilder, StringRecord, Trim};

use crate::error::DureError;

/// Largest spreadsheet, bytes: 10,000 rows of 100 bytes. A longer list belongs into several files.
const MAX_BYTES: u64 = 1_000_000;
/// Most rows, for the same reason.
const MAX_ROWS: usize = 10_000;

/// A row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// Row as the spreadsheet program counts it: the header is row 1.
    pub row: u64,
    /// Why, for the person who made the list.
    pub reason: String,
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: {}", self.row, self.reason)
    }
}

/// One row's cells, by column name.
pub struct Cells<'a> {
    columns: &'a [&'a str],
    record: StringRecord,
}

impl Cells<'_> {
    /// The cell of `column`; empty cells are refused.
    pub fn text(&self, column: &str) -> Result<&str, String> {
        let position = self.columns.iter().position(|name| *name == column);
        match position.and_then(|position| self.record.get(position)) {
            Some("") | None => Err(format!("{column} is empty")),
            Some(text) => Ok(text),
        }
    }

    /// The cell of `column`, read by `parse`; `form` says what it should look like.
    pub fn parsed<T>(
        &self,
        column: &str,
        form: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, String> {
        let text = self.text(column)?;
        parse(text).ok_or_else(|| format!("{column} {text:?} is not {form}"))
    }
}

/// Reads all rows of `path`. The header must be exactly `columns`; `unique` names columns whose values must differ.
pub fn read<T>(
    path: &Path,
    columns: &[&str],
    unique: &[&str],
    parse: impl Fn(&Cells<'_>) -> Result<T, String>,
) -> Result<Vec<T>, DureError> {
    let length = fs::metadata(path).map_err(|source| DureError::io("read", path, source))?.len();
    if length > MAX_BYTES {
        return Err(DureError::file(path, format!("{length} bytes, at most {MAX_BYTES} are read")));
    }
    let bytes = fs::read(path).map_err(|source| DureError::io("read", path, source))?;
    // Spreadsheet programs put a byte order mark in front of UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(true).from_reader(bytes);
    let header = reader.headers().map_err(|error| DureError::file(path, error))?;
    if header.iter().ne(columns.iter().copied()) {
        return Err(DureError::file(path, format!("row 1: the header must be {}", columns.join(","))));
    }
    let (mut rows, mut faults, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (position, record) in reader.records().enumerate() {
        let row = u64::try_from(position).unwrap_or(u64::MAX).saturating_add(2);
        if position >= MAX_ROWS {
            faults.push(RowFault { row, reason: format!("more than {MAX_ROWS} rows") });
            break;
        }
        let parsed = match record {
            Err(error) => Err(error.to_string()),
            Ok(record) if record.len() != columns.len() => {
                Err(format!("{} cells, {} expected", record.len(), columns.len()))
            }
            Ok(record) => {
                let cells = Cells { columns, record };
                parse(&cells).and_then(|value| differs(&cells, unique, &mut seen).map(|()| value))
            }
        };
        match parsed {
            Ok(value) => rows.push(value),
            Err(reason) => faults.push(RowFault { row, reason }),
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(DureError::Rows { path: path.to_owned(), faults }) }
}

fn differs(cells: &Cells<'_>, unique: &[&str], seen: &mut BTreeSet<(String, String)>) -> Result<(), String> {
    for column in unique {
        let value = cells.text(column)?.to_lowercase();
        if !seen.insert(((*column).to_owned(), value.clone())) {
            return Err(format!("{column} {value:?} occurs twice"));
        }
    }
    Ok(())
}

/// An e-mail address as far as a list can tell: one `@`, something on both sides, no spaces.
pub fn email(text: &str) -> Option<String> {
    let (name, host) = text.split_once('@')?;
    let plain =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && b != b'@' && b != b',');
    (plain(name) && plain(host) && host.contains('.') && text.len() <= 100).then(|| text.to_lowercase())
}

/// Whole won, 1 to a trillion, digits only.
pub fn won(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.len() <= 13 && text.bytes().all(|b| b.is_ascii_digit());
    let amount: u64 = if digits { text.parse().ok()? } else { return None };
    (1..=dure_score::limits::MAX_AMOUNT).contains(&amount).then_some(amount)
}
