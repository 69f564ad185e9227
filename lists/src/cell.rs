//! What stands in a cell: amounts, addresses, telephone numbers, dates, the way spreadsheets spoil them. A value that can be read in
//! two ways is refused with a reason (Korean, English); nothing is guessed.

/// Why a cell is not what it should be: Korean, English.
pub type Reason = (&'static str, &'static str);

/// Longest address (RFC 5321: the most that a path can hold, less its brackets).
const MAX_EMAIL: usize = 254;

/// Whole won from 1 to the ledger's largest amount, digits only.
pub fn won(text: &str) -> Result<u64, Reason> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        let amount = if text.len() <= 19 { text.parse().ok() } else { None };
        return amount
            .filter(|won| (1..=dure_score::limits::MAX_AMOUNT).contains(won))
            .ok_or(("1 이상 1조 이하의 원 금액이 아닙니다.", "not from 1 to 1,000,000,000,000 won"));
    }
    let digits = |c: char| c.is_ascii_digit();
    Err(if text.contains(',') && text.contains(digits) {
        ("쉼표 없이 숫자만 적어 주세요. 예: 30000", "write the amount without commas, such as 30000")
    } else if text.contains(digits) && text.contains(['e', 'E']) {
        (
            "스프레드시트가 숫자를 줄여 적었습니다(예: 3E+04). 칸 서식을 '숫자'로 바꿔 주세요.",
            "the spreadsheet shortened the number (as in 3E+04); give the cell the format Number",
        )
    } else if text.contains('.') {
        (
            "원 아래의 금액은 없습니다. 소수점 없이 적어 주세요.",
            "there is nothing below a won; write no decimal point",
        )
    } else if text.starts_with('=') {
        ("수식이 아니라 값으로 저장해 주세요.", "this is a formula; save its value")
    } else {
        ("숫자만 적어 주세요. 예: 30000", "write digits only, such as 30000")
    })
}

/// An e-mail address as far as a list can tell, in lower case.
pub fn email(text: &str) -> Result<String, Reason> {
    let Some((name, host)) = text.split_once('@') else {
        return Err(("이메일 주소가 아닙니다.", "not an e-mail address"));
    };
    if !host.is_ascii() {
        return Err((
            "한글 등 ASCII가 아닌 도메인은 xn--으로 시작하는 형태로 적어 주세요.",
            "write an international domain in its form that begins with xn--",
        ));
    }
    let plain =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && b != b'@' && b != b',');
    if plain(name) && plain(host) && host.contains('.') && text.len() <= MAX_EMAIL {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(("이메일 주소가 아닙니다.", "not an e-mail address"))
    }
}

/// A telephone number's digits, with its national 0: `+82 10…` and `010…` are the same telephone.
pub fn phone(text: &str) -> Result<String, Reason> {
    let good = text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+' | '(' | ')' | '.'));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if text.contains(['e', 'E']) && !good && !digits.is_empty() {
        return Err((
            "스프레드시트가 번호를 줄여 적었습니다. 칸 서식을 '텍스트'로 바꿔 다시 적어 주세요.",
            "the spreadsheet shortened the number; give the cell the format Text and write it again",
        ));
    }
    // A number that a country's code begins is not one that lost its zero.
    let abroad = text.trim_start().starts_with('+');
    let national =
        digits.strip_prefix("82").map(|rest| format!("0{}", rest.strip_prefix('0').unwrap_or(rest)));
    let lost = !abroad && !digits.starts_with('0') && national.is_none();
    let digits = national.unwrap_or(digits);
    if !good || !(9..=15).contains(&digits.len().saturating_add(usize::from(lost))) {
        Err(("전화번호가 아닙니다.", "not a telephone number"))
    } else if lost {
        Err((
            "맨 앞의 0이 빠졌습니다. 칸 서식을 '텍스트'로 바꾸고 010-5550-0001처럼 적어 주세요.",
            "its leading zero is lost; give the cell the format Text and write it as 010-5550-0001",
        ))
    } else {
        Ok(digits)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn amounts_are_digits_and_say_what_else_they_are() {
        assert_eq!(won("30000"), Ok(30_000));
        assert_eq!(won("030"), Ok(30));
        for (text, part) in [
            ("30,000", "without commas"),
            ("3E+04", "shortened"),
            ("3.00E+04", "shortened"),
            ("30000.0", "decimal point"),
            ("=1+1", "formula"),
            ("₩3000", "digits only"),
            ("３０００", "digits only"),
            ("-5", "digits only"),
            ("0", "from 1"),
            ("1000000000001", "from 1"),
            ("99999999999999999999999", "from 1"),
        ] {
            assert!(won(text).unwrap_err().1.contains(part), "{text}: {:?}", won(text));
        }
    }

    #[test]
    fn addresses_with_a_plus_are_addresses_and_foreign_letters_are_told() {
        assert_eq!(email("Mina+Voucher@X.kr").unwrap(), "mina+voucher@x.kr");
        assert!(email("mina@두레.kr").unwrap_err().1.contains("xn--"));
        for bad in ["mina", "@x.kr", "mina@", "mina@x", "a b@x.kr", "a@b@c.kr", "a,b@x.kr", ""] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_telephone_number_that_lost_its_zero_is_named() {
        for good in
            ["010-5550-0001", "01055500001", "+82 10 5550 0001", "+82 (0)10-5550-0001", "82-10-5550-0001"]
        {
            assert_eq!(phone(good).as_deref(), Ok("01055500001"), "{good}");
        }
        assert_eq!(phone("02-555-0001").as_deref(), Ok("025550001"));
        assert_eq!(phone("+1 202 555 0143").as_deref(), Ok("12025550143"));
        for (text, part) in [
            ("1055500001", "leading zero"),
            ("25550001", "leading zero"),
            ("1.055E+09", "shortened"),
            ("phone", "not a telephone"),
            ("12", "not a telephone"),
        ] {
            assert!(phone(text).unwrap_err().1.contains(part), "{text}: {:?}", phone(text));
        }
    }
}
