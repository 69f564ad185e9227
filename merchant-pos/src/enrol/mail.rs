//! The mail that carries an enrolment code, in the shop's language. The code stands in the text alone: the text is
//! forgotten once sent, the subject is kept and shown on locked screens.

use dure_web::Lang;

/// Subject and body.
pub fn code_mail(lang: Lang, shop: &str, code: &str) -> (String, String) {
    match lang {
        Lang::Ko => (
            "[두레 단말기] 등록 코드".to_owned(),
            format!(
                "{shop} 사장님, 안녕하세요.\n\n단말기 등록 코드는 {code} 입니다. 10분 안에 입력해 주세요.\n\n\
                 코드를 요청하지 않으셨다면 이 메일을 무시해 주세요. 코드를 다른 사람에게 알려 주지 마세요.\n"
            ),
        ),
        Lang::En => (
            "[Dure till] Your enrolment code".to_owned(),
            format!(
                "To {shop}\n\nThe code to enrol your till is {code}. Enter it within 10 minutes.\n\n\
                 If you did not ask for a code, ignore this mail. Give the code to nobody.\n"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_stands_in_the_text_alone() {
        for lang in [Lang::Ko, Lang::En] {
            let (subject, body) = code_mail(lang, "Sebyeol", "123456");
            assert!(!subject.contains("123456") && body.contains("123456"));
        }
    }
}
