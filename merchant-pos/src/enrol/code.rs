//! The first two steps: a code goes to the shop's mailbox; whoever brings it back gets a ticket.

use dure_db::{DbConnection, codes, merchants, outbox};
use dure_score::record::Role;
use dure_service::ServiceError;
use dure_web::Lang;

use super::{mail::code_mail, ticket};
use crate::{clock::now_ms, error::PosError, till::Till};

const PURPOSE: &str = "till.enrol";
/// Longest e-mail address (RFC 5321, a path less its brackets).
const EMAIL_MAX: usize = 254;

/// What a proven shop needs to make its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// Names the enrolment from here on.
    pub ticket: String,
    /// The shop's BID, hex.
    pub bid: String,
    /// What the device will be: holder for the shop's first, terminal for the others.
    pub role: Role,
}

/// Sends a code to a shop's mailbox and names the enrolment. The answer is the same when no shop has that address.
pub async fn start(till: &Till, email: &str, lang: Option<&str>) -> Result<String, PosError> {
    let email = parse_email(email)?;
    let lang = match lang {
        Some(code) => {
            Some(Lang::from_code(code).ok_or(ServiceError::BadField { field: "lang", reason: "ko or en" })?)
        }
        None => None,
    };
    till.limits.mail(&email)?;
    till.db.transaction(move |connection| send_code(connection, &email, lang, now_ms())).await
}

fn send_code(
    connection: &mut DbConnection,
    email: &str,
    lang: Option<Lang>,
    now: i64,
) -> Result<String, PosError> {
    let Some(shop) = merchants::by_email(connection, email)? else {
        return Ok(codes::issue_decoy(connection, PURPOSE, email, now)?.id);
    };
    let issued = codes::issue(connection, PURPOSE, email, now)?;
    let code = issued.code.ok_or(PosError::Internal("an enrolment without a code"))?;
    let lang = lang.or_else(|| Lang::from_code(&shop.lang)).unwrap_or_default();
    let name = if lang == Lang::Ko { &shop.name_ko } else { &shop.name_en };
    let (subject, body) = code_mail(lang, name, &code);
    outbox::queue(connection, &shop.email, &subject, &body, now)?;
    Ok(issued.id)
}

/// Takes the code back and answers a ticket for the shop.
pub async fn confirm(till: &Till, enrolment: String, code: String) -> Result<Confirmed, PosError> {
    // Not one transaction: a wrong code must stay counted.
    let email = till
        .db
        .run(move |connection| {
            Ok::<_, PosError>(codes::check(connection, PURPOSE, &enrolment, &code, now_ms())?)
        })
        .await?;
    till.db.transaction(move |connection| admit(connection, &email)).await
}

fn admit(connection: &mut DbConnection, email: &str) -> Result<Confirmed, PosError> {
    let shop = merchants::by_email(connection, email)?.ok_or(ServiceError::CodeExpired)?;
    let (ticket, role) = ticket::open(connection, &shop.bid)?;
    Ok(Confirmed { ticket, bid: shop.bid, role })
}

fn parse_email(text: &str) -> Result<String, PosError> {
    let text = text.trim();
    let well_formed = text.len() <= EMAIL_MAX
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && text.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && !host.contains('@')
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
        });
    if well_formed { Ok(text.to_ascii_lowercase()) } else { Err(ServiceError::BadEmail.into()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_are_read_in_lower_case() {
        assert_eq!(parse_email(" Cafe@Sebyeol.example ").unwrap(), "cafe@sebyeol.example");
        for bad in
            ["", "cafe", "@x.y", "a@b", "a@b@c.d", "a b@c.d", "a@.c", "a@c.", "가@나.다", &"a".repeat(300)]
        {
            assert_eq!(parse_email(bad).unwrap_err().code(), "BAD_EMAIL", "{bad}");
        }
    }
}
