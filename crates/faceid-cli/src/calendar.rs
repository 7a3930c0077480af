//! UNIX time in words.

use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::speech::{Phrase, Say};

/// Of the year 9999: no date is written past it, and the sandbox's clock goes no further.
pub(crate) const LAST_SECOND: u64 = 253_402_300_799;

/// UNIX time in seconds; 0 where the clock stands before 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// UNIX time as the command line gives it.
pub(crate) fn unix_time(given: &str) -> Result<u64, Phrase> {
    unix_time_to(u64::MAX, given)
}

/// The same, up to a last second.
pub(crate) fn unix_time_to(last: u64, given: &str) -> Result<u64, Phrase> {
    // As milliseconds from 1973, as nanoseconds to 2255, as seconds long after.
    const MILLISECONDS: Range<u64> = 100_000_000_000..9_000_000_000_000_000_000;

    // `parse` takes a plus sign.
    match given.parse().ok().filter(|_| !given.starts_with('+')) {
        Some(time) if MILLISECONDS.contains(&time) => Err(Say::InMilliseconds.into()),
        Some(time) if time <= last => Ok(time),
        _ => Err(Say::NotUnixTime.with([last.to_string().into()])),
    }
}

/// `2018-07-12 04:30:18 UTC (1531369818)`; the number alone past the year 9999.
pub(crate) fn date(unix: u64) -> String {
    if unix > LAST_SECOND {
        return unix.to_string();
    }
    let (days, second) = (unix / 86_400, unix % 86_400);
    // Howard Hinnant's `civil_from_days`: years begin in March, so that the leap day is the last one.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC ({unix})")
}

/// How long before `now`, or after: in seconds as long as a sign is usually valid.
pub(crate) fn distance(unix: u64, now: u64) -> Phrase {
    const HOUR: u64 = 60 * 60;
    const DAY: u64 = 24 * HOUR;
    const YEAR: u64 = 365 * DAY;

    let seconds = unix.abs_diff(now);
    let (one, say) = match seconds {
        0..7200 => (1, Say::Seconds),
        7200..172_800 => (HOUR, Say::Hours),
        172_800..63_072_000 => (DAY, Say::Days),
        _ => (YEAR, Say::Years),
    };
    let apart = say.with([(seconds / one).to_string().into()]);
    if unix <= now { Say::Ago.with([apart]) } else { Say::Ahead.with([apart]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_milliseconds_are_refused() {
        let cases = [
            ("99999999999", Some(99_999_999_999)),
            ("100000000000", None),
            ("1530762118000", None),
            ("99999999999999", None),
            ("100000000000000", None),
            ("1764000000000000000", None),
            ("9000000000000000000", Some(9_000_000_000_000_000_000)),
        ];
        for (given, expected) in cases {
            assert_eq!(unix_time(given).ok(), expected, "{given}");
        }
    }

    #[test]
    fn distances() {
        let cases = [
            (1000, 1000, "0 s ago"),
            (0, 7199, "7199 s ago"),
            (7200, 0, "2 hours ahead"),
            (0, 172_799, "47 hours ago"),
            (0, 172_800, "2 days ago"),
            (265_100_388, 0, "8 years ahead"),
            (u64::MAX, 0, "584942417355 years ahead"),
        ];
        for (unix, now, expected) in cases {
            assert_eq!(distance(unix, now).to_string(), expected, "{unix} {now}");
        }
    }

    #[test]
    fn dates() {
        let cases = [
            (0, "1970-01-01 00:00:00 UTC (0)"),
            (951_782_399, "2000-02-28 23:59:59 UTC (951782399)"),
            (951_782_400, "2000-02-29 00:00:00 UTC (951782400)"),
            (1_530_762_118, "2018-07-05 03:41:58 UTC (1530762118)"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC (4107542400)"),
            (253_402_300_799, "9999-12-31 23:59:59 UTC (253402300799)"),
            (253_402_300_800, "253402300800"),
            (u64::MAX, "18446744073709551615"),
        ];
        for (unix, expected) in cases {
            assert_eq!(date(unix), expected);
        }
    }
}
