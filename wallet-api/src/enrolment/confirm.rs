//! The second step: the code. It makes a person of the registrar's citizen and gives a ticket for one device.

use dure_db::{DbConnection, DbError, codes, now_ms, people, registrations, sessions};
use dure_lists::name;
use dure_score::Bid;
use dure_web::Lang;

use super::{
    purpose::{CODE_PURPOSE, TICKET_APP},
    start::subject_parts,
};
use crate::{
    app::App,
    fault::Fault,
    registrar::{Citizen, Registrars},
};

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
    let gone = || Fault::Code(codes::CodeError::Expired);
    let (registrar, email) = subject_parts(&subject).ok_or_else(gone)?;
    // The registrar may have struck the person off meanwhile.
    let citizen = app.registrars.citizen(registrar, email).ok_or_else(gone)?;
    let (registrar, registrars) = (registrar.to_owned(), app.registrars.clone());
    app.db
        .transaction::<_, Fault, _>(move |c| {
            let person = enter(c, &registrars, citizen, registrar, lang)?;
            let ticket = sessions::create(c, TICKET_APP, &person.bid, "", now_ms(), TICKET_LIFE_MS)?;
            Ok(Confirmed { ticket, bid: person.bid, name: person.display_name })
        })
        .await
}

/// The person of this registration, entered now if new. The BID is random: it says nothing about anybody.
fn enter(
    connection: &mut DbConnection,
    registrars: &Registrars,
    citizen: Citizen,
    registrar: String,
    lang: Lang,
) -> Result<people::Person, Fault> {
    if let Some(known) = registrations::find(connection, &registrar, &citizen.email)? {
        let person = people::by_bid(connection, &known.bid)?;
        let person = person.ok_or(Fault::Db(DbError::Corrupt("registration without a person")))?;
        // A mailbox may have been given to somebody else since.
        return if name::same(&person.display_name, &citizen.name) {
            Ok(person)
        } else {
            Err(Fault::RegisteredElsewhere)
        };
    }
    if let Some(known) = people::by_email(connection, &citizen.email)? {
        // Another registrar wrote to the same mailbox before: its registration is taken over, if both mean one person.
        link(connection, registrars, &known, &citizen, &registrar)?;
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

/// Lets `registrar` vouch for a person whom another has enrolled: name and birth must be the same in both registers, and
/// the address nobody else's.
pub fn link(
    connection: &mut DbConnection,
    registrars: &Registrars,
    person: &people::Person,
    citizen: &Citizen,
    registrar: &str,
) -> Result<registrations::Registration, Fault> {
    let first = registrations::of(connection, &person.bid)?;
    let known = |r: &registrations::Registration| registrars.agree((&r.registrar, &r.email), citizen);
    if !first.iter().any(known) {
        return Err(Fault::RegisteredElsewhere);
    }
    let registration = registrations::Registration {
        registrar: registrar.to_owned(),
        email: citizen.email.clone(),
        bid: person.bid.clone(),
        created_at: now_ms(),
    };
    if registrations::insert(connection, &registration)? {
        return Ok(registration);
    }
    let taken = registrations::find(connection, registrar, &citizen.email)?;
    taken.filter(|taken| taken.bid == person.bid).ok_or(Fault::RegisteredElsewhere)
}
