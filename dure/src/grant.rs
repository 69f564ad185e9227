//! `dure grant`: vouchers for everybody on a list. The whole list is checked first; one bad row and nobody gets
//! anything. The grant is named by what the list says, who gets how much, and not by how it was saved: the same people and sums
//! grant once, ever, whatever their order, the program that wrote the file or the case of addresses.

use std::{fs, path::Path};

use dure_db::{Db, DbError};
use dure_ledger_client::LedgerClient;
use dure_lists::{Fault, RowFault};
use dure_score::{
    Amount, Bid, Call, CampaignId, Hash32,
    call::{GrantItem, TokenGrant},
    ids::sha256,
    limits::MAX_GRANTS,
};

use crate::{
    city::{Recipient, read_recipients},
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
    let mut rows = read_recipients(path)?;
    if rows.is_empty() {
        return Err(DureError::file(path, "the list is empty"));
    }
    let in_file = resolve(path, rows.clone(), db).await?;
    let bytes = fs::read(path).map_err(|source| DureError::io("read", path, source))?;
    let before = parts(campaign, sha256(&[b"dure:grant-list:v1\0", &bytes]), &in_file);
    rows.sort_by(|(_, one), (_, other)| one.email.cmp(&other.email));
    let items = resolve(path, rows.clone(), db).await?;
    let all = parts(campaign, name(rows.iter().map(|(_, row)| row)), &items);
    let total = sum(path, &items)?;
    let granted = |new| Granted { people: items.len(), total, new };
    // Whoever asks again because no answer came must learn that it happened, also when the budget is gone by now.
    if made(officer, &before).await? {
        return Ok(granted(false));
    }
    let mut left = Vec::new();
    for part in all {
        if !made(officer, std::slice::from_ref(&part)).await? {
            left.push(part);
        }
    }
    let wanted: Vec<GrantItem> = left.iter().flat_map(|part| part.to.iter().cloned()).collect();
    check_budget(path, campaign, sum(path, &wanted)?, client).await?;
    let mut new = false;
    for part in left {
        match officer.send(Call::TokenGrant(part)).await {
            Ok(_) => new = true,
            Err(DureError::Refused { code, .. }) if code == "GRANT_USED" => {}
            Err(error) => return Err(error),
        }
    }
    Ok(granted(new))
}

/// What the list says, in the order of its addresses.
fn name<'a>(sorted: impl Iterator<Item = &'a Recipient>) -> [u8; 32] {
    let mut said = Vec::new();
    for row in sorted {
        said.extend_from_slice(row.email.as_bytes());
        said.push(0);
        said.extend_from_slice(&row.amount.to_be_bytes());
    }
    sha256(&[b"dure:grant-list:v2\0", &said])
}

/// A list as calls of as many people as one call may hold.
fn parts(campaign: CampaignId, name: [u8; 32], items: &[GrantItem]) -> Vec<TokenGrant> {
    let one = |(part, to): (u64, &[GrantItem])| {
        let grant = Hash32::new(sha256(&[&name, &part.to_be_bytes()]));
        TokenGrant { campaign, grant, to: to.to_vec() }
    };
    (0u64..).zip(items.chunks(MAX_GRANTS)).map(one).collect()
}

/// True if the ledger has made all of these grants.
async fn made(officer: &Signatory, parts: &[TokenGrant]) -> Result<bool, DureError> {
    for part in parts {
        let receipt = officer.dry_run(Call::TokenGrant(part.clone())).await?;
        if receipt.refusal().is_none_or(|refusal| refusal.code() != "GRANT_USED") {
            return Ok(false);
        }
    }
    Ok(true)
}

fn sum(path: &Path, items: &[GrantItem]) -> Result<u64, DureError> {
    let total = items.iter().try_fold(0u64, |sum, item| sum.checked_add(item.amount.get()));
    total.ok_or_else(|| DureError::file(path, "the sum is too large"))
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
async fn resolve(path: &Path, rows: Vec<(u64, Recipient)>, db: &Db) -> Result<Vec<GrantItem>, DureError> {
    let found: Result<Vec<_>, DbError> = db
        .run(move |connection| {
            let find = |(number, row): (u64, Recipient)| {
                let person = dure_db::people::by_email(connection, &row.email)?;
                Ok((number, row, person.and_then(|person| person.bid.parse::<Bid>().ok())))
            };
            rows.into_iter().map(find).collect()
        })
        .await;
    let (mut items, mut faults) = (Vec::new(), Vec::new());
    for (row, recipient, bid) in found.map_err(|error| DureError::Database(error.to_string()))? {
        match bid {
            Some(to) => items.push(GrantItem { to, amount: Amount::new(recipient.amount) }),
            None => faults.push(RowFault { row, fault: unregistered(&recipient.email) }),
        }
    }
    if faults.is_empty() { Ok(items) } else { Err(DureError::Rows { path: path.to_owned(), faults }) }
}

fn unregistered(email: &str) -> Fault {
    Fault::Other {
        ko: format!("{email}: 등록된 사람이 아닙니다."), en: format!("{email} is not registered")
    }
}
