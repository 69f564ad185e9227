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

/// The one-time code of an enrolment.
pub fn code(lang: Lang, code: &str) -> Letter {
    match lang {
        Lang::Ko => Letter {
            subject: format!("[두레] 인증번호 {code}"),
            body: format!(
                "두레 지갑 등록 인증번호는 {code} 입니다.\n\n10분 안에 지갑 화면에 입력해 주세요.\n\
                 직접 요청하지 않으셨다면 이 메일을 지우셔도 됩니다. 인증번호는 누구에게도 알려 주지 마세요.\n"
            ),
        },
        Lang::En => Letter {
            subject: format!("[Dure] Your code is {code}"),
            body: format!(
                "Your code for the Dure wallet is {code}.\n\nEnter it in the wallet within 10 minutes.\n\
                 If you did not ask for it, ignore this mail. Never tell the code to anybody.\n"
            ),
        },
    }
}
