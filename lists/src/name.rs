//! When two texts are the same person's name.
//!
//! The rule, in this order:
//! 1. Letters are what Unicode's NFKC makes of them: composed and decomposed Hangul, full-width Latin and compatibility ideographs are the
//!    letters that they stand for.
//! 2. A part in brackets is an addition (`김미나(金美娜)`), unless nothing stands outside.
//! 3. Only letters and digits count. White space, hyphens, apostrophes, full stops, commas, every kind of middle dot (Korean keyboards give
//!    U+318D for it) and marks that nobody sees separate words or nothing.
//! 4. Case and the accents of Latin, Greek and Cyrillic letters do not count: `JOSÉ` is `Jose`.
//! 5. A name with a Hangul, Han or kana letter is one sequence of letters, however it is spaced, in its order.
//! 6. Any other name may begin with any of its words, going round: `SMITH, John` is `John Smith`; words may be written together or apart:
//!    `Kim Min-ah` is `Kim Minah`.
//!
//! Nothing else is the same: a letter more, a letter less or another one is another name, and Hangul is not compared with hanja, because a
//! hanja has several readings. The rule decides together with a date of birth, a mailbox or a number, never alone.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Longest name whose words are turned round; beyond it, they are compared in their order. No name of a register has as many.
const MAX_WORDS: usize = 16;

/// True if both are the same name by the rule of this module.
pub fn same(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    if one.is_empty() || other.is_empty() {
        return false;
    }
    let (plain_one, plain_other) = (one.concat(), other.concat());
    if plain_one == plain_other {
        return true;
    }
    // A cheap no for almost all pairs; turning round changes no length.
    if plain_one.len() != plain_other.len() || ordered(&plain_one) || ordered(&plain_other) {
        return false;
    }
    if one.len() > MAX_WORDS || other.len() > MAX_WORDS {
        return false;
    }
    let theirs = turned(&other);
    turned(&one).iter().any(|mine| theirs.contains(mine))
}

/// Every way to begin with another word.
fn turned(words: &[String]) -> Vec<String> {
    (0..words.len())
        .map(|first| words.iter().cycle().skip(first).take(words.len()).map(String::as_str).collect())
        .collect()
}

/// The words of a name: folded letters and digits alone.
fn words(name: &str) -> Vec<String> {
    // U+318D would become a vowel of old Hangul.
    let name: String =
        name.chars().map(|c| if c == '\u{318d}' || c == '\u{119e}' { '\u{b7}' } else { c }).collect();
    let name: String = name.nfkc().collect();
    let outside = without_brackets(&name);
    let split = |text: &str| -> Vec<String> {
        // A mark that nobody sees does not end a word.
        let seen = text
            .chars()
            .filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'));
        let text: String = seen.collect();
        let words = text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c));
        words.map(folded).filter(|word| !word.is_empty()).collect()
    };
    let words = split(&outside);
    if words.is_empty() { split(&name) } else { words }
}

/// The text outside round and square brackets; a bracket that is never closed ends nothing.
fn without_brackets(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(open) = rest.find(['(', '[']) {
        let (before, inside) = rest.split_at(open);
        let Some(close) = inside.find([')', ']']) else { break };
        out.push_str(before);
        out.push(' ');
        rest = inside.get(close..).map_or("", |after| after.trim_start_matches([')', ']']));
    }
    out.push_str(rest);
    out
}

/// Without case and accents. Upper case first: `ß` is `SS` there. Hangul's vowels and final consonants are letters, not marks, and are put
/// together again.
fn folded(word: &str) -> String {
    let upper: String = word.to_uppercase().to_lowercase();
    let mut base = ' ';
    let kept = upper.nfkd().filter(|c| {
        let mark = is_combining_mark(*c);
        if !mark {
            base = *c;
        }
        !(mark && accents_do_not_count(base))
    });
    kept.collect::<String>().nfc().collect()
}

/// Latin, Greek and Cyrillic.
fn accents_do_not_count(base: char) -> bool {
    matches!(base, 'a'..='z' | '\u{df}'..='\u{24f}' | '\u{370}'..='\u{52f}')
}

/// True if the order of the letters tells names apart: Hangul, Han, kana.
fn ordered(text: &str) -> bool {
    text.chars().any(|c| {
        matches!(c,
            '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_person_in_many_writings() {
        for (one, other) in [
            ("김미나", "김 미 나"),
            ("김미나", "\u{1100}\u{1175}\u{11b7}\u{1106}\u{1175}\u{1102}\u{1161}"),
            ("김미나", "김미나\u{200b}"),
            ("김미나", "김미나(金美娜)"),
            ("金美娜", "\u{f90a}美娜"),
            ("토마스·리", "토마스\u{318d}리"),
            ("토마스·리", "토마스 리"),
            ("토마스·리", "토마스\u{30fb}리"),
            ("John Smith", "SMITH, JOHN"),
            ("John Smith", "ＪＯＨＮ　ＳＭＩＴＨ"),
            ("Kim Min-ah", "KIM MINAH"),
            ("Kim Min Ah", "Minah Kim"),
            ("Sinéad O’Connor", "SINEAD O'CONNOR"),
            ("María de la Cruz", "DE LA CRUZ MARIA"),
            ("Nguyễn Thị Minh Khai", "NGUYEN THI MINH KHAI"),
            ("Großmann Eva", "EVA GROSSMANN"),
            ("Jose\u{301}", "José"),
            ("Иван Петров", "ПЕТРОВ ИВАН"),
            ("İpek", "ipek"),
        ] {
            assert!(same(one, other), "{one} {other}");
            assert!(same(other, one), "{other} {one}");
        }
        let long = "Wilhelmina Charlotte Friederike Auguste Luise von Hohenberg-Altenburg und Lichtenstein";
        assert!(same(long, &long.to_uppercase()));
    }

    #[test]
    fn two_people_are_two() {
        for (one, other) in [
            ("김미나", "김민아"),
            ("김미나", "김미"),
            ("김미나", "나김미"),
            ("김미나", "金美娜"),
            ("김가", "김갸"),
            ("John Smith", "John Smyth"),
            ("John Smith", "John M Smith"),
            ("Ann Lee", "Anne Le"),
            ("が", "か"),
            ("", ""),
            ("·", "·"),
            ("", "김미나"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_itself_in_each_form(name in "[가-힣]{2,5}|[A-Z][a-zà-ö]{1,9}( [A-Z][a-z]{1,9}){0,3}") {
            let forms = [name.nfc().collect::<String>(), name.nfd().collect(), name.nfkd().collect(), format!(" {name}\u{a0}")];
            for form in &forms {
                prop_assert!(same(&name, form));
            }
        }

        #[test]
        fn another_hangul_name_is_another_person(one in "[가-힣]{2,4}", other in "[가-힣]{2,4}") {
            prop_assert_eq!(same(&one, &other), one == other);
        }

        #[test]
        fn the_rule_has_no_sides(one in "\\PC{0,12}", other in "\\PC{0,12}") {
            prop_assert_eq!(same(&one, &other), same(&other, &one));
        }
    }
}
