//! Finding a person at the counter. What is shown is what an identity card can be held against; the person reads later who
//! looked, and why.

use dure_db::{
    DbError,
    devices::{self, OwnerClass},
    look_ups::{self, Kind},
    now_ms, people, registrations,
};
use dure_score::Bid;

use super::officer::{Entered, registrar};
use crate::{app::App, fault::Fault, lost::standing, names};

/// Longest reason, characters.
const REASON_MAX: usize = 100;

/// A person, as an officer sees them.
#[derive(Debug)]
pub struct Person {
    /// The person.
    pub person: people::Person,
    /// As the registrar has it, `YYYY-MM-DD`; none if it knows the person no more.
    pub birth: Option<String>,
    /// `active`, `frozen`, `closed`; none while the ledger does not know the person.
    pub status: Option<&'static str>,
    /// Devices that are not ended.
    pub devices: Vec<devices::Device>,
}

/// Refuses what is no reason.
pub fn check_reason(reason: &str) -> Result<String, Fault> {
    let reason = reason.trim();
    let good = (2..=REASON_MAX).contains(&reason.chars().count()) && !reason.chars().any(char::is_control);
    if good {
        Ok(reason.to_owned())
    } else {
        Err(Fault::BadField { field: "reason", reason: "2 to 100 characters" })
    }
}

/// Finds one person by a whole phone number or e-mail address, and writes down that the officer did.
pub async fn look_up(app: &App, officer: &Entered, asked: &str, reason: &str) -> Result<Person, Fault> {
    let reason = check_reason(reason)?;
    let (email, phone) = (names::email(asked), names::phone(asked));
    if email.is_none() && phone.is_none() {
        return Err(Fault::BadField { field: "q", reason: "a phone number or an e-mail address" });
    }
    let (by, office) = (officer.certificate.clone(), office(app, officer).await?);
    let found = app.db.transaction::<_, DbError, _>(move |c| {
        let bid = match (&email, &phone) {
            (Some(email), _) => registrations::person(c, email)?,
            (None, Some(phone)) => people::by_phone(c, phone)?.map(|person| person.bid),
            (None, None) => None,
        };
        let Some(bid) = bid else { return Ok(None) };
        look_ups::note(c, &bid, Kind::Officer, (&by, &office), &reason, now_ms())?;
        let living = devices::of_owner(c, &bid)?.into_iter();
        let living =
            living.filter(|device| device.revoked_at.is_none() && device.owner_class == OwnerClass::Person);
        Ok(people::by_bid(c, &bid)?.zip(Some(living.collect())))
    });
    let (person, devices) = found.await?.ok_or(Fault::NotFound)?;
    let birth = app.registrars.citizen(&person.registrar, &person.email).map(|citizen| citizen.birth);
    let bid: Bid = person.bid.parse().map_err(|_| Fault::Internal("a stored BID is damaged"))?;
    let member = app.client.account(&bid).await?.and_then(|account| account.member);
    Ok(Person { person, birth, status: member.map(|member| standing(member.status)), devices })
}

/// The public name of an officer's institution.
pub async fn office(app: &App, officer: &Entered) -> Result<String, Fault> {
    let certificate = officer.certificate.parse().map_err(|_| Fault::Internal("a stored certificate"))?;
    let (_, institution) = registrar(app, &certificate).await?;
    Ok(institution.name.as_str().to_owned())
}
