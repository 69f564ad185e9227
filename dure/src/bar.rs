//! A progress bar for people: one line that is drawn over, on a terminal only.

use std::{
    io::{IsTerminal as _, Write as _, stderr},
    time::{Duration, Instant},
};

/// Width of the bar, characters.
const WIDTH: u64 = 40;

/// How often it is drawn anew.
const DRAW: Duration = Duration::from_millis(100);

/// The bar. It clears its line when it goes.
pub struct Bar {
    what: &'static str,
    begun: Instant,
    drawn: Option<Instant>,
    shown: bool,
}

impl Bar {
    /// A bar that tells of `what`; silent where there is no terminal, or if not wanted.
    pub fn new(what: &'static str, wanted: bool) -> Self {
        Self { what, begun: Instant::now(), drawn: None, shown: wanted && stderr().is_terminal() }
    }

    /// So much is done of all, with a note behind it.
    pub fn at(&mut self, done: u64, all: u64, note: &str) {
        if !self.shown || self.drawn.is_some_and(|drawn| drawn.elapsed() < DRAW && done < all) {
            return;
        }
        self.drawn = Some(Instant::now());
        let full = usize::try_from(done.min(all).saturating_mul(WIDTH) / all.max(1)).unwrap_or(0);
        let rest = usize::try_from(WIDTH).unwrap_or(0).saturating_sub(full);
        let seconds = self.begun.elapsed().as_secs();
        let (full, rest) = ("█".repeat(full), "░".repeat(rest));
        // A closed terminal must not stop the work.
        write!(stderr().lock(), "\r\x1b[2K{} {full}{rest} {done}/{all} {note} {seconds} s", self.what).ok();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.shown && self.drawn.is_some() {
            write!(stderr().lock(), "\r\x1b[2K").ok();
        }
    }
}
