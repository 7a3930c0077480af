//! How a call ended: one number for everything that can go wrong.

use std::ffi::CStr;

use faceid_sign::{CredentialsError, CredentialsFault, NonceError, SignError, VerifyError};

/// How a call ended. A number keeps its meaning for ever; later versions may add some.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is done. Of a sign that was to be verified: it is valid.
    Ok = 0,
    /// A pointer is NULL that must not be.
    NullPointer = 1,
    /// The buffer is NULL or too small. The length needed, without the NUL, was written to `out_len`.
    BufferTooSmall = 2,
    /// A length is more than any object can have: a negative number was passed.
    LengthTooLarge = 3,
    /// A fault of this library. Nothing was written.
    Panicked = 4,
    /// Something went wrong that has no number of its own yet.
    Other = 5,

    /// The key is empty.
    KeyEmpty = 10,
    /// The key begins or ends with white space.
    KeyEdgeBlank = 11,
    /// The key begins or ends with a line end.
    KeyEdgeLineEnd = 12,
    /// The key begins or ends with a byte order mark.
    KeyEdgeByteOrderMark = 13,
    /// The key contains `&` or `=`, for which no escaping is defined.
    KeySeparator = 14,
    /// The key contains a control character; NUL is one.
    KeyControl = 15,
    /// The key contains a byte outside ASCII.
    KeyNonAscii = 16,

    /// The secret is empty.
    SecretEmpty = 20,
    /// The secret begins or ends with white space.
    SecretEdgeBlank = 21,
    /// The secret begins or ends with a line end: it was read from a file with it.
    SecretEdgeLineEnd = 22,
    /// The secret begins or ends with a byte order mark.
    SecretEdgeByteOrderMark = 23,

    /// The nonce is empty.
    NonceEmpty = 30,
    /// The nonce has more than ten digits.
    NonceTooLong = 31,
    /// The nonce has a character other than `0` to `9`.
    NonceNotDigits = 32,

    /// The clock stands before 1970.
    ClockBeforeEpoch = 40,
    /// The operating system's random source failed.
    RandomSource = 41,
    /// Issue time plus validity does not fit into 64 bits.
    ExpiryOverflow = 42,

    /// The sign is not base64 of a digest and the four fields.
    Malformed = 50,
    /// The sign was not made with this key and secret, or was changed since.
    Mismatch = 51,
    /// The sign expires no later than it was issued, and is not for single use.
    Order = 52,
    /// The sign has expired.
    Expired = 53,
}

impl Status {
    const ALL: [Self; 27] = [
        Self::Ok,
        Self::NullPointer,
        Self::BufferTooSmall,
        Self::LengthTooLarge,
        Self::Panicked,
        Self::Other,
        Self::KeyEmpty,
        Self::KeyEdgeBlank,
        Self::KeyEdgeLineEnd,
        Self::KeyEdgeByteOrderMark,
        Self::KeySeparator,
        Self::KeyControl,
        Self::KeyNonAscii,
        Self::SecretEmpty,
        Self::SecretEdgeBlank,
        Self::SecretEdgeLineEnd,
        Self::SecretEdgeByteOrderMark,
        Self::NonceEmpty,
        Self::NonceTooLong,
        Self::NonceNotDigits,
        Self::ClockBeforeEpoch,
        Self::RandomSource,
        Self::ExpiryOverflow,
        Self::Malformed,
        Self::Mismatch,
        Self::Order,
        Self::Expired,
    ];

    pub(crate) fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|status| *status as u32 == number)
    }

    pub(crate) const fn message(self) -> &'static CStr {
        match self {
            Self::Ok => c"no error",
            Self::NullPointer => c"a pointer is NULL that must not be",
            Self::BufferTooSmall => c"the buffer is NULL or too small: the length needed is in out_len",
            Self::LengthTooLarge => {
                c"a length is more than any object can have: a negative number was passed"
            }
            Self::Panicked => c"a fault of the faceid library: please report it",
            Self::Other => c"refused, for a reason that this version of the C interface has no number for",
            Self::KeyEmpty => c"api_key is empty",
            Self::KeyEdgeBlank => c"api_key begins or ends with white space",
            Self::KeyEdgeLineEnd => c"api_key begins or ends with a line end",
            Self::KeyEdgeByteOrderMark => c"api_key begins or ends with a byte order mark",
            Self::KeySeparator => c"api_key contains '&' or '='",
            Self::KeyControl => c"api_key contains a control character",
            Self::KeyNonAscii => c"api_key contains a character outside ASCII",
            Self::SecretEmpty => c"api_secret is empty",
            Self::SecretEdgeBlank => c"api_secret begins or ends with white space",
            Self::SecretEdgeLineEnd => c"api_secret begins or ends with a line end",
            Self::SecretEdgeByteOrderMark => c"api_secret begins or ends with a byte order mark",
            Self::NonceEmpty => c"the nonce is empty: one to ten digits are wanted",
            Self::NonceTooLong => c"the nonce has more than ten digits",
            Self::NonceNotDigits => c"the nonce has a character other than 0 to 9",
            Self::ClockBeforeEpoch => c"the clock stands before 1970",
            Self::RandomSource => c"the operating system's random source failed",
            Self::ExpiryOverflow => c"issue time plus validity does not fit into 64 bits",
            Self::Malformed => c"the sign is not base64 of a digest and the fields a, b, c, d",
            Self::Mismatch => c"the sign was not made with this api_key and api_secret",
            Self::Order => c"the sign expires no later than it was issued",
            Self::Expired => c"the sign has expired",
        }
    }
}

impl From<CredentialsError> for Status {
    fn from(error: CredentialsError) -> Self {
        use CredentialsFault as Fault;
        match (error.field, error.fault) {
            ("api_key", Fault::Empty) => Self::KeyEmpty,
            ("api_key", Fault::EdgeBlank) => Self::KeyEdgeBlank,
            ("api_key", Fault::EdgeLineEnd) => Self::KeyEdgeLineEnd,
            ("api_key", Fault::EdgeByteOrderMark) => Self::KeyEdgeByteOrderMark,
            ("api_key", Fault::Separator) => Self::KeySeparator,
            ("api_key", Fault::Control) => Self::KeyControl,
            ("api_key", Fault::NonAscii) => Self::KeyNonAscii,
            ("api_secret", Fault::Empty) => Self::SecretEmpty,
            ("api_secret", Fault::EdgeBlank) => Self::SecretEdgeBlank,
            ("api_secret", Fault::EdgeLineEnd) => Self::SecretEdgeLineEnd,
            ("api_secret", Fault::EdgeByteOrderMark) => Self::SecretEdgeByteOrderMark,
            _ => Self::Other,
        }
    }
}

impl From<NonceError> for Status {
    fn from(error: NonceError) -> Self {
        match error {
            NonceError::Empty => Self::NonceEmpty,
            NonceError::TooLong => Self::NonceTooLong,
            NonceError::NotDigits => Self::NonceNotDigits,
            _ => Self::Other,
        }
    }
}

impl From<SignError> for Status {
    fn from(error: SignError) -> Self {
        match error {
            SignError::ClockBeforeEpoch => Self::ClockBeforeEpoch,
            SignError::RandomSource => Self::RandomSource,
            SignError::ExpiryOverflow => Self::ExpiryOverflow,
            SignError::BufferTooSmall { .. } => Self::BufferTooSmall,
            _ => Self::Other,
        }
    }
}

impl From<VerifyError> for Status {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Malformed => Self::Malformed,
            VerifyError::Mismatch => Self::Mismatch,
            VerifyError::Order => Self::Order,
            VerifyError::Expired => Self::Expired,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Status;
    use faceid_sign::{Credentials, Nonce, SignError, VerifyError};

    /// The numbers are a promise to programs that are built already.
    #[test]
    fn numbers_are_those_of_the_header() {
        let header = include_str!("../include/faceid.h");
        let listed = header.lines().filter_map(|line| {
            let (name, number) = line.trim().strip_suffix(',')?.split_once(" = ")?;
            let name = name.strip_prefix("FACEID_STATUS_")?.replace('_', "").to_lowercase();
            Some((name, number.parse().ok()?))
        });
        let own = Status::ALL.map(|status| (format!("{status:?}").to_lowercase(), status as u32));
        assert_eq!(listed.collect::<Vec<(String, u32)>>(), own);
    }

    #[test]
    fn numbers_and_back() {
        for status in Status::ALL {
            assert_eq!(Status::from_number(status as u32), Some(status));
        }
        for number in [6, 17, 99, u32::MAX] {
            assert_eq!(Status::from_number(number), None);
        }
    }

    /// Each error of the signer has a number of its own, and its name and what it says here are those there.
    #[test]
    fn errors_of_the_signer() {
        let pair = |key: &[u8], secret| {
            let error = Credentials::new(key, secret).unwrap_err();
            (Status::from(error), error.code(), error.to_string())
        };
        let key = |key| pair(key, "s");
        let secret = |secret| pair(b"k", secret);
        let nonce = |digits| {
            let error = Nonce::new(digits).unwrap_err();
            (Status::from(error), error.code(), error.to_string())
        };
        let sign = |error: SignError| (Status::from(error), error.code(), error.to_string());
        let verify = |error: VerifyError| (Status::from(error), error.code(), error.to_string());
        let cases = [
            (key(b""), Status::KeyEmpty),
            (key(b" k"), Status::KeyEdgeBlank),
            (key(b"k\n"), Status::KeyEdgeLineEnd),
            (key(b"\xEF\xBB\xBFk"), Status::KeyEdgeByteOrderMark),
            (key(b"k=k"), Status::KeySeparator),
            (key(b"k\0k"), Status::KeyControl),
            (key(b"k\xFFk"), Status::KeyNonAscii),
            (secret(""), Status::SecretEmpty),
            (secret("s\t"), Status::SecretEdgeBlank),
            (secret("s\r\n"), Status::SecretEdgeLineEnd),
            (secret("\u{FEFF}s"), Status::SecretEdgeByteOrderMark),
            (nonce(""), Status::NonceEmpty),
            (nonce("12345678901"), Status::NonceTooLong),
            (nonce("-1"), Status::NonceNotDigits),
            (sign(SignError::ClockBeforeEpoch), Status::ClockBeforeEpoch),
            (sign(SignError::RandomSource), Status::RandomSource),
            (sign(SignError::ExpiryOverflow), Status::ExpiryOverflow),
            (verify(VerifyError::Malformed), Status::Malformed),
            (verify(VerifyError::Mismatch), Status::Mismatch),
            (verify(VerifyError::Order), Status::Order),
            (verify(VerifyError::Expired), Status::Expired),
        ];
        for ((from_error, code, said), status) in cases {
            assert_eq!(from_error, status);
            assert_eq!(code.replace('_', ""), format!("{status:?}").to_uppercase());
            assert_eq!(said, status.message().to_str().unwrap());
        }
    }
}
