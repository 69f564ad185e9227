//! Calendar months of the channel's civil time: what monthly caps count by.

use crate::limits::{DAY_MS, MINUTE_MS};

/// Months since January of year 0 of the civil calendar at `time_ms`, `offset` minutes east of UTC.
/// Counts days from 1 March of year 0, so that the leap day is the last of its year.
pub fn month_of(time_ms: u64, offset: u32) -> u64 {
    let days = time_ms.saturating_add(u64::from(offset) * MINUTE_MS) / DAY_MS + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    (era * 400 + year_of_era) * 12 + month_from_march + 2
}

#[cfg(test)]
mod tests {
    use super::month_of;

    #[test]
    fn months_follow_the_civil_calendar_of_seoul() {
        let month = |ms| (month_of(ms, 540) / 12, month_of(ms, 540) % 12 + 1);
        assert_eq!(month(0), (1970, 1));
        // 2024-02-29T14:59:59Z is still February in Seoul (23:59:59), one second later it is March.
        assert_eq!(month(1_709_218_799_000), (2024, 2));
        assert_eq!(month(1_709_218_800_000), (2024, 3));
        // 2026-12-31T15:00:00Z is 2027 in Seoul.
        assert_eq!(month(1_798_729_199_000), (2026, 12));
        assert_eq!(month(1_798_729_200_000), (2027, 1));
    }
}
