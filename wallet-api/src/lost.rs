//! A lost phone: a mailed code freezes the account at once, from any browser, without a device. It goes on at the counter
//! only, where two officers have seen the person.

use std::sync::Arc;

use dure_db::{DbError, codes, now_ms, outbox, people};
use dure_score::{
    Bid, Refusal,
    call::{AccountFreeze, Call},
    ids::{Code, sha256},
    record::MemberStatus,
};
use dure_web::Lang;

use crate::{app::App, enrolment::is_date, fault::Fault, ledger::freeze_purpose, mail::letters, names};

const CODE_PURPOSE: &str = "wallet.lost";
/// The channel's word for it.
const REASON: &str = "LOST";

/// Mails a code, with a link, to a person who has a wallet; for everybody else the answer is the same. Answers the id that the
/// code belongs to.
pub async fn start(app: &App, email: &str, birth: &str, lang: Lang) -> Result<String, Fault> {
    let email = names::email(email).ok_or(Fault::BadEmail)?;
    if !is_date(birth) {
        return Err(Fault::BadField { field: "birth", reason: "a date, such as 1994-03-12" });
    }
    let theirs = app.registrar.by_email(&email).is_some_and(|citizen| citizen.birth == birth);
    // Counted with the date of birth: who knows an address alone cannot use up its owner's tries.
    let digest = sha256(&[b"wallet.lost\0", email.as_bytes(), b"\0", birth.as_bytes()]);
    let subject = format!("{email} {}", hex::encode(digest));
    let link = app.public_url.as_ref().map(|base| format!("{base}/lost"));
    let issued: Result<_, codes::CodeError> = app
        .db
        .transaction(move |c| {
            let now = now_ms();
            if !theirs || people::by_email(c, &email)?.is_none() {
                return codes::issue_decoy(c, CODE_PURPOSE, &subject, now);
            }
            let issued = codes::issue(c, CODE_PURPOSE, &subject, now)?;
            if let Some(code) = &issued.code {
                // Behind the sign that browsers keep to themselves: no server's log and no referrer shows it.
                let link = link.map(|page| format!("{page}#{}.{code}", issued.id));
                let letter = letters::lost(lang, code, link.as_deref());
                outbox::queue(c, &email, &letter.subject, &letter.body, now)?;
            }
            Ok(issued)
        })
        .await;
    Ok(issued?.id)
}

/// Freezes the account of the code's owner; an account that is frozen already stays so.
pub async fn confirm(app: &Arc<App>, id: String, code: String) -> Result<(), Fault> {
    let (attempt, code) = (id.clone(), code.trim().to_owned());
    // Not in a transaction: a wrong code must leave its trace.
    let subject = app.db.run(move |c| codes::check(c, CODE_PURPOSE, &attempt, &code, now_ms())).await?;
    let email = subject.split_once(' ').map_or(subject.clone(), |(email, _)| email.to_owned());
    let person = app.db.run::<_, DbError, _>(move |c| people::by_email(c, &email)).await?;
    let person = person.ok_or(Fault::Code(codes::CodeError::Expired))?;
    let member: Bid = person.bid.parse().map_err(|_| Fault::Internal("a stored BID is damaged"))?;
    let reason = Code::new(REASON).map_err(|_| Fault::Internal("a reason that is no code"))?;
    let call = Call::AccountFreeze(AccountFreeze { member, reason });
    // One purpose a code: an account may be lost and found more than once.
    let receipt = app.officer.execute(&app.db, freeze_purpose(&member, &id), call).await;
    let refusal = match receipt {
        Ok(receipt) => receipt.refusal().cloned(),
        Err(Fault::Refused(refusal)) => Some(refusal),
        Err(error) => return Err(error),
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
