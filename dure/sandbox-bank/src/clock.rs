//! The bank's wall clock. A moment is read once, written into the book, and never read again for the same event, so
//! that a document written after a crash says what it would have said before.

use jiff::{Timestamp, tz};

/// An instant in Korean time, whole seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// `2026-11-22T09:05:07+09:00`.
    pub(crate) iso: String,
    /// `20261122090507`, for use inside references.
    pub(crate) compact: String,
}

impl Moment {
    /// Reads the clock.
    pub(crate) fn now() -> Self {
        Self::at(Timestamp::now())
    }

    fn at(instant: Timestamp) -> Self {
        // Korea has kept +09:00 without summer time since 1988, so a fixed offset needs no time-zone database.
        let local = instant.to_zoned(tz::TimeZone::fixed(tz::offset(9)));
        Self {
            iso: local.strftime("%Y-%m-%dT%H:%M:%S+09:00").to_string(),
            compact: local.strftime("%Y%m%d%H%M%S").to_string(),
        }
    }
}

/// The calendar day of a moment's text.
pub(crate) fn day(iso: &str) -> &str {
    iso.get(..10).unwrap_or(iso)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_day_is_the_korean_one() {
        let moment = Moment::at("2026-11-21T15:00:00Z".parse().unwrap());
        assert_eq!(moment.iso, "2026-11-22T00:00:00+09:00");
        assert_eq!(moment.compact, "20261122000000");
        assert_eq!(day(&moment.iso), "2026-11-22");
    }
}
