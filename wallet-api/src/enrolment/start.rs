//! The first step: who are you? The answer is the same for everybody; only a known person gets a mail.

use dure_db::{codes, now_ms, outbox};
use dure_score::ids::sha256;
use dure_web::Lang;

use super::{CODE_PURPOSE, registrar::is_date};
use crate::{app::App, fault::Fault, mail::letters, names};

/// What a person says about themselves.
#[derive(Debug)]
pub struct Request {
    /// E-mail.
    pub email: String,
    /// Name.
    pub name: String,
    /// `YYYY-MM-DD`.
    pub birth: String,
    /// Language of the mail.
    pub lang: Lang,
}

/// Issues a code and queues its mail, or a decoy for somebody whom the registrar does not know; answers the id.
pub async fn start(app: &App, request: Request) -> Result<String, Fault> {
    let email = names::email(&request.email).ok_or(Fault::BadEmail)?;
    if !is_date(&request.birth) {
        return Err(Fault::BadField { field: "birth", reason: "a date, such as 1994-03-12" });
    }
    if request.name.trim().is_empty() || request.name.chars().count() > 60 {
        return Err(Fault::BadField { field: "name", reason: "1 to 60 characters" });
    }
    let subject = subject(&email, &request);
    let known = app.registrar.knows(&email, &request.name, &request.birth);
    let lang = request.lang;
    let issued: Result<_, codes::CodeError> = app
        .db
        .transaction(move |c| {
            let now = now_ms();
            if !known {
                return codes::issue_decoy(c, CODE_PURPOSE, &subject, now);
            }
            let issued = codes::issue(c, CODE_PURPOSE, &subject, now)?;
            if let Some(code) = &issued.code {
                let letter = letters::code(lang, code);
                outbox::queue(c, &email, &letter.subject, &letter.body, now)?;
            }
            Ok(issued)
        })
        .await;
    Ok(issued?.id)
}

/// What codes are counted for: the address with all that was said about its owner. Who knows an address alone uses up a
/// budget of their own, never that of the person. Names are taken as the registrar compares them.
fn subject(email: &str, request: &Request) -> String {
    let name: Vec<&str> = request.name.split_whitespace().collect();
    let said = [email, &name.join(" "), &request.birth].join("\0");
    format!("{email} {}", hex::encode(sha256(&[b"wallet.enrol\0", said.as_bytes()])))
}
