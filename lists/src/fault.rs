//! Everything that can be wrong with a list, told so that the person who made it can mend it.

use std::fmt;

use dure_score::Lang;

/// A fault and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// Row as the spreadsheet program counts it: the first is 1.
    pub row: u64,
    /// What is wrong.
    pub fault: Fault,
}

impl RowFault {
    /// For the person who made the list.
    pub fn sentence(&self, lang: Lang) -> String {
        let what = self.fault.sentence(lang);
        match lang {
            Lang::Ko => format!("{}행: {what}", self.row),
            Lang::En => format!("row {}: {what}", self.row),
        }
    }
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(Lang::En))
    }
}

/// What is wrong with a list or a row of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file is a workbook.
    Workbook,
    /// The file's encoding is none of those that are read.
    Encoding,
    /// There is no row with anything in it.
    NoHeader,
    /// The header lacks columns.
    MissingColumns {
        /// Which, by their English names.
        missing: Vec<&'static str>,
        /// The header that was found.
        found: String,
    },
    /// The header has a column that the list does not know.
    UnknownColumn {
        /// Its name.
        column: String,
        /// Those that it knows.
        known: Vec<&'static str>,
    },
    /// A column comes twice.
    ColumnTwice {
        /// Its name.
        column: &'static str,
    },
    /// A quotation mark opens a cell that never ends.
    OpenQuote,
    /// The row cannot be split into cells.
    Unreadable,
    /// Something stands in a cell that has no column.
    CellTooMany {
        /// Its text.
        text: String,
    },
    /// More rows than are read.
    TooManyRows {
        /// Most that are.
        limit: usize,
    },
    /// A cell is empty.
    Empty {
        /// Its column.
        column: &'static str,
    },
    /// A value that must differ from row to row comes twice.
    Twice {
        /// Its column.
        column: &'static str,
        /// The value.
        value: String,
        /// The row that had it first.
        first: u64,
    },
    /// A cell is not of its form.
    Form {
        /// Its column.
        column: &'static str,
        /// The value.
        value: String,
        /// What it should be: Korean, English.
        form: (&'static str, &'static str),
    },
    /// A rule of the list's own.
    Other {
        /// Korean.
        ko: String,
        /// English.
        en: String,
    },
}

impl Fault {
    /// For the person who made the list.
    pub fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Ko => self.korean(),
            Lang::En => self.english(),
        }
    }

    fn korean(&self) -> String {
        match self {
            Self::Workbook => "엑셀 통합 문서입니다. 'CSV UTF-8(쉼표로 분리)'로 저장해 주세요.".to_owned(),
            Self::Encoding => "글자를 읽을 수 없습니다. 'CSV UTF-8(쉼표로 분리)'로 저장해 주세요.".to_owned(),
            Self::NoHeader => "목록이 비어 있습니다.".to_owned(),
            Self::MissingColumns { missing, found } => {
                format!("머리글에 {} 열이 없습니다. 지금 머리글: {found}", missing.join(", "))
            }
            Self::UnknownColumn { column, known } => {
                format!("{column:?} 열은 쓰이지 않습니다. 쓰이는 열: {}", known.join(", "))
            }
            Self::ColumnTwice { column } => format!("{column} 열이 두 번 있습니다."),
            Self::OpenQuote => "열린 따옴표가 닫히지 않았습니다.".to_owned(),
            Self::Unreadable => "행을 칸으로 나눌 수 없습니다.".to_owned(),
            Self::CellTooMany { text } => format!("머리글이 없는 칸에 {text:?}이(가) 있습니다."),
            Self::TooManyRows { limit } => format!("{limit}행까지만 읽습니다. 목록을 나누어 주세요."),
            Self::Empty { column } => format!("{column} 칸이 비어 있습니다."),
            Self::Twice { column, value, first } => {
                format!("{column} {value:?}이(가) {first}행에 이미 있습니다.")
            }
            Self::Form { column, value, form } => format!("{column} {value:?}: {}", form.0),
            Self::Other { ko, .. } => ko.clone(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Workbook => "this is a workbook; save it as \"CSV UTF-8 (comma delimited)\"".to_owned(),
            Self::Encoding => {
                "the letters cannot be read; save the list as \"CSV UTF-8 (comma delimited)\"".to_owned()
            }
            Self::NoHeader => "the list is empty".to_owned(),
            Self::MissingColumns { missing, found } => {
                format!("the header lacks {}; it is {found}", missing.join(", "))
            }
            Self::UnknownColumn { column, known } => {
                format!("the column {column:?} is not one of {}; delete or rename it", known.join(", "))
            }
            Self::ColumnTwice { column } => format!("the column {column} comes twice"),
            Self::OpenQuote => "a quotation mark is opened and never closed".to_owned(),
            Self::Unreadable => "the row cannot be split into cells".to_owned(),
            Self::CellTooMany { text } => format!("{text:?} stands in a column without a header"),
            Self::TooManyRows { limit } => format!("more than {limit} rows; split the list"),
            Self::Empty { column } => format!("{column} is empty"),
            Self::Twice { column, value, first } => {
                format!("{column} {value:?} occurs twice, first in row {first}")
            }
            Self::Form { column, value, form } => format!("{column} {value:?}: {}", form.1),
            Self::Other { en, .. } => en.clone(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english())
    }
}
