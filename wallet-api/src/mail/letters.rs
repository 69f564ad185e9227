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

/// The code that freezes an account whose phone is gone, with a link that fills it in.
pub fn lost(lang: Lang, code: &str, link: Option<&str>) -> Letter {
    let link = link.unwrap_or_default();
    match lang {
        Lang::Ko => Letter {
            subject: "[두레] 휴대전화 분실 신고".to_owned(),
            body: format!(
                "내 두레 계정을 바로 정지하려면 아래 주소를 열거나 인증번호 {code} 를 입력해 주세요.\n\n{link}\n\n\
                 인증번호는 10분 동안 쓸 수 있습니다. 정지하면 어떤 기기로도 돈을 쓸 수 없고, 남은 돈은 그대로 있습니다.\n\
                 다시 쓰려면 신분증을 가지고 시 창구로 와 주세요.\n\
                 직접 요청하지 않으셨다면 이 메일을 지우셔도 됩니다. 아무 일도 일어나지 않습니다.\n"
            ),
        },
        Lang::En => Letter {
            subject: "[Dure] Your lost phone".to_owned(),
            body: format!(
                "To freeze your Dure account at once, open this address or enter the code {code}.\n\n{link}\n\n\
                 The code is good for 10 minutes. A frozen account pays nothing from any device, and its money stays as it is.\n\
                 To use it again, come to the city's counter with your identity card.\n\
                 If you did not ask for this, ignore this mail: nothing will happen.\n"
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
            let letter = lost(lang, "314159", Some("https://wallet.example/lost#7.314159"));
            assert!(letter.body.contains("\nhttps://wallet.example/lost#7.314159\n"));
            assert!(!letter.subject.contains("314159"));
        }
    }

    #[test]
    fn letters_stay_as_they_are() {
        let letters = [Lang::Ko, Lang::En].map(|lang| {
            [code(lang, "271828"), lost(lang, "314159", Some("https://wallet.example/lost#7.314159"))]
                .map(|letter| format!("{}\n\n{}", letter.subject, letter.body))
                .join("----\n")
        });
        insta::assert_snapshot!(letters.join("----\n"));
    }
}
