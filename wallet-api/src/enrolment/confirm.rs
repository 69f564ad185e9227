//! The second step: the code. It makes a person of the registrar's citizen and gives a ticket for one device.

use dure_db::{DbConnection, DbError, codes, now_ms, people, sessions};
use dure_score::Bid;
use dure_web::Lang;

use super::{CODE_PURPOSE, TICKET_APP, registrar::Citizen};
use crate::{app::App, fault::Fault};

/// A person needs this long to choose a PIN, with time to be interrupted, ms.
const TICKET_LIFE_MS: i64 = 20 * 60 * 1000;

/// Who it is, and the right to certify one device.
#[derive(Debug)]
pub struct Confirmed {
    /// For the third step.
    pub ticket: String,
    /// The person's id, hex.
    pub bid: String,
    /// The person's name.
    pub name: String,
}

/// Opens the code of the enrolment `id`.
pub async fn confirm(app: &App, id: String, code: String, lang: Lang) -> Result<Confirmed, Fault> {
    // Not in a transaction: a wrong code must leave its trace.
    let subject = app.db.run(move |c| codes::check(c, CODE_PURPOSE, &id, code.trim(), now_ms())).await?;
    // The first step's subject: the address, a space (no address has one), a digest.
    let email = subject.split_once(' ').map_or(subject.as_str(), |(email, _)| email);
    // The registrar may have struck the person off meanwhile.
    let citizen = app.registrar.by_email(email).ok_or(Fault::Code(codes::CodeError::Expired))?;
    let registrar = app.registrar.name().to_owned();
    let confirmed = app
        .db
        .transaction::<_, DbError, _>(move |c| {
            let person = enter(c, citizen, registrar, lang)?;
            let ticket = sessions::create(c, TICKET_APP, &person.bid, "", now_ms(), TICKET_LIFE_MS)?;
            Ok(Confirmed { ticket, bid: person.bid, name: person.display_name })
        })
        .await?;
    Ok(confirmed)
}

/// The person of this e-mail address, entered now if new. The BID is random: it says nothing about anybody.
fn enter(
    connection: &mut DbConnection,
    citizen: Citizen,
    registrar: String,
    lang: Lang,
) -> Result<people::Person, DbError> {
    if let Some(known) = people::by_email(connection, &citizen.email)? {
        return Ok(known);
    }
    // A number that another person has enrolled with stays that person's.
    let phone = match citizen.phone {
        Some(phone) if people::by_phone(connection, &phone)?.is_none() => Some(phone),
        _ => None,
    };
    let person = people::Person {
        bid: Bid::new(rand::random()).to_string(),
        display_name: citizen.name,
        email: citizen.email,
        phone,
        lang: lang.code().to_owned(),
        registrar,
        created_at: now_ms(),
    };
    people::insert(connection, &person)?;
    Ok(person)
}
