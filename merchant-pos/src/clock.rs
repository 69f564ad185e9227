//! Time: wall clock in milliseconds, and the channel's civil day.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;

/// Milliseconds since 1970 UTC; 0 if the machine's clock stands before that.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A day of the channel's civil time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelDay {
    /// The date.
    pub date: Date,
    /// Its first moment, ms.
    pub from_ms: i64,
    /// The first moment of the next day, ms.
    pub to_ms: i64,
}

impl ChannelDay {
    /// The day that holds `at_ms`, `offset_minutes` east of UTC (Seoul: 540). Moments outside the calendar fall on
    /// 1970-01-01.
    pub fn of(at_ms: i64, offset_minutes: u32) -> Self {
        let offset_ms = i64::from(offset_minutes).saturating_mul(MINUTE_MS);
        let local = at_ms.saturating_add(offset_ms);
        let from_ms = local.div_euclid(DAY_MS).saturating_mul(DAY_MS).saturating_sub(offset_ms);
        Self { date: civil_date(at_ms, offset_minutes), from_ms, to_ms: from_ms.saturating_add(DAY_MS) }
    }
}

fn civil_date(at_ms: i64, offset_minutes: u32) -> Date {
    let seconds = i32::try_from(offset_minutes).unwrap_or(0).saturating_mul(60);
    let offset = Offset::from_seconds(seconds).unwrap_or(Offset::UTC);
    let at = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(TimeZone::fixed(offset)).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_seoul_begins_nine_hours_before_utc() {
        // 2026-01-01T00:30 in Seoul is 2025-12-31T15:30 UTC.
        let at = 1_767_195_000_000;
        let day = ChannelDay::of(at, 540);
        assert_eq!(day.date.to_string(), "2026-01-01");
        assert_eq!(day.from_ms, at - 30 * 60_000);
        assert_eq!(day.to_ms - day.from_ms, DAY_MS);
        assert_eq!(ChannelDay::of(day.from_ms - 1, 540).date.to_string(), "2025-12-31");
        assert_eq!(ChannelDay::of(day.from_ms, 540), day);
    }
}
