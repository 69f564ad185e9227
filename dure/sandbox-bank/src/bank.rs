//! The bank as one thing: the book, the folders, and the rule that nothing leaves the bank before it is booked.

use crate::book::{Book, Deposit, NewDeposit, Reason, Store};
use crate::clock::Moment;
use crate::config::{CollectionAccount, Config};
use crate::error::BankError;
use crate::files::{Folders, deposit_notification};
use crate::messages;
use parking_lot::Mutex;

/// A bank at work in its folder.
#[derive(Debug)]
pub struct Bank {
    pub(crate) collection: CollectionAccount,
    pub(crate) folders: Folders,
    store: Store,
    book: Mutex<Book>,
}

impl Bank {
    /// Opens the folder, locks it against a second process, reads the book, and finishes what a crash cut short.
    pub fn open(config: &Config) -> Result<Self, BankError> {
        let folders = Folders::open(&config.dir)?;
        let store = Store::in_dir(&config.dir);
        let book = Mutex::new(store.load()?);
        let bank = Self { collection: config.collection.clone(), folders, store, book };
        bank.notify_deposits()?;
        bank.resume()?;
        Ok(bank)
    }

    /// The book as it is now.
    pub fn book(&self) -> Book {
        self.book.lock().clone()
    }

    /// Books a deposit of `amount` won and notifies the customer. The payer's name and the reference have 1 to 140
    /// printable characters, the amount is 1 to 1,000,000,000; otherwise nothing happens.
    pub fn deposit(&self, payer: &str, amount: u64, reference: &str) -> Result<Deposit, BankError> {
        let new = NewDeposit::parse(payer, amount, reference)?;
        let deposit = self.change(|book| book.post_deposit(new, &Moment::now()))?;
        // The deposit is booked whether or not its notification can be written now; the next pass tries again.
        if let Err(error) = self.notify_deposits() {
            tracing::warn!(code = error.code(), "a deposit's notification is late: {error}");
        }
        Ok(deposit)
    }

    /// Refuses payments to an account with this reason from now on, or, without one, accepts them again.
    pub fn set_rejection(&self, account: &str, reason: Option<Reason>) -> Result<(), BankError> {
        self.change(|book| book.set_rejection(account, reason))
    }

    /// Writes the notifications that deposits still lack.
    pub(crate) fn notify_deposits(&self) -> Result<(), BankError> {
        let waiting: Vec<Deposit> =
            self.book.lock().deposits.iter().filter(|deposit| !deposit.notified).cloned().collect();
        if waiting.is_empty() {
            return Ok(());
        }
        for deposit in &waiting {
            let document = messages::of_deposit(deposit, &self.collection)?;
            self.folders.deliver(&deposit_notification(deposit.seq), &document)?;
        }
        self.change(|book| {
            for deposit in &mut book.deposits {
                deposit.notified |= waiting.iter().any(|notified| notified.seq == deposit.seq);
            }
            Ok(())
        })
    }

    /// Changes a copy of the book, writes it to the disk, and only then lets it take the book's place.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut Book) -> Result<T, BankError>,
    ) -> Result<T, BankError> {
        let mut book = self.book.lock();
        let mut next = book.clone();
        let result = change(&mut next)?;
        self.store.save(&next)?;
        *book = next;
        Ok(result)
    }

    /// Looks something up in the book.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Book) -> T) -> T {
        look(&self.book.lock())
    }
}
