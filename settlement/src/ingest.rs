//! Takes what the bank has written into our books.
//!
//! A file's effects and the note that it was read are one SQL transaction; only then it leaves the folder. A process
//! killed in between finds the file again and the note as well. Nothing here touches the ledger: that follows from
//! the rows, so the gateway and a settlement run may both read files, whoever comes first. A file that cannot be
//! applied as a whole is not applied at all, and keeps no other file from being read.

use crate::bank::{BankFileError, Booking, Contents, Credit, Message, Outbox, Reason, Report};
use crate::error::SettlementError;
use crate::money::to_db;
use crate::repo::deposits::{self, Deposit};
use crate::repo::payouts::{self, Payout, PayoutState};
use crate::repo::{batches, files};
use dure_db::{Db, DbConnection};
use dure_score::ids::sha256;

mod debit;
mod ordered;
mod stop;

use ordered::ordered;
use stop::Stop;

/// What one pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Files applied (now or before) and put away.
    pub processed: usize,
    /// Files that could not be applied.
    pub rejected: usize,
    /// Files that are left for the next pass: still in the writing, or not to be read or moved now.
    pub left: usize,
}

/// What became of one file.
enum Fate {
    Processed,
    Rejected,
    Left,
}

/// Reads every file that waits, at most 100; `account` is the collection account. A file that cannot be read is logged
/// and left; only what would fail for every file, such as a database that is down, ends the pass.
pub async fn take_files(db: &Db, outbox: &Outbox, account: &str) -> Result<Taken, SettlementError> {
    let mut taken = Taken::default();
    for name in outbox.waiting()? {
        let count = match take_file(db, outbox, account, &name).await {
            Ok(Fate::Processed) => &mut taken.processed,
            Ok(Fate::Rejected) => &mut taken.rejected,
            Ok(Fate::Left) => &mut taken.left,
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                tracing::error!(file = name, code = error.code(), "a bank file is left for later: {error}");
                &mut taken.left
            }
        };
        *count = count.saturating_add(1);
    }
    Ok(taken)
}

async fn take_file(db: &Db, outbox: &Outbox, account: &str, name: &str) -> Result<Fate, SettlementError> {
    let fault = match outbox.read(name)? {
        Contents::Gone => return Ok(Fate::Left),
        Contents::TooLarge => Some(BankFileError::TooLarge),
        Contents::Whole(bytes) => enter(db, account, name, bytes).await?,
    };
    match fault {
        None => {
            outbox.put_away(name)?;
            Ok(Fate::Processed)
        }
        Some(BankFileError::EndsEarly) if outbox.may_grow(name)? => Ok(Fate::Left),
        Some(fault) => {
            tracing::error!(file = name, code = fault.code(), "a bank file was not applied: {fault}");
            outbox.reject(name, &fault)?;
            Ok(Fate::Rejected)
        }
    }
}

/// Enters one file's bytes into the books, or says what is wrong with them.
async fn enter(
    db: &Db,
    account: &str,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Option<BankFileError>, SettlementError> {
    let digest = hex::encode(sha256(&[&bytes]));
    let message = match Message::read(&bytes, account) {
        Ok(message) => message,
        Err(fault) => return Ok(Some(fault)),
    };
    let file = name.to_owned();
    let applied = db
        .transaction(move |c| {
            let now = dure_db::now_ms();
            if files::note(c, &digest, &file, message.kind(), now)? {
                apply(c, &message, &digest, now)?;
                tracing::info!(file, kind = message.kind(), "a bank file was read");
            }
            Ok(())
        })
        .await;
    match applied {
        Ok(()) => Ok(None),
        Err(Stop::Fault(fault)) => Ok(Some(fault)),
        Err(Stop::Ours(error)) => Err(error),
    }
}

fn apply(connection: &mut DbConnection, message: &Message, digest: &str, now: i64) -> Result<(), Stop> {
    match message {
        Message::Report(report) => apply_report(connection, report),
        Message::Notification(bookings) => bookings.iter().try_for_each(|booking| match booking {
            Booking::Credit(credit) => apply_credit(connection, credit, now),
            Booking::Debit(debit) => debit::apply(connection, debit, digest, now),
        }),
    }
}

fn apply_report(connection: &mut DbConnection, report: &Report) -> Result<(), Stop> {
    if batches::find(connection, &report.message_id)?.is_none() {
        return Err(BankFileError::UnknownBatch(report.message_id.clone()).into());
    }
    match &report.refused {
        // The bank had the message before: what it said then counts.
        Some(reason) if reason.means_duplicate() => Ok(()),
        Some(reason) if report.transfers.is_empty() => {
            for payout in payouts::of_batch(connection, &report.message_id)? {
                if payout.state()?.is_ordered() {
                    refuse(connection, &payout, reason)?;
                }
            }
            Ok(())
        }
        Some(_) | None => report.transfers.iter().try_for_each(|(id, reason)| {
            let payout = ordered(connection, id)?;
            if payout.batch != report.message_id {
                return Err(BankFileError::UnknownPayout(id.clone()).into());
            }
            refuse(connection, &payout, reason)
        }),
    }
}

fn refuse(connection: &mut DbConnection, payout: &Payout, reason: &Reason) -> Result<(), Stop> {
    match payout.state()? {
        PayoutState::Escrowed if reason.means_duplicate() => Ok(()),
        PayoutState::Escrowed => Ok(payouts::mark_refused(connection, &payout.id, &reason.code)?),
        PayoutState::Booked | PayoutState::Paid if !reason.means_duplicate() => {
            Err(BankFileError::Contradiction(payout.id.clone()).into())
        }
        _ => Ok(()),
    }
}

fn apply_credit(connection: &mut DbConnection, credit: &Credit, now: i64) -> Result<(), Stop> {
    let amount = to_db(credit.amount)?;
    let text = credit.remittance.trim();
    if let Some(known) = deposits::find(connection, &credit.reference)? {
        // A matched deposit holds the charge reference as we write it, whatever the case of the bank's letters.
        let same = (known.amount, known.booked_on.as_str()) == (amount, credit.booked_on.as_str())
            && known.code.eq_ignore_ascii_case(text)
            && known.payer_name == credit.payer;
        // The bank may notify twice, in two files; it must not use a reference twice.
        return if same { Ok(()) } else { Err(BankFileError::DepositConflict(known.reference).into()) };
    }
    let matched = deposits::charge_reference(connection, text)?;
    let (code, state, reason) = match (&credit.returned, matched) {
        (Some((payout, why)), _) => (text.to_owned(), deposits::RETURNED, Some(format!("{payout} {why}"))),
        (None, Some(reference)) => (reference.code, deposits::MATCHED, None),
        (None, None) => (text.to_owned(), deposits::UNMATCHED, Some("NO_SUCH_REFERENCE".to_owned())),
    };
    if state != deposits::MATCHED {
        tracing::warn!(reference = credit.reference, state, "money came in that a person must look at");
    }
    let deposit = Deposit {
        reference: credit.reference.clone(),
        code,
        amount,
        payer_name: credit.payer.clone(),
        booked_on: credit.booked_on.clone(),
        state: state.to_owned(),
        reason,
        tx: None,
        seen_at: now,
    };
    Ok(deposits::insert(connection, &deposit)?)
}
