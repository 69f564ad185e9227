//! A list against its form: columns found by name in any order, every row looked at, every fault told, and one fault means that
//! nothing is taken.

use std::collections::BTreeMap;

use csv::StringRecord;

use crate::{
    fault::{Fault, RowFault},
    rows::{Row, cells, separator, split},
    text::{Encoding, decode},
};

/// A column of a list.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in lower case.
    pub name: &'static str,
    /// Other names that offices give it, in lower case, without spaces.
    pub also: &'static [&'static str],
    /// The list must have it.
    pub needed: bool,
    /// No two rows may have the same value, in whatever case.
    pub unique: bool,
}

impl Column {
    /// A column that the list must have.
    pub const fn needed(name: &'static str, also: &'static [&'static str]) -> Self {
        Self { name, also, needed: true, unique: false }
    }

    /// A column that the list must have, with a value of its own in each row.
    pub const fn unique(name: &'static str, also: &'static [&'static str]) -> Self {
        Self { name, also, needed: true, unique: true }
    }

    /// A column that the list may have.
    pub const fn optional(name: &'static str, also: &'static [&'static str]) -> Self {
        Self { name, also, needed: false, unique: false }
    }
}

/// What becomes of columns that the form does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// They are a fault: whoever wrote them meant something by them.
    Refused,
    /// They are for others who read the same file.
    Ignored,
}

/// What a list looks like.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Its columns.
    pub columns: &'static [Column],
    /// Columns besides.
    pub others: Others,
    /// Most rows that are read.
    pub max_rows: usize,
}

/// Most faults that are told of one list: whoever sees these sees the kind.
const MAX_FAULTS: usize = 200;

/// A list that was read whole.
#[derive(Clone, Debug)]
pub struct Reading<T> {
    /// Encoding that was found.
    pub encoding: Encoding,
    /// Separator that was found.
    pub separator: char,
    /// Each row's number and value.
    pub rows: Vec<(u64, T)>,
}

/// One row's cells, by column name.
pub struct Cells<'a> {
    header: &'a BTreeMap<&'static str, usize>,
    record: StringRecord,
}

impl Cells<'_> {
    /// The cell of `column`; an empty one is a fault.
    pub fn text(&self, column: &'static str) -> Result<&str, Fault> {
        self.optional(column).ok_or(Fault::Empty { column })
    }

    /// The cell of `column` if the list has it and something stands in it.
    pub fn optional(&self, column: &str) -> Option<&str> {
        self.header.get(column).and_then(|at| self.record.get(*at)).filter(|text| !text.is_empty())
    }

    /// The cell of `column`, read by `parse`; `form` says in Korean and English what it should look like.
    pub fn parsed<T>(
        &self,
        column: &'static str,
        form: (&'static str, &'static str),
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Fault> {
        let text = self.text(column)?;
        parse(text).ok_or_else(|| Fault::Form { column, value: text.to_owned(), form })
    }

    /// The cell of `column`, read by `parse`, which says what is wrong.
    pub fn judged<T>(
        &self,
        column: &'static str,
        parse: impl Fn(&str) -> Result<T, (&'static str, &'static str)>,
    ) -> Result<T, Fault> {
        let text = self.text(column)?;
        parse(text).map_err(|form| Fault::Form { column, value: text.to_owned(), form })
    }
}

/// Reads every row of a list of this form.
///
/// # Errors
/// All faults of all rows, at least one, at most some two hundred; nothing of such a list is taken.
pub fn read<T>(
    bytes: &[u8],
    form: &Form,
    mut parse: impl FnMut(&Cells<'_>) -> Result<T, Fault>,
) -> Result<Reading<T>, Vec<RowFault>> {
    let first = |fault| vec![RowFault { row: 1, fault }];
    let (text, encoding) = decode(bytes).map_err(first)?;
    let seen_header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let separator = separator(seen_header);
    let mut rows = numbered(&text, separator)?;
    let Some(head) = rows.next() else { return Err(first(Fault::NoHeader)) };
    let head = head.map_err(|fault| vec![fault])?;
    let header = columns(&head.cells, form).map_err(|fault| vec![RowFault { row: head.row, fault }])?;
    let (mut read, mut faults, mut seen) = (Vec::new(), Vec::new(), Seen::default());
    for row in rows {
        let number = match &row {
            Ok(row) => row.row,
            Err(fault) => fault.row,
        };
        let parsed = row.map_err(|fault| fault.fault).and_then(|row| {
            if read.len() >= form.max_rows {
                return Err(Fault::TooManyRows { limit: form.max_rows });
            }
            nothing_outside(&row.cells, &header)?;
            let cells = Cells { header: &header.places, record: row.cells };
            let value = parse(&cells)?;
            seen.differs(&cells, form, number).map(|()| value)
        });
        match parsed {
            Ok(value) => read.push((number, value)),
            Err(fault) => {
                let last = matches!(fault, Fault::TooManyRows { .. }) || faults.len() >= MAX_FAULTS;
                faults.push(RowFault { row: number, fault });
                if last {
                    break;
                }
            }
        }
    }
    if faults.is_empty() { Ok(Reading { encoding, separator, rows: read }) } else { Err(faults) }
}

/// Rows with something in them, with their numbers. Spreadsheet programs keep rows whose cells were cleared.
fn numbered(
    text: &str,
    separator: char,
) -> Result<impl Iterator<Item = Result<Row, RowFault>>, Vec<RowFault>> {
    let rows = split(text, separator).map_err(|fault| vec![fault])?;
    Ok((1u64..)
        .zip(rows)
        .map(move |(row, text)| match cells(text, separator) {
            Ok(cells) => Ok(Row { row, cells }),
            Err(fault) => Err(RowFault { row, fault }),
        })
        .filter(|row| !row.as_ref().is_ok_and(Row::is_empty)))
}

/// Where the header has each column.
struct Header {
    places: BTreeMap<&'static str, usize>,
    /// Places without a name: cells there must be empty.
    unnamed: Vec<usize>,
    width: usize,
}

fn columns(head: &StringRecord, form: &Form) -> Result<Header, Fault> {
    let mut header = Header { places: BTreeMap::new(), unnamed: Vec::new(), width: head.len() };
    for (place, written) in head.iter().enumerate() {
        let name: String =
            written.to_lowercase().chars().filter(|c| !c.is_whitespace() && *c != '\u{feff}').collect();
        let known =
            form.columns.iter().find(|column| column.name == name || column.also.contains(&name.as_str()));
        match known {
            _ if name.is_empty() => header.unnamed.push(place),
            Some(Column { name: column, .. }) if header.places.insert(column, place).is_some() => {
                return Err(Fault::ColumnTwice { column });
            }
            None if form.others == Others::Refused => {
                let known = form.columns.iter().map(|column| column.name).collect();
                return Err(Fault::UnknownColumn { column: written.to_owned(), known });
            }
            _ => {}
        }
    }
    let lacks = |column: &&Column| column.needed && !header.places.contains_key(column.name);
    let missing: Vec<_> = form.columns.iter().filter(lacks).map(|column| column.name).collect();
    if missing.is_empty() {
        Ok(header)
    } else {
        Err(Fault::MissingColumns { missing, found: head.iter().collect::<Vec<_>>().join(", ") })
    }
}

/// A comma at a row's end makes a cell without a column: empty, it means nothing; with something in it, it is a fault.
fn nothing_outside(record: &StringRecord, header: &Header) -> Result<(), Fault> {
    let outside = |place: &usize| *place >= header.width || header.unnamed.contains(place);
    let stray = record.iter().enumerate().find(|(place, text)| outside(place) && !text.is_empty());
    stray.map_or(Ok(()), |(_, text)| Err(Fault::CellTooMany { text: text.to_owned() }))
}

/// Values of unique columns, each with the row that had it first.
#[derive(Default)]
struct Seen(BTreeMap<(&'static str, String), u64>);

impl Seen {
    fn differs(&mut self, cells: &Cells<'_>, form: &Form, row: u64) -> Result<(), Fault> {
        for column in form.columns.iter().filter(|column| column.unique) {
            let Some(value) = cells.optional(column.name).map(str::to_lowercase) else { continue };
            let first = *self.0.entry((column.name, value.clone())).or_insert(row);
            if first != row {
                return Err(Fault::Twice { column: column.name, value, first });
            }
        }
        Ok(())
    }
}
