//! Time, which enters from outside, and the correction of a clock that is off.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// One reading of both clocks: the time of day, which is signed, and the steady one, which measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time of day, as this machine believes it.
    pub wall: SystemTime,
    /// A clock that is never set.
    pub steady: Instant,
}

impl Moment {
    /// Reads both clocks.
    #[must_use]
    pub fn now() -> Self {
        Self { wall: SystemTime::now(), steady: Instant::now() }
    }
}

/// UNIX time in whole seconds, before 1970 negative.
pub(crate) fn unix(time: SystemTime) -> i64 {
    let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => seconds(after),
        Err(before) => -seconds(before.duration()),
    }
}

/// What the service was seen to be ahead of this machine's clock, in seconds.
#[derive(Debug, Default)]
pub(crate) struct Correction(AtomicI64);

impl Correction {
    pub(crate) fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::Relaxed);
    }
}

/// The times of the sign that was refused. `expires_at` is `None` for single use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignTimes {
    pub(crate) issued_at: i64,
    pub(crate) expires_at: Option<i64>,
}

/// The service's time as an answer tells it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServerDate {
    /// UNIX time in seconds.
    pub(crate) date: i64,
    /// This machine's clock half-way between sending and receiving.
    pub(crate) local: i64,
    pub(crate) round_trip: Duration,
}

/// A Date that came much later than it was written says little.
const LONGEST_ROUND_TRIP: Duration = Duration::from_secs(15 * 60);
/// A clock that is so far off is not skewed but unset, and whoever could forge a Date could move signs by it.
const TOO_LARGE: i64 = 24 * 3600;
/// A single-use sign has no expiry to compare with.
const SINGLE_USE_TOLERANCE: i64 = 4 * 60;

impl ServerDate {
    /// The correction that would have kept the sign from being out of date, if the Date bears that out.
    pub(crate) fn correction(self, sign: SignTimes) -> Option<i64> {
        let out_of_date = match sign.expires_at {
            Some(expires_at) => self.date >= expires_at,
            None => self.date.abs_diff(sign.issued_at) > SINGLE_USE_TOLERANCE.unsigned_abs(),
        };
        let offset = self.date.saturating_sub(self.local);
        let believable =
            self.round_trip < LONGEST_ROUND_TRIP && offset.unsigned_abs() < TOO_LARGE.unsigned_abs();
        (out_of_date && believable).then_some(offset)
    }

    /// Whether this machine's clock is right without the correction that is in force: it was set since.
    pub(crate) fn outdates(self, correction: i64) -> bool {
        self.date.abs_diff(self.local) < self.date.abs_diff(self.local.saturating_add(correction))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published clock-skew cases of the AWS SDKs, recast: there a request is refused when its time is off, here when
    /// its sign is over.
    #[test]
    fn corrections() {
        const NOW: i64 = 1_600_000_000;
        const DAY: i64 = 24 * 3600;
        let cases: &[(&str, i64, Option<i64>, u64, Option<i64>)] = &[
            // what it shows, the service minus this machine, validity, round trip in seconds, correction
            ("clocks agree", 0, Some(100), 1, None),
            ("a little behind, the sign still valid", 99, Some(100), 1, None),
            ("behind by just the validity", 100, Some(100), 1, Some(100)),
            ("an hour behind", 3600, Some(100), 1, Some(3600)),
            ("an hour behind, but the sign is good for a day", 3600, Some(DAY), 1, None),
            ("an hour ahead: not what makes a sign expire", -3600, Some(100), 1, None),
            ("just under a day behind", DAY - 1, Some(100), 1, Some(DAY - 1)),
            ("a day behind", DAY, Some(100), 1, None),
            ("a Date in 1970", -NOW, Some(100), 1, None),
            ("a Date in the year 9999", 253_402_300_799 - NOW, Some(100), 1, None),
            ("single use, four minutes", 240, None, 1, None),
            ("single use, over four minutes behind", 241, None, 1, Some(241)),
            ("single use, over four minutes ahead", -241, None, 1, Some(-241)),
            ("a round trip just short of a quarter of an hour", 3600, Some(100), 899, Some(3600)),
            ("a round trip of a quarter of an hour", 3600, Some(100), 900, None),
        ];
        for &(name, offset, validity, round_trip, expected) in cases {
            let sign = SignTimes { issued_at: NOW, expires_at: validity.map(|validity| NOW + validity) };
            let date =
                ServerDate { date: NOW + offset, local: NOW, round_trip: Duration::from_secs(round_trip) };
            assert_eq!(date.correction(sign), expected, "{name}");
        }
    }

    #[test]
    fn times_at_the_ends() {
        assert_eq!(unix(UNIX_EPOCH - Duration::from_secs(1)), -1);
        let date = ServerDate { date: i64::MAX, local: i64::MIN, round_trip: Duration::ZERO };
        assert_eq!(date.correction(SignTimes { issued_at: 0, expires_at: Some(1) }), None);
        assert!(!date.outdates(i64::MAX));
    }

    #[test]
    fn a_correction_ends_when_the_clock_is_set_right() {
        // the service minus this machine's clock, correction in force, whether it is to go
        let cases = [
            (3600, 3600, false),
            (3601, 3600, false),
            (0, 3600, true),
            (-1, 3600, true),
            (30, 30, false),
            (0, 0, false),
        ];
        for (offset, correction, expected) in cases {
            let date =
                ServerDate { date: 1_600_000_000 + offset, local: 1_600_000_000, round_trip: Duration::ZERO };
            assert_eq!(date.outdates(correction), expected, "{offset} {correction}");
        }
    }
}
