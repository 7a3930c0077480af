//! What can go wrong, one small type for each thing a caller does. None holds a value that was passed in.
//!
//! Each has a code, a name that stays the same: every language that signs with this crate gives it to its callers, and
//! in C it is that of the status.

use core::fmt;

/// Why [`Credentials::new`](crate::Credentials::new) refused a key or a secret.
///
/// It names the field and the fault, never the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialsError {
    /// `api_key` or `api_secret`.
    pub field: &'static str,
    /// What is wrong with it.
    pub fault: CredentialsFault,
}

/// The fault of a key or secret. Most come from copying it out of a console, a mail or a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialsFault {
    /// There is nothing in it.
    Empty,
    /// It begins or ends with a blank, a tab or other white space.
    EdgeBlank,
    /// It begins or ends with a line end.
    EdgeLineEnd,
    /// It begins or ends with a byte order mark, as some editors write at the start of a file.
    EdgeByteOrderMark,
    /// An `api_key` with `&` or `=` would make the signed text ambiguous: no escaping is defined for it.
    Separator,
    /// An `api_key` with a control character.
    Control,
    /// An `api_key` with a character outside ASCII.
    NonAscii,
}

impl CredentialsError {
    /// A name that stays the same, such as `SECRET_EDGE_LINE_END`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use faceid_sign::Credentials;
    /// assert_eq!(Credentials::new("fake-key", "fake-secret\n").unwrap_err().code(), "SECRET_EDGE_LINE_END");
    /// ```
    #[must_use]
    pub fn code(&self) -> &'static str {
        match (self.field == "api_key", self.fault) {
            (true, CredentialsFault::Empty) => "KEY_EMPTY",
            (true, CredentialsFault::EdgeBlank) => "KEY_EDGE_BLANK",
            (true, CredentialsFault::EdgeLineEnd) => "KEY_EDGE_LINE_END",
            (true, CredentialsFault::EdgeByteOrderMark) => "KEY_EDGE_BYTE_ORDER_MARK",
            (false, CredentialsFault::Empty) => "SECRET_EMPTY",
            (false, CredentialsFault::EdgeBlank) => "SECRET_EDGE_BLANK",
            (false, CredentialsFault::EdgeLineEnd) => "SECRET_EDGE_LINE_END",
            (false, CredentialsFault::EdgeByteOrderMark) => "SECRET_EDGE_BYTE_ORDER_MARK",
            // Of the key alone.
            (_, CredentialsFault::Separator) => "KEY_SEPARATOR",
            (_, CredentialsFault::Control) => "KEY_CONTROL",
            (_, CredentialsFault::NonAscii) => "KEY_NON_ASCII",
        }
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            CredentialsFault::Empty => "is empty",
            CredentialsFault::EdgeBlank => "begins or ends with white space",
            CredentialsFault::EdgeLineEnd => "begins or ends with a line end",
            CredentialsFault::EdgeByteOrderMark => "begins or ends with a byte order mark",
            CredentialsFault::Separator => "contains '&' or '='",
            CredentialsFault::Control => "contains a control character",
            CredentialsFault::NonAscii => "contains a character outside ASCII",
        };
        write!(f, "{} {fault}", self.field)
    }
}

impl core::error::Error for CredentialsError {}

/// Why [`Nonce::new`](crate::Nonce::new) refused a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NonceError {
    /// No digit at all.
    Empty,
    /// More than ten digits.
    TooLong,
    /// A character other than `0` to `9`: a sign, a letter, a blank, a digit of another script.
    NotDigits,
}

impl NonceError {
    /// A name that stays the same, such as `NONCE_EMPTY`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "NONCE_EMPTY",
            Self::TooLong => "NONCE_TOO_LONG",
            Self::NotDigits => "NONCE_NOT_DIGITS",
        }
    }
}

impl fmt::Display for NonceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the nonce is empty: one to ten digits are wanted",
            Self::TooLong => "the nonce has more than ten digits",
            Self::NotDigits => "the nonce has a character other than 0 to 9",
        })
    }
}

impl core::error::Error for NonceError {}

/// Why no sign could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// The clock stands before 1970, so there is no UNIX time to sign.
    ClockBeforeEpoch,
    /// The operating system's random source failed.
    RandomSource,
    /// `issued_at` plus the validity is past what 64 bits hold.
    ExpiryOverflow,
    /// The caller's buffer is too small.
    BufferTooSmall {
        /// The bytes that are needed.
        needed: usize,
    },
}

impl SignError {
    /// A name that stays the same, such as `EXPIRY_OVERFLOW`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ClockBeforeEpoch => "CLOCK_BEFORE_EPOCH",
            Self::RandomSource => "RANDOM_SOURCE",
            Self::ExpiryOverflow => "EXPIRY_OVERFLOW",
            Self::BufferTooSmall { .. } => "BUFFER_TOO_SMALL",
        }
    }
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClockBeforeEpoch => f.write_str("the clock stands before 1970"),
            Self::RandomSource => f.write_str("the operating system's random source failed"),
            Self::ExpiryOverflow => f.write_str("issue time plus validity does not fit into 64 bits"),
            Self::BufferTooSmall { needed } => {
                write!(f, "the buffer is too small: {needed} bytes are needed")
            }
        }
    }
}

impl core::error::Error for SignError {}

/// Why [`Credentials::verify`](crate::Credentials::verify) refused a sign.
///
/// [`Credentials::diagnose`](crate::Credentials::diagnose) says more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// It is not canonical base64 of a digest and the four fields.
    Malformed,
    /// It was not made with this key and secret, or was changed since.
    Mismatch,
    /// It expires no later than it was issued, and is not a single-use sign.
    Order,
    /// Its time is over.
    Expired,
}

impl VerifyError {
    /// A name that stays the same, such as `EXPIRED`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "MALFORMED",
            Self::Mismatch => "MISMATCH",
            Self::Order => "ORDER",
            Self::Expired => "EXPIRED",
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the sign is not base64 of a digest and the fields a, b, c, d",
            Self::Mismatch => "the sign was not made with this api_key and api_secret",
            Self::Order => "the sign expires no later than it was issued",
            Self::Expired => "the sign has expired",
        })
    }
}

impl core::error::Error for VerifyError {}
