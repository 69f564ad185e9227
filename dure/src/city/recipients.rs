//! A grant list: who gets how much. The same list twice is the same grant.

use std::path::Path;

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

/// Reads a list with the columns `email,amount`. One bad row refuses the list.
pub fn read_recipients(path: &Path) -> Result<Vec<Recipient>, DureError> {
    table::read(path, &["email", "amount"], &["email"], |cells| {
        Ok(Recipient {
            email: cells.parsed("email", "an e-mail address", table::email)?,
            amount: cells.parsed("amount", "a whole number of won from 1", table::won)?,
        })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn check(text: &str) -> Result<Vec<Recipient>, DureError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        std::fs::write(&path, text).unwrap();
        read_recipients(&path)
    }

    #[test]
    fn a_good_list_is_read_with_or_without_a_byte_order_mark() {
        for mark in ["", "\u{feff}"] {
            let rows = check(&format!("{mark}email,amount\r\nMina@sebyeol.example, 3000\r\n")).unwrap();
            assert_eq!(rows, [Recipient { email: "mina@sebyeol.example".to_owned(), amount: 3000 }]);
        }
    }

    #[test]
    fn every_bad_row_is_named_and_nothing_is_taken() {
        let list = "email,amount\na@b.kr,100\na@b.kr,5\nnobody,5\nc@d.kr,1.5\nd@e.kr,-1\ne@f.kr\nf@g.kr,0\ng@h.kr,=1+1\n";
        let Err(DureError::Rows { faults, .. }) = check(list) else { panic!("accepted") };
        let rows: Vec<u64> = faults.iter().map(|fault| fault.row).collect();
        assert_eq!(rows, [3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(faults[0].reason, "email \"a@b.kr\" occurs twice");
        assert_eq!(faults[4].reason, "1 cells, 2 expected");
    }

    #[test]
    fn another_header_is_another_file() {
        assert_eq!(check("amount,email\n1,a@b.kr\n").unwrap_err().code(), "FILE");
        assert_eq!(check("").unwrap_err().code(), "FILE");
        assert_eq!(check(&format!("email,amount\n{}", "x".repeat(1_000_000))).unwrap_err().code(), "FILE");
    }
}
