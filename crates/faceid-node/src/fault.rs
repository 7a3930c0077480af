//! Errors as JavaScript has them: a class, a message, and a `code` that stays the same.

use std::borrow::Cow;

use faceid_sign::{CredentialsError, CredentialsFault, NonceError, SignError, VerifyError};
use napi::{Env, Error, Status};

/// What is thrown. No message holds anything that was passed in.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault {
    class: Class,
    code: &'static str,
    message: Cow<'static, str>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Class {
    Error,
    /// The argument is of another type than wanted.
    TypeError,
    /// The type is right, the value is not.
    RangeError,
}

impl Fault {
    fn new(class: Class, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { class, code, message: message.into() }
    }

    pub(crate) fn error(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Class::Error, code, message)
    }

    pub(crate) fn of_type(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Class::TypeError, code, message)
    }

    pub(crate) fn of_range(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Class::RangeError, code, message)
    }

    /// Throws it in JavaScript, and gives back what tells napi that this was done.
    pub(crate) fn throw(self, env: Env) -> Error {
        let throw = match self.class {
            Class::Error => Env::throw_error,
            Class::TypeError => Env::throw_type_error,
            Class::RangeError => Env::throw_range_error,
        };
        match throw(&env, &self.message, Some(self.code)) {
            Ok(()) => Error::new(Status::PendingException, ""),
            Err(error) => error,
        }
    }
}

/// The codes are the names of the C ABI's statuses.
impl From<CredentialsError> for Fault {
    fn from(error: CredentialsError) -> Self {
        use CredentialsFault as Fault;
        let code = match (error.field, error.fault) {
            ("api_key", Fault::Empty) => "KEY_EMPTY",
            ("api_key", Fault::EdgeBlank) => "KEY_EDGE_BLANK",
            ("api_key", Fault::EdgeLineEnd) => "KEY_EDGE_LINE_END",
            ("api_key", Fault::EdgeByteOrderMark) => "KEY_EDGE_BYTE_ORDER_MARK",
            ("api_key", Fault::Separator) => "KEY_SEPARATOR",
            ("api_key", Fault::Control) => "KEY_CONTROL",
            ("api_key", Fault::NonAscii) => "KEY_NON_ASCII",
            ("api_secret", Fault::Empty) => "SECRET_EMPTY",
            ("api_secret", Fault::EdgeBlank) => "SECRET_EDGE_BLANK",
            ("api_secret", Fault::EdgeLineEnd) => "SECRET_EDGE_LINE_END",
            ("api_secret", Fault::EdgeByteOrderMark) => "SECRET_EDGE_BYTE_ORDER_MARK",
            _ => "OTHER",
        };
        Self::of_range(code, error.to_string())
    }
}

impl From<NonceError> for Fault {
    fn from(error: NonceError) -> Self {
        let code = match error {
            NonceError::Empty => "NONCE_EMPTY",
            NonceError::TooLong => "NONCE_TOO_LONG",
            NonceError::NotDigits => "NONCE_NOT_DIGITS",
            _ => "OTHER",
        };
        Self::of_range(code, error.to_string())
    }
}

impl From<SignError> for Fault {
    fn from(error: SignError) -> Self {
        let message = error.to_string();
        match error {
            SignError::ClockBeforeEpoch => Self::error("CLOCK_BEFORE_EPOCH", message),
            SignError::RandomSource => Self::error("RANDOM_SOURCE", message),
            SignError::ExpiryOverflow => Self::of_range("EXPIRY_OVERFLOW", message),
            _ => Self::error("OTHER", message),
        }
    }
}

impl From<VerifyError> for Fault {
    fn from(error: VerifyError) -> Self {
        let code = match error {
            VerifyError::Malformed => "MALFORMED",
            VerifyError::Mismatch => "MISMATCH",
            VerifyError::Order => "ORDER",
            VerifyError::Expired => "EXPIRED",
            _ => "OTHER",
        };
        Self::error(code, error.to_string())
    }
}
