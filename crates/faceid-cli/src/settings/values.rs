//! Texts that mean times and counts.

use std::time::Duration;

use faceid_blocking::Validity;

use crate::failure::Failure;
use crate::settings::Found;
use crate::speech::Say;

/// `500ms`, `30s`, `2m`, `1h`. A number alone is refused: of seconds and milliseconds one is always meant.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => number.checked_mul(60).map(Duration::from_secs),
        "h" => number.checked_mul(3600).map(Duration::from_secs),
        _ => None,
    }
}

/// A duration of whole seconds, or `once`.
pub(crate) fn validity(text: &str) -> Option<Validity> {
    if text == "once" {
        return Some(Validity::Once);
    }
    let duration = duration(text).filter(|duration| duration.subsec_nanos() == 0)?;
    Validity::seconds(duration.as_secs().try_into().ok()?)
}

impl Found {
    pub(crate) fn duration(&self) -> Result<Duration, Failure> {
        duration(self.text()?)
            .filter(|duration| !duration.is_zero())
            .ok_or_else(|| self.refused(Say::NotATime))
    }

    pub(crate) fn validity(&self) -> Result<Validity, Failure> {
        validity(self.text()?).ok_or_else(|| self.refused(Say::NotAValidity))
    }

    pub(crate) fn attempts(&self) -> Result<u32, Failure> {
        let attempts = self.text()?.parse().ok().filter(|attempts| (1..=10).contains(attempts));
        attempts.ok_or_else(|| self.refused(Say::NotAttempts))
    }

    pub(crate) fn switch(&self) -> Result<bool, Failure> {
        match self.text()? {
            "0" => Ok(false),
            "1" => Ok(true),
            _ => Err(self.refused(Say::NotASwitch)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let cases = [
            ("500ms", Some(500)),
            ("30s", Some(30_000)),
            ("2m", Some(120_000)),
            ("1h", Some(3_600_000)),
            ("0s", Some(0)),
            ("30", None),
            ("", None),
            ("s", None),
            ("-1s", None),
            ("1.5s", None),
            ("30 s", None),
            ("30d", None),
            ("99999999999999999999s", None),
            ("18446744073709551615h", None),
        ];
        for (text, millis) in cases {
            assert_eq!(duration(text), millis.map(Duration::from_millis), "{text}");
        }
    }

    #[test]
    fn validities() {
        let cases = [
            ("once", Some(Validity::Once)),
            ("100s", Validity::seconds(100)),
            ("1h", Validity::seconds(3600)),
            ("0s", None),
            ("1500ms", None),
            ("100", None),
            ("Once", None),
            ("4294967296s", None),
        ];
        for (text, expected) in cases {
            assert_eq!(validity(text), expected, "{text}");
        }
    }
}
