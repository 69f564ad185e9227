//! `dure unfreeze`: a person who has lost a phone has been at the counter with an identity card, and two officers let the
//! account go on.

use dure_db::{Db, DbError, people};
use dure_ledger_client::LedgerClient;
use dure_score::{
    Bid,
    call::{AccountUnfreeze, ProposedCall},
};

use crate::{
    city::Duty,
    error::DureError,
    quorum::{decide, officers, with_duty},
    setup::Deployment,
};

/// Unfreezes the account of the person with that address; answers the name. The officers are those of the registrar with a
/// quorum, and their key files must be on this machine.
pub async fn unfreeze(
    deployment: &Deployment,
    client: &LedgerClient,
    db: &Db,
    email: &str,
) -> Result<String, DureError> {
    let wanted = email.trim().to_lowercase();
    let person = db.run::<_, DbError, _>(move |c| people::by_email(c, &wanted)).await;
    let person = person.map_err(|error| DureError::Database(error.to_string()))?;
    let person = person.ok_or_else(|| DureError::Data(format!("nobody is enrolled with {email}")))?;
    let member: Bid =
        person.bid.parse().map_err(|_| DureError::Data("a stored BID is damaged".to_owned()))?;
    let registrar = with_duty(deployment, Duty::Registrar)?;
    let officers = officers(deployment, client, registrar)?;
    decide(&officers, ProposedCall::AccountUnfreeze(AccountUnfreeze { member })).await?;
    Ok(person.display_name)
}
