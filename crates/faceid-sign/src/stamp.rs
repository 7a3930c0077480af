//! What makes one sign differ from the next: when it is issued, its nonce, and how long it is valid.
//!
//! Clock and random source enter here and nowhere else.

use core::fmt;
use core::num::NonZeroU32;

use crate::NonceError;
#[cfg(feature = "std")]
use crate::SignError;

/// The moment of signing and the nonce: everything that is fresh in a sign.
///
/// The same stamp with the same credentials and validity gives the same sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    pub(crate) issued_at: u64,
    pub(crate) nonce: Nonce,
}

impl Stamp {
    /// A stamp of given parts: UNIX time in seconds, and the nonce.
    #[must_use]
    pub const fn new(issued_at: u64, nonce: Nonce) -> Self {
        Self { issued_at, nonce }
    }

    /// A stamp of this moment with a fresh random nonce.
    ///
    /// # Errors
    ///
    /// [`SignError::ClockBeforeEpoch`], [`SignError::RandomSource`].
    #[cfg(feature = "std")]
    #[cfg_attr(docsrs, doc(cfg(feature = "std")))]
    pub fn now() -> Result<Self, SignError> {
        let since_epoch = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_err(|_| SignError::ClockBeforeEpoch)?;
        Self::at(since_epoch.as_secs())
    }

    /// A stamp of a given UNIX time in seconds, with a fresh random nonce.
    ///
    /// # Errors
    ///
    /// [`SignError::RandomSource`].
    #[cfg(feature = "std")]
    #[cfg_attr(docsrs, doc(cfg(feature = "std")))]
    pub fn at(issued_at: u64) -> Result<Self, SignError> {
        Ok(Self::new(issued_at, Nonce::random()?))
    }

    /// UNIX time in seconds: field c.
    #[must_use]
    pub const fn issued_at(&self) -> u64 {
        self.issued_at
    }

    /// The nonce: field d.
    #[must_use]
    pub const fn nonce(&self) -> Nonce {
        self.nonce
    }
}

/// One to ten decimal digits, kept as text.
///
/// The vendor's own samples have leading zeros, and `0799687066` and `799687066` give different signs: a nonce is a
/// text of digits and never a number to print again.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nonce {
    digits: [u8; Self::ROOM],
    len: u8,
}

impl Nonce {
    /// The most digits a nonce may have. [App authentication]
    pub const MAX_LEN: usize = 10;

    /// What is copied at once.
    pub(crate) const ROOM: usize = 16;

    /// A nonce of these digits, exactly as given.
    ///
    /// # Errors
    ///
    /// [`NonceError`], if there is none, there are more than ten, or one is not `0` to `9`.
    pub fn new(digits: &str) -> Result<Self, NonceError> {
        Self::from_bytes(digits.as_bytes())
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, NonceError> {
        if bytes.is_empty() {
            return Err(NonceError::Empty);
        }
        if !bytes.iter().all(u8::is_ascii_digit) {
            return Err(NonceError::NotDigits);
        }
        if bytes.len() > Self::MAX_LEN {
            return Err(NonceError::TooLong);
        }
        let mut digits = [0; Self::ROOM];
        for (digit, byte) in digits.iter_mut().zip(bytes) {
            *digit = *byte;
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most MAX_LEN")]
        Ok(Self { digits, len: bytes.len() as u8 })
    }

    /// Ten digits, uniform over 0 to 9 999 999 999, from the operating system.
    ///
    /// Not from a generator inside the process: workers forked from one parent would draw the same ones.
    ///
    /// # Errors
    ///
    /// [`SignError::RandomSource`].
    #[cfg(feature = "std")]
    #[cfg_attr(docsrs, doc(cfg(feature = "std")))]
    pub fn random() -> Result<Self, SignError> {
        use rand::TryRng as _;

        loop {
            let drawn = rand::rngs::SysRng.try_next_u64().map_err(|_| SignError::RandomSource)?;
            if let Some(nonce) = Self::drawn(drawn) {
                return Ok(nonce);
            }
        }
    }

    /// `None` for the last values, which would make the low nonces a little more likely than the high ones.
    #[cfg(feature = "std")]
    fn drawn(number: u64) -> Option<Self> {
        use crate::raw::{EIGHT_DIGITS, decimal};

        const COUNT: u64 = 10_000_000_000;
        const UNIFORM: u64 = u64::MAX - u64::MAX % COUNT;
        if number >= UNIFORM {
            return None;
        }
        let [first, rest] = [number % COUNT / EIGHT_DIGITS, number % EIGHT_DIGITS].map(decimal);
        let mut digits = [0; Self::ROOM];
        digits[..2].copy_from_slice(&first[6..]);
        digits[2..Self::MAX_LEN].copy_from_slice(&rest);
        Some(Self { digits, len: 10 })
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// With zero bytes after the digits.
    pub(crate) fn padded(&self) -> &[u8; Self::ROOM] {
        &self.digits
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.digits[..usize::from(self.len)]
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// How long a sign is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Validity {
    /// For one request (b = 0).
    ///
    /// Whether a request that fails uses the sign up is not documented, so each attempt needs a sign of its own.
    /// [self-service authentication; the page "App authentication" is silent on it]
    Once,
    /// For this many seconds from the stamp on, for any number of requests.
    ///
    /// The vendor's samples use 100 to 86 400; the longest that the service takes is not documented.
    Seconds(NonZeroU32),
}

impl Validity {
    /// Valid for `n` seconds; `None` for 0, which is not a duration. Single use is [`Validity::Once`].
    #[must_use]
    pub const fn seconds(n: u32) -> Option<Self> {
        match NonZeroU32::new(n) {
            Some(n) => Some(Self::Seconds(n)),
            None => None,
        }
    }
}

/// 100 seconds, as in the vendor's samples.
impl Default for Validity {
    fn default() -> Self {
        const SAMPLES: NonZeroU32 = NonZeroU32::new(100).unwrap();
        Self::Seconds(SAMPLES)
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::Nonce;

    #[test]
    fn a_number_is_ten_digits() {
        let cases = [
            (0, Some("0000000000")),
            (1, Some("0000000001")),
            (1_234_567_890, Some("1234567890")),
            (9_999_999_999, Some("9999999999")),
            (10_000_000_000, Some("0000000000")),
            (71_234_567_890, Some("1234567890")),
            // 2^64 is 1 844 674 407 times 10^10, and a rest.
            (18_446_744_069_999_999_999, Some("9999999999")),
            (18_446_744_070_000_000_000, None),
            (u64::MAX, None),
        ];
        for (number, digits) in cases {
            assert_eq!(Nonce::drawn(number).as_ref().map(Nonce::as_str), digits, "{number}");
        }
    }
}
