//! Challenges: a random text that a key signs, good once and for two minutes. Who signs it holds the key now, and cannot have kept the
//! signature from before.

use dure_db::{DbError, now_ms, sessions};
use dure_score::ChainId;

use crate::{app::App, fault::Fault};

/// A challenge is answered by a program, not by a person, ms.
const LIFE_MS: i64 = 2 * 60 * 1000;

/// Where a challenge is answered: none is good elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A device opens a session.
    Session,
    /// An officer comes in.
    Counter,
}

impl Place {
    /// The sessions table's name for challenges.
    const fn app(self) -> &'static str {
        match self {
            Self::Session => "wallet.challenge",
            Self::Counter => "counter.challenge",
        }
    }
    const fn tag(self) -> &'static [u8] {
        match self {
            Self::Session => b"dure:session:v1\0",
            Self::Counter => b"dure:counter:v1\0",
        }
    }
    /// What is signed: the tag, the chain, a zero byte, the challenge.
    pub fn message(self, chain: &ChainId, challenge: &str) -> Vec<u8> {
        [self.tag(), chain.as_str().as_bytes(), b"\0", challenge.as_bytes()].concat()
    }
}

/// A new challenge: 64 hex digits.
pub async fn make(app: &App, place: Place) -> Result<String, Fault> {
    let make = move |c: &mut _| sessions::create(c, place.app(), "", "", now_ms(), LIFE_MS);
    Ok(app.db.run::<_, DbError, _>(make).await?)
}

/// Uses a challenge up; an unknown, used or old one is refused.
pub async fn take(app: &App, place: Place, challenge: String) -> Result<(), Fault> {
    let taken = move |c: &mut _| {
        let known = sessions::find(c, place.app(), &challenge, now_ms())?.is_some();
        Ok(sessions::end(c, place.app(), &challenge)? && known)
    };
    let good = app.db.transaction::<_, DbError, _>(taken).await?;
    if good { Ok(()) } else { Err(Fault::TicketExpired) }
}
