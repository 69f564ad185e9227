//! Money that left the account: one of our payouts, or something that a person must look at.

use super::ordered::ordered;
use super::stop::Stop;
use crate::bank::{BankFileError, Debit};
use crate::money::{from_db, to_db};
use crate::repo::deposits::{self, Deposit};
use crate::repo::payouts::{self, Payout, PayoutState};
use dure_db::DbConnection;

/// Letters of a file's digest in the key of a debit without a reference: enough to tell files apart.
const DIGEST_SHOWN: usize = 16;

/// Enters a debit. Fees and what people order by hand are no fault of the file.
pub(super) fn apply(
    connection: &mut DbConnection,
    debit: &Debit,
    digest: &str,
    now: i64,
) -> Result<(), Stop> {
    match payouts::find(connection, &debit.end_to_end)? {
        Some(_) => {
            let payout = ordered(connection, &debit.end_to_end)?;
            ours(connection, payout, debit)
        }
        None => foreign(connection, debit, digest, now),
    }
}

fn ours(connection: &mut DbConnection, payout: Payout, debit: &Debit) -> Result<(), Stop> {
    let reference = debit.reference.as_deref().ok_or(BankFileError::Missing("AcctSvcrRef"))?;
    let ordered = from_db(payout.amount)?;
    if ordered != debit.amount {
        let (payout, booked) = (payout.id, debit.amount);
        return Err(BankFileError::AmountMismatch { payout, ordered, booked }.into());
    }
    match payout.state()? {
        PayoutState::Escrowed => Ok(payouts::mark_booked(connection, &payout.id, reference)?),
        PayoutState::Booked | PayoutState::Paid if payout.bank_reference.as_deref() == Some(reference) => {
            Ok(())
        }
        _ => Err(BankFileError::Contradiction(payout.id).into()),
    }
}

/// Records a debit that is not one of our payouts, once however often the bank notifies of it.
fn foreign(connection: &mut DbConnection, debit: &Debit, digest: &str, now: i64) -> Result<(), Stop> {
    let amount = to_db(debit.amount)?.saturating_neg();
    // References have no spaces, so these keys meet no deposit's.
    let file = || format!("file:{}", digest.get(..DIGEST_SHOWN).unwrap_or(digest));
    let key = format!("debit {} {}", debit.reference.clone().unwrap_or_else(file), debit.position);
    if let Some(known) = deposits::find(connection, &key)? {
        if known.amount != amount {
            tracing::error!(
                reference = key,
                amount,
                known = known.amount,
                "the bank has notified of a debit with two amounts; a person must look"
            );
        }
        return Ok(());
    }
    tracing::warn!(
        reference = key,
        amount,
        end_to_end = debit.end_to_end,
        "money left the account that is not one of our payouts; a person must look"
    );
    let row = Deposit {
        reference: key,
        code: debit.text.clone(),
        amount,
        payer_name: debit.payee.clone(),
        booked_on: debit.booked_on.clone(),
        state: deposits::FOREIGN_DEBIT.to_owned(),
        reason: Some(format!("NOT_A_PAYOUT {}", debit.end_to_end).trim().to_owned()),
        tx: None,
        seen_at: now,
    };
    Ok(deposits::insert(connection, &row)?)
}
