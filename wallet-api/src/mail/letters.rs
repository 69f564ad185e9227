//! The letters of the wallet.

use dure_web::Lang;

/// A letter.
#[derive(Debug)]
pub struct Letter {
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// The one-time code of an enrolment. It stands in the text alone: subjects show on locked screens and stay in the outbox.
pub fn code(lang: Lang, code: &str) -> Letter {
    match lang {
        Lang::Ko => Letter {
            subject: "[두레] 지갑 등록 인증번호".to_owned(),
            body: format!(
                "두레 지갑 등록 인증번호는 {code} 입니다.\n\n10분 안에 지갑 화면에 입력해 주세요.\n\
                 직접 요청하지 않으셨다면 이 메일을 지우셔도 됩니다. 인증번호는 누구에게도 알려 주지 마세요.\n"
            ),
        },
        Lang::En => Letter {
            subject: "[Dure] Your code for the wallet".to_owned(),
            body: format!(
                "Your code for the Dure wallet is {code}.\n\nEnter it in the wallet within 10 minutes.\n\
                 If you did not ask for it, ignore this mail. Never tell the code to anybody.\n"
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_in_the_text_and_not_in_the_subject() {
        for lang in [Lang::Ko, Lang::En] {
            let letter = code(lang, "271828");
            assert!(letter.body.contains("271828") && !letter.subject.contains("271828"));
        }
    }
}
