//! Who works at the counter: an officer of an institution that registers people, let in by a signature.

use dure_db::{DbError, now_ms, sessions};
use dure_score::{
    Bid, CertId, Signature,
    record::{Institution, Role},
};

use crate::{
    app::App,
    challenge::{self, Place},
    fault::Fault,
};

/// The sessions table's name for officers.
const APP: &str = "counter";
/// An officer's morning; the page forgets the key much earlier, ms.
const LIFE_MS: i64 = 4 * 60 * 60 * 1000;

/// An officer who has come in.
#[derive(Debug, Clone)]
pub struct Entered {
    /// The institution, hex.
    pub institution: String,
    /// The officer's certificate, hex.
    pub certificate: String,
}

/// Lets an officer in whose key has signed the challenge; answers the session's token.
pub async fn enter(
    app: &App,
    certificate: CertId,
    challenge: String,
    signature: &Signature,
) -> Result<(String, Entered), Fault> {
    let message = Place::Counter.message(&app.chain, &challenge);
    challenge::take(app, Place::Counter, challenge).await?;
    let info = app.client.certificate(&certificate).await?.ok_or(Fault::NotAnOfficer)?.certificate;
    if !info.public_key.verify(&message, signature) {
        return Err(Fault::NotAnOfficer);
    }
    registrar(app, &certificate).await?;
    let entered = Entered { institution: info.owner.to_string(), certificate: certificate.to_string() };
    let (owner, name) = (entered.institution.clone(), entered.certificate.clone());
    let open = move |c: &mut _| sessions::create(c, APP, &owner, &name, now_ms(), LIFE_MS);
    Ok((app.db.run::<_, DbError, _>(open).await?, entered))
}

/// The officer of a session's token. The ledger is asked each time: a key that was ended a minute ago opens nothing.
pub async fn find(app: &App, token: String) -> Result<Option<Entered>, Fault> {
    let look = move |c: &mut _| sessions::find(c, APP, &token, now_ms());
    let Some(session) = app.db.run::<_, DbError, _>(look).await? else { return Ok(None) };
    let certificate = session.certificate.parse().map_err(|_| Fault::Internal("a stored certificate"))?;
    registrar(app, &certificate).await?;
    Ok(Some(Entered { institution: session.owner, certificate: session.certificate }))
}

/// Ends the session of a token.
pub async fn leave(app: &App, token: String) -> Result<(), Fault> {
    app.db.run::<_, DbError, _>(move |c| sessions::end(c, APP, &token)).await?;
    Ok(())
}

/// The institution of an officer's living certificate, if it registers people.
pub async fn registrar(app: &App, certificate: &CertId) -> Result<(Bid, Institution), Fault> {
    let info = app.client.certificate(certificate).await?.ok_or(Fault::NotAnOfficer)?.certificate;
    if info.role != Role::Officer || info.revoked {
        return Err(Fault::NotAnOfficer);
    }
    let account = app.client.account(&info.owner).await?;
    let institution = account.and_then(|account| account.institution);
    let registrar = institution.filter(|institution| institution.duties.registrar);
    Ok((info.owner, registrar.ok_or(Fault::NotAnOfficer)?))
}
