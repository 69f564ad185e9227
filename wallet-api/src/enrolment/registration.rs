//! Another registrar takes a registration over: a person who is enrolled answers its own, simple check and the code that it
//! mails. No new account, no new key: one certificate, and one count of wrong PINs, whoever vouches.

use dure_db::{codes, idempotency, now_ms, people, registrations};
use dure_service::ServiceError;

use super::{
    confirm::link,
    start::{Request, answer, claim, mail_code, subject, subject_parts},
};
use crate::{app::App, fault::Fault, idempotency::Key};

const CODE_PURPOSE: &str = "wallet.registration";

/// Mails a code for `bid`, who is signed in, to the address that the registrar knows; the answer is the same for everybody.
pub async fn start(app: &App, bid: &str, key: Key, request: Request) -> Result<String, Fault> {
    let (registrar, claim) = claim(app, &request)?;
    let subject = subject(registrar.id(), &claim, bid);
    let known = registrar.knows(&claim);
    let (scope, Request { lang, .. }) = (format!("registration:{bid}"), request);
    let issued = app
        .db
        .transaction(move |c| {
            let now = now_ms();
            idempotency::once(c, (&scope, &key.value), &key.of(&[&subject]), now, |c| {
                mail_code(c, CODE_PURPOSE, &subject, &claim.email, (known, lang), now)
            })
        })
        .await;
    answer(issued)
}

/// Opens the code; the registrar vouches for `bid` from now on. The code of another person's attempt opens nothing.
pub async fn confirm(
    app: &App,
    bid: &str,
    id: String,
    code: String,
) -> Result<registrations::Registration, Fault> {
    // Not in a transaction: a wrong code must leave its trace.
    let subject_of = app.db.run(move |c| codes::check(c, CODE_PURPOSE, &id, code.trim(), now_ms())).await?;
    let gone = || Fault::Code(codes::CodeError::Expired);
    let (registrar, email) = subject_parts(&subject_of).ok_or_else(gone)?;
    if !subject_of.rsplit(' ').next().is_some_and(|rest| rest.starts_with(&format!("{bid}."))) {
        return Err(gone());
    }
    let citizen = app.registrars.citizen(registrar, email).ok_or_else(gone)?;
    let (registrar, registrars, bid) = (registrar.to_owned(), app.registrars.clone(), bid.to_owned());
    app.db
        .transaction::<_, Fault, _>(move |c| {
            let person = people::by_bid(c, &bid)?.ok_or(ServiceError::NotSignedIn)?;
            link(c, &registrars, &person, &citizen, &registrar)
        })
        .await
}
