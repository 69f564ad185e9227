//! From text to rows, counted as a spreadsheet program counts them: a line break inside quotation marks is part of its cell, and an
//! empty row is a row.

use csv::{ReaderBuilder, StringRecord, Trim};

use crate::fault::{Fault, RowFault};

/// Cells of one row, and its number in the spreadsheet: the first is 1.
pub struct Row {
    /// Number.
    pub row: u64,
    /// Cells, without the white space around them.
    pub cells: StringRecord,
}

impl Row {
    /// True if a person looking at the spreadsheet sees nothing in it.
    pub fn is_empty(&self) -> bool {
        self.cells.iter().all(str::is_empty)
    }
}

/// What stands between cells: the first of these that the first row holds most of.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// The separator of a list whose first row with anything in it is `header`.
pub fn separator(header: &str) -> char {
    let count = |separator: char| outside_quotes(header).filter(|c| *c == separator).count();
    SEPARATORS.into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(',')
}

fn outside_quotes(text: &str) -> impl Iterator<Item = char> {
    let mut quoted = false;
    text.chars().filter(move |c| {
        quoted ^= *c == '"';
        !quoted
    })
}

/// The pieces of `text` that are a row each.
pub fn split(text: &str, separator: char) -> Result<Vec<&str>, RowFault> {
    let (mut rows, mut start, mut place, mut rest) = (Vec::new(), 0usize, Place::Start, text.char_indices());
    while let Some((at, c)) = rest.next() {
        place = match (place, c) {
            (Place::Quoted, '"') => Place::Closed,
            (Place::Quoted, _) => Place::Quoted,
            (Place::Start, '"') | (Place::Closed, '"') => Place::Quoted,
            (_, '\r' | '\n') => {
                rows.push(text.get(start..at).unwrap_or_default());
                let pair = c == '\r' && rest.as_str().starts_with('\n');
                if pair {
                    rest.next();
                }
                start = at.saturating_add(if pair { 2 } else { 1 });
                Place::Start
            }
            (_, c) if c == separator => Place::Start,
            // White space before a quotation mark is trimmed with the cell's other white space.
            (Place::Start, ' ') => Place::Start,
            _ => Place::Inside,
        };
    }
    if matches!(place, Place::Quoted) {
        let row = u64::try_from(rows.len()).unwrap_or(u64::MAX).saturating_add(1);
        return Err(RowFault { row, fault: Fault::OpenQuote });
    }
    rows.extend(text.get(start..).filter(|last| !last.is_empty()));
    Ok(rows)
}

/// Where a character stands in its cell.
#[derive(Clone, Copy)]
enum Place {
    Start,
    Inside,
    Quoted,
    /// Behind a quotation mark that ends the cell, unless another one follows.
    Closed,
}

/// The cells of one row.
pub fn cells(row: &str, separator: char) -> Result<StringRecord, Fault> {
    let mut record = StringRecord::new();
    let delimiter = u8::try_from(separator).unwrap_or(b',');
    // Without its first blanks, so that a quotation mark behind them opens the cell.
    let row = row.trim_start_matches(' ');
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(Trim::All)
        .from_reader(row.as_bytes());
    match reader.read_record(&mut record) {
        Ok(_) => Ok(record),
        Err(_) => Err(Fault::Unreadable),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(text: &str, expected: &[&[&str]]) {
        let rows = split(text, ',').unwrap();
        let read: Vec<_> = rows.iter().map(|row| cells(row, ',').unwrap()).collect();
        assert_eq!(
            read.iter().map(|row| row.iter().collect::<Vec<_>>()).collect::<Vec<_>>(),
            expected,
            "{text:?}"
        );
    }

    #[test]
    fn rows_are_those_that_the_spreadsheet_shows() {
        check("a,b\r\n1,2\r\n", &[&["a", "b"], &["1", "2"]]);
        check("a,b\n\n1,2", &[&["a", "b"], &[], &["1", "2"]]);
        check("a,b\r1,2\r", &[&["a", "b"], &["1", "2"]]);
        check("\"a\nb\",c\n1,2", &[&["a\nb", "c"], &["1", "2"]]);
        check("\"say \"\"hi\"\"\r\n\",c\n1,2", &[&["say \"hi\"", "c"], &["1", "2"]]);
        // A quotation mark inside a cell is a letter like others.
        check("5\" pipe,b\n1,2", &[&["5\" pipe", "b"], &["1", "2"]]);
        check(" \"a,1\" ,b\n,\n", &[&["a,1", "b"], &["", ""]]);
    }

    #[test]
    fn a_cell_that_never_ends_is_told_where_it_begins() {
        let fault = split("a,b\n1,2\n3,\"4\n5,6\n", ',').unwrap_err();
        assert_eq!((fault.row, fault.fault), (3, Fault::OpenQuote));
    }

    #[test]
    fn the_separator_is_what_the_header_holds() {
        for (header, expected) in [
            ("email,amount", ','),
            ("email;amount", ';'),
            ("email\tamount", '\t'),
            ("\"a;b;c\",amount", ','),
            ("email", ','),
        ] {
            assert_eq!(separator(header), expected, "{header:?}");
        }
    }
}
