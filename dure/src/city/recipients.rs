//! A grant list: who gets how much. The same list twice is the same grant.

use std::path::Path;

use dure_lists::{Column, Form, Others, cell};

use super::table;
use crate::error::DureError;

/// One line of a grant list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// E-mail address of a registered citizen.
    pub email: String,
    /// Won.
    pub amount: u64,
}

const FORM: Form = Form {
    columns: &[
        Column::unique("email", &["e-mail", "이메일", "전자우편"]),
        Column::needed("amount", &["금액", "지급액"]),
    ],
    others: Others::Refused,
    max_rows: table::MAX_ROWS,
};

/// Reads a list with the columns email and amount; each row comes with its number. One bad row refuses the list.
pub fn read_recipients(path: &Path) -> Result<Vec<(u64, Recipient)>, DureError> {
    table::read(path, &FORM, |cells| {
        Ok(Recipient {
            email: cells.judged("email", cell::email)?,
            amount: cells.judged("amount", cell::won)?,
        })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn check(bytes: impl AsRef<[u8]>) -> Result<Vec<(u64, Recipient)>, DureError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        std::fs::write(&path, bytes).unwrap();
        read_recipients(&path)
    }

    fn mina(row: u64) -> (u64, Recipient) {
        (row, Recipient { email: "mina@sebyeol.example".to_owned(), amount: 3000 })
    }

    fn faults(list: &str) -> Vec<(u64, String)> {
        let Err(DureError::Rows { faults, .. }) = check(list) else { panic!("accepted: {list}") };
        faults.into_iter().map(|fault| (fault.row, fault.fault.to_string())).collect()
    }

    #[test]
    fn a_good_list_is_read_as_any_program_saves_it() {
        for list in [
            "email,amount\r\nMina@sebyeol.example, 3000\r\n",
            "\u{feff}email,amount\nmina@sebyeol.example,3000",
            "EMAIL , Amount\nmina@sebyeol.example,3000\n,\n,\n",
            "email;amount\nmina@sebyeol.example;3000\n",
            "email\tamount\nmina@sebyeol.example\t3000\n",
            "email,amount,\nmina@sebyeol.example,3000,\n",
            "금액,이메일\n3000,\"mina@sebyeol.example\"\n",
        ] {
            assert_eq!(check(list).unwrap(), [mina(2)], "{list:?}");
        }
        let windows: Vec<u8> =
            "email,amount\nmina@sebyeol.example,3000\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(check([&b"\xff\xfe"[..], &windows].concat()).unwrap(), [mina(2)]);
        // 이메일,금액 as Korean Windows saves it.
        let korean = b"\xc0\xcc\xb8\xde\xc0\xcf,\xb1\xdd\xbe\xd7\nmina@sebyeol.example,3000\n";
        assert_eq!(check(korean).unwrap(), [mina(2)]);
    }

    #[test]
    fn every_bad_row_is_named_and_nothing_is_taken() {
        let list = "email,amount\na@b.kr,100\nA@b.kr,5\nnobody,5\nc@d.kr,1.5\nd@e.kr,-1\ne@f.kr\nf@g.kr,0\ng@h.kr,=1+1\n";
        let faults = faults(list);
        assert_eq!(faults.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(faults[0].1, "email \"a@b.kr\" occurs twice, first in row 2");
        assert_eq!(faults[4].1, "amount is empty");
    }

    #[test]
    fn rows_are_counted_as_the_spreadsheet_counts_them() {
        assert_eq!(faults("email,amount\n\na@b.kr,1\n\nb@c.kr,x\n")[0].0, 5);
        assert_eq!(
            faults("email,amount\n\"a\n\"@b.kr,1\nb@c.kr,x\n")
                .iter()
                .map(|(row, _)| *row)
                .collect::<Vec<_>>(),
            [2, 3]
        );
        assert_eq!(
            faults("email,amount\na@b.kr,1\n\"b@c.kr,2\n"),
            [(3, "a quotation mark is opened and never closed".to_owned())]
        );
    }

    #[test]
    fn what_a_spreadsheet_did_to_a_number_is_told() {
        let found = faults("email,amount\na@b.kr,\"30,000\"\nb@c.kr,3E+04\nc@d.kr,30000.0\n");
        for ((row, reason), (wanted, part)) in
            found.iter().zip([(2, "without commas"), (3, "shortened"), (4, "decimal point")])
        {
            assert!(*row == wanted && reason.contains(part), "{row} {reason}");
        }
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn a_column_that_nobody_knows_is_named() {
        assert!(faults("email,name,amount\na@b.kr,A,1\n")[0].1.contains("\"name\""));
        assert!(faults("amount,mail\n1,a@b.kr\n")[0].1.contains("\"mail\""));
        assert!(faults("email\na@b.kr\n")[0].1.contains("lacks amount"));
        assert!(faults("email,amount\na@b.kr,1,gift\n")[0].1.contains("\"gift\""));
        assert_eq!(faults("")[0].1, "the list is empty");
        assert!(faults("PK\u{3}\u{4}")[0].1.contains("workbook"));
        assert_eq!(check(format!("email,amount\n{}", "x".repeat(1_000_000))).unwrap_err().code(), "FILE");
    }
}
