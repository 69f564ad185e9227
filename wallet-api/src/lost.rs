//! A lost phone: a mailed code freezes the account at once, from any browser, without a device. It goes on at the counter
//! only, where two officers have seen the person.

use std::sync::Arc;

use dure_db::{DbConnection, DbError, codes, idempotency, now_ms, outbox, registrations};
use dure_score::{
    Bid, Refusal,
    call::{AccountFreeze, Call},
    ids::{Code, sha256},
    record::MemberStatus,
};
use dure_service::ServiceError;
use dure_web::Lang;

use crate::{
    app::App,
    enrolment::answer,
    fault::Fault,
    idempotency::Key,
    ledger::freeze_purpose,
    mail::letters,
    names,
    registrar::{Citizen, is_date},
};

const CODE_PURPOSE: &str = "wallet.lost";
/// The channel's word for it.
const REASON: &str = "LOST";

/// Mails a code, with a link, to a person who has a wallet; for everybody else the answer is the same. Answers the id that the
/// code belongs to; a second request with the same key mails nothing.
pub async fn start(app: &App, key: Key, email: &str, birth: &str, lang: Lang) -> Result<String, Fault> {
    let email = names::email(email).ok_or(Fault::BadEmail)?;
    if !is_date(birth) {
        return Err(Fault::BadField { field: "birth", reason: "a date, such as 1994-03-12" });
    }
    let knows = |citizen: Citizen| citizen.birth == birth;
    let theirs = app.registrars.all().iter().any(|registrar| registrar.by_email(&email).is_some_and(knows));
    // Counted with the date of birth: who knows an address alone cannot use up its owner's tries.
    let digest = sha256(&[b"wallet.lost\0", email.as_bytes(), b"\0", birth.as_bytes()]);
    let subject = format!("{email} {}", hex::encode(digest));
    let link = app.public_url.as_ref().map(|base| format!("{base}/lost"));
    let issued = app
        .db
        .transaction(move |c| {
            let now = now_ms();
            idempotency::once(c, ("lost.start", &key.value), &key.of(&[&subject]), now, |c| {
                let known = theirs && registrations::person(c, &email)?.is_some();
                mail(c, known.then_some(link.as_deref()), (&subject, &email), lang, now)
            })
        })
        .await;
    answer(issued)
}

/// Mails the code, with a link to `page` if there is one; to whom there is nothing to mail (`None`), a decoy.
fn mail(
    connection: &mut DbConnection,
    page: Option<Option<&str>>,
    (subject, email): (&str, &str),
    lang: Lang,
    now: i64,
) -> Result<String, codes::CodeError> {
    let Some(page) = page else {
        return codes::issue_decoy(connection, CODE_PURPOSE, subject, now).map(|issued| issued.id);
    };
    let issued = codes::issue(connection, CODE_PURPOSE, subject, now)?;
    if let Some(code) = &issued.code {
        // Behind the sign that browsers keep to themselves: no server's log and no referrer shows it.
        let link = page.map(|page| format!("{page}#{}.{code}", issued.id));
        let letter = letters::lost(lang, code, link.as_deref());
        outbox::queue(connection, email, &letter.subject, &letter.body, now)?;
    }
    Ok(issued.id)
}

/// Freezes the account of the code's owner; an account that is frozen already stays so.
pub async fn confirm(app: &Arc<App>, id: String, code: String) -> Result<(), Fault> {
    let (attempt, code) = (id.clone(), code.trim().to_owned());
    // Not in a transaction: a wrong code must leave its trace.
    let subject = app.db.run(move |c| codes::check(c, CODE_PURPOSE, &attempt, &code, now_ms())).await?;
    let email = subject.split_once(' ').map_or(subject.clone(), |(email, _)| email.to_owned());
    let person = app.db.run::<_, DbError, _>(move |c| registrations::person(c, &email)).await?;
    let bid = person.ok_or(Fault::Code(codes::CodeError::Expired))?;
    let member: Bid = bid.parse().map_err(|_| Fault::Internal("a stored BID is damaged"))?;
    let reason = Code::new(REASON).map_err(|_| Fault::Internal("a reason that is no code"))?;
    let call = Call::AccountFreeze(AccountFreeze { member, reason });
    // One purpose a code: an account may be lost and found more than once.
    let receipt = app.officer.ensure(&freeze_purpose(&member, &id), &call).await;
    let refusal = match receipt {
        Ok(receipt) => receipt.refusal().cloned(),
        Err(ServiceError::Refused(refusal)) => Some(refusal),
        Err(error) => return Err(error.into()),
    };
    match refusal {
        None | Some(Refusal::MemberNotActive) => Ok(()),
        Some(refusal) => Err(Fault::Refused(refusal)),
    }
}

/// How an account stands, as people are told.
pub const fn standing(status: MemberStatus) -> &'static str {
    match status {
        MemberStatus::Active => "active",
        MemberStatus::Frozen => "frozen",
        MemberStatus::Closed => "closed",
    }
}
