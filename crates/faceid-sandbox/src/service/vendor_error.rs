//! The errors that the vendor's page lists, with their statuses. [get token; the table of errors]

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use faceid_types::ErrorCode;
use serde::{Deserialize, Serialize};

/// An error of the service, as its page lists it.
///
/// It is shown, and read, as the text of the field `error`:
///
/// ```
/// use faceid_sandbox::VendorError;
///
/// let error: VendorError = "AUTHORIZATION_ERROR: LIMIT_REACHED".parse()?;
/// assert_eq!(error, VendorError::AuthorizationError("LIMIT_REACHED".into()));
/// assert_eq!(error.to_string(), "AUTHORIZATION_ERROR: LIMIT_REACHED");
/// # Ok::<(), faceid_sandbox::NotAnError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
#[non_exhaustive]
pub enum VendorError {
    /// 400 `MISSING_ARGUMENTS: <key>`.
    MissingArguments(Cow<'static, str>),
    /// 400 `BAD_ARGUMENTS: <key>`.
    BadArguments(Cow<'static, str>),
    /// 403 `AUTHENTICATION_ERROR`.
    AuthenticationError,
    /// 403 `AUTHORIZATION_ERROR: <reason>`. The page says that other reasons than its own may come, so any text will do.
    AuthorizationError(Cow<'static, str>),
    /// 403 or 429 `CONCURRENCY_LIMIT_EXCEEDED`: see [`Settings::concurrency_status`](crate::Settings).
    ConcurrencyLimitExceeded,
    /// 404 `API_NOT_FOUND`.
    ApiNotFound,
    /// 500 `INTERNAL_ERROR`.
    InternalError,
}

impl VendorError {
    pub(crate) const API_KEY_BE_DISCONTINUED: Self =
        Self::AuthorizationError(Cow::Borrowed("API_KEY_BE_DISCONTINUED"));
    pub(crate) const DENIED: Self = Self::AuthorizationError(Cow::Borrowed("DENIED"));
    pub(crate) const EXPIRED_SIGN: Self = Self::AuthorizationError(Cow::Borrowed("EXPIRED_SIGN"));
    pub(crate) const IP_NOT_ALLOWED: Self = Self::AuthorizationError(Cow::Borrowed("IP_NOT_ALLOWED"));
    pub(crate) const INVALID_SIGN: Self = Self::AuthorizationError(Cow::Borrowed("INVALID_SIGN"));
    pub(crate) const LIMIT_REACHED: Self = Self::AuthorizationError(Cow::Borrowed("LIMIT_REACHED"));
    pub(crate) const REPLAY_ATTACK: Self = Self::AuthorizationError(Cow::Borrowed("REPLAY_ATTACK"));

    pub(crate) const fn missing(key: &'static str) -> Self {
        Self::MissingArguments(Cow::Borrowed(key))
    }

    pub(crate) const fn bad(key: &'static str) -> Self {
        Self::BadArguments(Cow::Borrowed(key))
    }
}

impl fmt::Display for VendorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingArguments(key) => write!(f, "MISSING_ARGUMENTS: {key}"),
            Self::BadArguments(key) => write!(f, "BAD_ARGUMENTS: {key}"),
            Self::AuthenticationError => f.write_str("AUTHENTICATION_ERROR"),
            Self::AuthorizationError(reason) => write!(f, "AUTHORIZATION_ERROR: {reason}"),
            Self::ConcurrencyLimitExceeded => f.write_str("CONCURRENCY_LIMIT_EXCEEDED"),
            Self::ApiNotFound => f.write_str("API_NOT_FOUND"),
            Self::InternalError => f.write_str("INTERNAL_ERROR"),
        }
    }
}

impl FromStr for VendorError {
    type Err = NotAnError;

    fn from_str(text: &str) -> Result<Self, NotAnError> {
        let (code, detail) = ErrorCode::parse(text);
        let detail = detail.map(|detail| Cow::Owned(detail.to_owned()));
        match (code, detail) {
            (ErrorCode::MissingArguments, Some(key)) => Ok(Self::MissingArguments(key)),
            (ErrorCode::BadArguments, Some(key)) => Ok(Self::BadArguments(key)),
            (ErrorCode::AuthorizationError(_), Some(reason)) => Ok(Self::AuthorizationError(reason)),
            (ErrorCode::AuthenticationError, None) => Ok(Self::AuthenticationError),
            (ErrorCode::ConcurrencyLimitExceeded, None) => Ok(Self::ConcurrencyLimitExceeded),
            (ErrorCode::ApiNotFound, None) => Ok(Self::ApiNotFound),
            (ErrorCode::InternalError, None) => Ok(Self::InternalError),
            _ => Err(NotAnError),
        }
    }
}

impl From<VendorError> for String {
    fn from(error: VendorError) -> Self {
        error.to_string()
    }
}

impl TryFrom<String> for VendorError {
    type Error = NotAnError;

    fn try_from(text: String) -> Result<Self, NotAnError> {
        text.parse()
    }
}

/// A text that is none of the errors that the vendor's page lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an error that the vendor's page lists")]
pub struct NotAnError;
