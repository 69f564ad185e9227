//! The banks' calendar: on which day a payment can be executed.
//!
//! Saturdays, Sundays and the listed holidays are not business days. The list is data: the one compiled in covers
//! 2026 and 2027 and a newer one replaces it by configuration. Beyond the list only weekends are known; a payment
//! dated on a holiday is then executed by the bank on its next business day, so nothing is lost but the forecast.

use crate::error::SettlementError;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeSet;
use std::path::Path;

/// Korean public holidays on which banks are closed.
const KOREA: &str = include_str!("../data/holidays-kr.csv");

/// No run of closed days is longer: bounds the search for the next business day.
const CLOSED_DAYS_MAX: usize = 30;

/// Days on which banks are closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    holidays: BTreeSet<Date>,
}

impl Calendar {
    /// The list compiled in.
    pub fn korea() -> Result<Self, SettlementError> {
        Self::parse(KOREA, "the built-in calendar")
    }

    /// From a file of lines `YYYY-MM-DD,name` below a heading line.
    pub fn read(path: &Path) -> Result<Self, SettlementError> {
        let text = std::fs::read_to_string(path).map_err(|error| SettlementError::io("read", path, error))?;
        Self::parse(&text, &path.display().to_string())
    }

    fn parse(text: &str, place: &str) -> Result<Self, SettlementError> {
        let mut holidays = BTreeSet::new();
        for (index, line) in text.lines().enumerate().skip(1) {
            let day = line.split(',').next().unwrap_or_default().trim();
            if day.is_empty() {
                continue;
            }
            let row = index.saturating_add(1);
            let bad = |_| SettlementError::Config(format!("{place}, line {row}: `{day}` is not a date"));
            holidays.insert(day.parse().map_err(bad)?);
        }
        Ok(Self { holidays })
    }

    /// True if banks work on that day.
    pub fn is_business_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.holidays.contains(&day)
    }

    /// `day` itself if banks work then, otherwise the next day on which they do.
    pub fn business_day_from(&self, day: Date) -> Result<Date, SettlementError> {
        let mut candidate = day;
        for _ in 0..CLOSED_DAYS_MAX {
            if self.is_business_day(candidate) {
                return Ok(candidate);
            }
            candidate = candidate.tomorrow().map_err(|_| SettlementError::Calendar { day })?;
        }
        Err(SettlementError::Calendar { day })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn weekends_and_holidays_move_to_the_next_business_day() {
        let calendar = Calendar::korea().unwrap();
        for (day, expected) in [
            ("2026-11-20", "2026-11-20"), // a Friday
            ("2026-11-22", "2026-11-23"), // a Sunday
            ("2026-02-14", "2026-02-19"), // a Saturday before Lunar New Year
            ("2026-10-03", "2026-10-06"), // holiday on a Saturday, substitute on Monday
            ("2027-02-05", "2027-02-05"),
            ("2027-02-06", "2027-02-10"),
            ("2026-12-31", "2026-12-31"), // the exchange is closed, banks are not
            ("2031-01-01", "2031-01-01"), // beyond the list: weekends only
        ] {
            let found = calendar.business_day_from(day.parse().unwrap()).unwrap();
            assert_eq!(found.to_string(), expected, "{day}");
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = Calendar::parse("date,name\n2026-01-01,x\n2026-02-30,y\n", "list").unwrap_err();
        assert_eq!(error.code(), "CONFIG");
        assert!(error.to_string().contains("line 3"), "{error}");
    }

    #[test]
    fn a_calendar_without_end_is_refused() {
        let first: Date = "2028-01-01".parse().unwrap();
        let mut calendar = Calendar { holidays: BTreeSet::new() };
        let mut day = first;
        for _ in 0..40 {
            calendar.holidays.insert(day);
            day = day.tomorrow().unwrap();
        }
        assert_eq!(calendar.business_day_from(first).unwrap_err().code(), "CALENDAR");
    }
}
