//! `dure grant`: vouchers for everybody on a list. The whole list is checked first; one bad row and nobody gets
//! anything. The grant is named by the hash of the list's bytes, so the same list grants once, ever.

use std::{fs, path::Path};

use dure_db::{Db, DbError};
use dure_ledger_client::LedgerClient;
use dure_score::{
    Amount, Bid, Call, CampaignId, Hash32,
    call::{GrantItem, TokenGrant},
    ids::sha256,
    limits::MAX_GRANTS,
};

use crate::{
    city::{Recipient, RowFault, read_recipients},
    error::DureError,
    signatory::Signatory,
};

/// What came of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Granted {
    /// People on the list.
    pub people: usize,
    /// Won on the list.
    pub total: u64,
    /// False if the ledger had made this grant before, and nothing happened now.
    pub new: bool,
}

/// Grants the list at `path` from `campaign`'s budget.
pub async fn grant(
    path: &Path,
    campaign: CampaignId,
    officer: &Signatory,
    client: &LedgerClient,
    db: &Db,
) -> Result<Granted, DureError> {
    let rows = read_recipients(path)?;
    if rows.is_empty() {
        return Err(DureError::file(path, "the list is empty"));
    }
    let bytes = fs::read(path).map_err(|source| DureError::io("read", path, source))?;
    let name = sha256(&[b"dure:grant-list:v1\0", &bytes]);
    let items = resolve(path, rows, db).await?;
    let total = items.iter().try_fold(0u64, |sum, item| sum.checked_add(item.amount.get()));
    let total = total.ok_or_else(|| DureError::file(path, "the sum is too large"))?;
    check_budget(path, campaign, total, client).await?;
    let mut new = false;
    for (part, to) in items.chunks(MAX_GRANTS).enumerate() {
        let part = u64::try_from(part).unwrap_or(u64::MAX).to_be_bytes();
        let grant = Hash32::new(sha256(&[&name, &part]));
        match officer.send(Call::TokenGrant(TokenGrant { campaign, grant, to: to.to_vec() })).await {
            Ok(_) => new = true,
            Err(DureError::Refused { code, .. }) if code == "GRANT_USED" => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Granted { people: items.len(), total, new })
}

/// A list longer than one transaction must not stop half-way because the money is gone.
async fn check_budget(
    path: &Path,
    campaign: CampaignId,
    total: u64,
    client: &LedgerClient,
) -> Result<(), DureError> {
    let known = client.campaign(campaign).await?;
    let known = known.ok_or_else(|| DureError::file(path, format!("there is no campaign {}", campaign.0)))?;
    let budget = known.campaign.budget.get();
    if total > budget {
        return Err(DureError::file(path, format!("the list asks for {total} won, the budget has {budget}")));
    }
    Ok(())
}

/// From addresses to ids; an address that nobody registered is a bad row.
async fn resolve(path: &Path, rows: Vec<Recipient>, db: &Db) -> Result<Vec<GrantItem>, DureError> {
    let found: Result<Vec<_>, DbError> = db
        .run(move |connection| {
            let find = |row: Recipient| {
                let person = dure_db::people::by_email(connection, &row.email)?;
                Ok((row, person.and_then(|person| person.bid.parse::<Bid>().ok())))
            };
            rows.into_iter().map(find).collect()
        })
        .await;
    let (mut items, mut faults) = (Vec::new(), Vec::new());
    for (row, (recipient, bid)) in
        (2u64..).zip(found.map_err(|error| DureError::Database(error.to_string()))?)
    {
        match bid {
            Some(to) => items.push(GrantItem { to, amount: Amount::new(recipient.amount) }),
            None => faults.push(RowFault { row, reason: format!("{} is not registered", recipient.email) }),
        }
    }
    if faults.is_empty() { Ok(items) } else { Err(DureError::Rows { path: path.to_owned(), faults }) }
}
