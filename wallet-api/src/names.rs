//! Names as other people may see them.

/// A person's name with all but its ends hidden: `김미나` → `김*나`, `이준` → `이*`, `John Smith` → `J********h`.
pub fn masked(name: &str) -> String {
    let letters: Vec<char> = name.trim().chars().collect();
    match letters.as_slice() {
        [] => String::new(),
        [first] => first.to_string(),
        [first, _] => format!("{first}*"),
        [first, middle @ .., last] => format!("{first}{}{last}", "*".repeat(middle.len())),
    }
}

/// An e-mail address in the form that is stored: trimmed, lowercase. `None` if it cannot be one.
pub fn email(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    // RFC 5321: 254 characters are the most that a path can hold.
    let (local, domain) = text.split_once('@')?;
    let plain = text.len() <= 254 && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    let good = plain && !local.is_empty() && domain.contains('.') && !domain.contains('@');
    (good && text.parse::<lettre::Address>().is_ok()).then_some(text)
}

/// A phone number's digits; `None` if it cannot be one.
pub fn phone(text: &str) -> Option<String> {
    let good = text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+' | '(' | ')'));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    // +82 10… and 010… are the same telephone.
    let digits = digits.strip_prefix("82").map_or_else(|| digits.clone(), |rest| format!("0{rest}"));
    (good && (9..=12).contains(&digits.len())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_masked() {
        for (name, shown) in
            [("김미나", "김*나"), ("이준", "이*"), ("남궁민수", "남**수"), ("A", "A"), ("", "")]
        {
            assert_eq!(masked(name), shown);
        }
    }

    #[test]
    fn addresses_and_numbers_have_one_form() {
        assert_eq!(email(" Mina@Sebyeol.Example ").as_deref(), Some("mina@sebyeol.example"));
        for bad in ["", "mina", "mina@", "@x.kr", "a b@x.kr", "a@b@c.kr", "a@b", "a\n@b.kr"] {
            assert_eq!(email(bad), None, "{bad:?}");
        }
        assert_eq!(phone("010-5550-0001").as_deref(), Some("01055500001"));
        assert_eq!(phone("+82 10 5550 0001").as_deref(), Some("01055500001"));
        for bad in ["", "12", "phone", "0105550000100000"] {
            assert_eq!(phone(bad), None, "{bad:?}");
        }
    }
}
