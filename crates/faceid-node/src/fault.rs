//! Errors as JavaScript has them: a class, a message, and a `code` that stays the same.

use std::borrow::Cow;

use faceid_sign::{CredentialsError, NonceError, SignError, VerifyError};
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

impl From<CredentialsError> for Fault {
    fn from(error: CredentialsError) -> Self {
        Self::of_range(error.code(), error.to_string())
    }
}

impl From<NonceError> for Fault {
    fn from(error: NonceError) -> Self {
        Self::of_range(error.code(), error.to_string())
    }
}

impl From<SignError> for Fault {
    fn from(error: SignError) -> Self {
        let class = match error {
            SignError::ExpiryOverflow => Class::RangeError,
            _ => Class::Error,
        };
        Self::new(class, error.code(), error.to_string())
    }
}

impl From<VerifyError> for Fault {
    fn from(error: VerifyError) -> Self {
        Self::error(error.code(), error.to_string())
    }
}
