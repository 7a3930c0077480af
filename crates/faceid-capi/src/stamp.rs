//! When, with which nonce and for how long: what C passes as numbers and digits.

use faceid_sign::{Nonce, NonceError, Stamp, Validity};

use crate::Status;

/// A validity: the sign is good for one request. Any other number is a count of seconds.
pub const FACEID_VALIDITY_ONCE: u32 = 0;

pub(crate) fn validity(number: u32) -> Validity {
    // The one number that is no count of seconds is FACEID_VALIDITY_ONCE.
    Validity::seconds(number).unwrap_or(Validity::Once)
}

pub(crate) fn stamp(issued_at: u64, nonce: &[u8]) -> Result<Stamp, Status> {
    let digits = std::str::from_utf8(nonce).map_err(|_| NonceError::NotDigits)?;
    Ok(Stamp::new(issued_at, Nonce::new(digits)?))
}

#[cfg(test)]
mod tests {
    use super::{FACEID_VALIDITY_ONCE, validity};
    use faceid_sign::Validity;

    #[test]
    fn validities() {
        let cases = [
            (FACEID_VALIDITY_ONCE, Some(Validity::Once)),
            (1, Validity::seconds(1)),
            (u32::MAX, Validity::seconds(u32::MAX)),
        ];
        for (number, expected) in cases {
            assert_eq!(Some(validity(number)), expected);
        }
    }
}
