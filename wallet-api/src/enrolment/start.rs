//! The first step: who are you? The answer is the same for everybody; only a known person gets a mail.

use std::sync::Arc;

use dure_db::{codes, idempotency, now_ms, outbox};
use dure_score::ids::sha256;
use dure_web::Lang;

use super::purpose::CODE_PURPOSE;
use crate::{
    app::App,
    fault::Fault,
    idempotency::Key,
    mail::letters,
    names,
    registrar::{Asks, Claim, Registrar, is_date, student_number},
};

/// Longest name, in characters as they are typed: some phones send Hangul in its parts, three for a syllable.
const MAX_NAME: usize = 120;

/// What a person says about themselves.
#[derive(Debug, Default)]
pub struct Request {
    /// The registrar that knows them; none for the channel's first.
    pub registrar: Option<String>,
    /// E-mail.
    pub email: String,
    /// Name, for a register of residents.
    pub name: Option<String>,
    /// `YYYY-MM-DD`, for a register of residents.
    pub birth: Option<String>,
    /// For a register of students.
    pub number: Option<String>,
    /// Language of the mail.
    pub lang: Lang,
}

/// Issues a code and queues its mail, or a decoy for somebody whom the registrar does not know; answers the id. A second
/// request with the same key mails nothing.
pub async fn start(app: &App, key: Key, request: Request) -> Result<String, Fault> {
    let (registrar, claim) = claim(app, &request)?;
    let subject = subject(registrar.id(), &claim, "");
    let known = registrar.knows(&claim);
    let Request { lang, .. } = request;
    let issued = app
        .db
        .transaction(move |c| {
            let now = now_ms();
            idempotency::once(c, ("enrolment.start", &key.value), &key.of(&[&subject]), now, |c| {
                mail_code(c, CODE_PURPOSE, &subject, &claim.email, (known, lang), now)
            })
        })
        .await;
    answer(issued)
}

/// Issues a code for `subject` and queues its mail; a decoy, without a mail, for whom the registrar does not know.
pub fn mail_code(
    connection: &mut dure_db::DbConnection,
    purpose: &str,
    subject: &str,
    email: &str,
    (known, lang): (bool, Lang),
    now: i64,
) -> Result<String, codes::CodeError> {
    if !known {
        return codes::issue_decoy(connection, purpose, subject, now).map(|issued| issued.id);
    }
    let issued = codes::issue(connection, purpose, subject, now)?;
    if let Some(code) = &issued.code {
        let letter = letters::code(lang, code);
        outbox::queue(connection, email, &letter.subject, &letter.body, now)?;
    }
    Ok(issued.id)
}

/// The answer of something that was done once.
pub fn answer(once: Result<idempotency::Once, codes::CodeError>) -> Result<String, Fault> {
    match once? {
        idempotency::Once::Answer(id) => Ok(id),
        idempotency::Once::OtherRequest => Err(Fault::KeyReused),
    }
}

/// The registrar that is asked, and what is claimed there, in the one form that is stored and compared.
pub fn claim<'a>(app: &'a App, request: &Request) -> Result<(&'a Arc<dyn Registrar>, Claim), Fault> {
    let found = app.registrars.find(request.registrar.as_deref());
    let registrar = found.ok_or(Fault::BadField { field: "registrar", reason: "one of /v1/registrars" })?;
    let email = names::email(&request.email).ok_or(Fault::BadEmail)?;
    let text = |value: &Option<String>| value.as_deref().unwrap_or_default().trim().to_owned();
    let mut claim = Claim { email, ..Claim::default() };
    match registrar.asks() {
        Asks::Residents => {
            (claim.name, claim.birth) = (text(&request.name), text(&request.birth));
            if !is_date(&claim.birth) {
                return Err(Fault::BadField { field: "birth", reason: "a date, such as 1994-03-12" });
            }
            if claim.name.is_empty() || claim.name.chars().count() > MAX_NAME {
                return Err(Fault::BadField { field: "name", reason: "1 to 120 characters" });
            }
        }
        Asks::Students => {
            let number = student_number(&text(&request.number));
            let wrong = Fault::BadField { field: "number", reason: "4 to 20 letters and digits" };
            claim.number = number.ok_or(wrong)?;
        }
    }
    Ok((registrar, claim))
}

/// What codes are counted for: registrar, address and whose attempt it is, in the clear, and a digest of all that was said. Who
/// knows an address alone uses up a budget of their own, never that of the person. Names are taken as the registrar compares
/// them.
pub fn subject(registrar: &str, claim: &Claim, of: &str) -> String {
    let name: Vec<&str> = claim.name.split_whitespace().collect();
    let said = [&claim.email, &name.join(" "), &claim.birth, &claim.number, of].join("\0");
    let digest = hex::encode(sha256(&[b"wallet.enrol\0", said.as_bytes()]));
    format!("{registrar} {} {of}.{digest}", claim.email)
}

/// Registrar and address of a subject.
pub fn subject_parts(subject: &str) -> Option<(&str, &str)> {
    let (registrar, rest) = subject.split_once(' ')?;
    Some((registrar, rest.split_once(' ')?.0))
}
