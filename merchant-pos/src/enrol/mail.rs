//! The mail that carries an enrolment code, in the shop's language.

use dure_web::Lang;

/// Subject and body.
pub fn code_mail(lang: Lang, shop: &str, code: &str) -> (String, String) {
    match lang {
        Lang::Ko => (
            format!("[두레 단말기] 등록 코드 {code}"),
            format!(
                "{shop} 사장님, 안녕하세요.\n\n단말기 등록 코드는 {code} 입니다. 10분 안에 입력해 주세요.\n\n\
                 코드를 요청하지 않으셨다면 이 메일을 무시해 주세요. 코드를 다른 사람에게 알려 주지 마세요.\n"
            ),
        ),
        Lang::En => (
            format!("[Dure till] Enrolment code {code}"),
            format!(
                "To {shop}\n\nThe code to enrol your till is {code}. Enter it within 10 minutes.\n\n\
                 If you did not ask for a code, ignore this mail. Give the code to nobody.\n"
            ),
        ),
    }
}
