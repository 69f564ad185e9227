//! Files of people, as registrars hand them over: lists with a header, read once and whole.

use dure_lists::{Cells, Column, Fault, Form, Others, RowFault, cell};

use super::{authority::Citizen, fields::is_date};
use crate::names;

/// People in one file: a large city's worth.
const MAX_PEOPLE: usize = 2_000_000;

/// A person's name.
pub const NAME: Column = Column::needed("name", &["이름", "성명"]);
/// Date of birth.
pub const BIRTH: Column = Column::needed("birth", &["생년월일"]);
/// Mailbox, one person's alone.
pub const EMAIL: Column = Column::unique("email", &["e-mail", "이메일", "전자우편"]);
/// Telephone.
pub const PHONE: Column = Column::optional("phone", &["전화", "전화번호", "휴대전화", "휴대폰"]);

/// A register with these columns. Offices keep others beside them, for themselves.
pub const fn form(columns: &'static [Column]) -> Form {
    Form { columns, others: Others::Ignored, max_rows: MAX_PEOPLE }
}

/// Every row; bad ones are told with their numbers, and nothing is taken.
pub fn read<T>(
    bytes: &[u8],
    form: &Form,
    take: impl FnMut(&Cells<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, String> {
    let list = dure_lists::read(bytes, form, take).map_err(told)?;
    Ok(list.rows.into_iter().map(|(_, person)| person).collect())
}

fn told(faults: Vec<RowFault>) -> String {
    faults.iter().map(RowFault::to_string).collect::<Vec<_>>().join("; ")
}

/// The person of a row.
pub fn citizen(cells: &Cells<'_>) -> Result<Citizen, Fault> {
    let date = ("1994-03-12 같은 날짜가 아닙니다.", "not a date such as 1994-03-12");
    let birth = |text: &str| is_date(text).then(|| text.to_owned());
    let address = ("이메일 주소가 아닙니다.", "not an e-mail address");
    Ok(Citizen {
        name: cells.text("name")?.to_owned(),
        birth: cells.parsed("birth", date, birth)?,
        email: cells.parsed("email", address, names::email)?,
        phone: cells.optional("phone").map(|_| cells.judged("phone", cell::phone)).transpose()?,
    })
}
