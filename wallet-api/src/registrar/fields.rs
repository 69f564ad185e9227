//! What people say of themselves, and the form it must have.

use jiff::tz::TimeZone;

/// `YYYY-MM-DD`, a day that exists and has come in this city.
pub fn is_date(text: &str) -> bool {
    let today = jiff::Timestamp::now().to_zoned(TimeZone::fixed(jiff::tz::offset(9))).date();
    text.len() == 10
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
        && text.parse::<jiff::civil::Date>().is_ok_and(|day| day <= today)
}

/// A student number as it is compared: without spaces and hyphens, in capitals. `None` if it cannot be one.
pub fn student_number(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let good = (4..=20).contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_alphanumeric());
    good.then(|| plain.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn a_day_that_does_not_exist_or_has_not_come_is_no_date_of_birth() {
        for day in ["1994-03-12", "2000-02-29", "1999-12-31"] {
            assert!(is_date(day), "{day}");
        }
        let strange =
            ["", "19940312", "1994-3-12", "1994-03-12T00", "+994-03-12", "1994/03/12", "１９94-03-12"];
        for day in
            ["1994-02-30", "1900-02-29", "1994-00-10", "1994-04-31", "9998-01-01"].iter().chain(&strange)
        {
            assert!(!is_date(day), "{day}");
        }
    }
}
