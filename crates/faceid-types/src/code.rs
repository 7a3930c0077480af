//! The service's error codes, in all the spellings that its pages have.

use std::fmt;

use crate::Text;

/// What the service calls an error. [get token; the table of errors]
///
/// The set is open: a code that is not known here is [`Other`](Self::Other), with its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// `MISSING_ARGUMENTS: <key>`: a required parameter is missing.
    MissingArguments,
    /// `BAD_ARGUMENTS: <key>`: a parameter does not parse, or is too long.
    BadArguments,
    /// `AUTHENTICATION_ERROR`: invalid signature.
    AuthenticationError,
    /// `AUTHORIZATION_ERROR: <reason>`.
    AuthorizationError(AuthorizationReason),
    /// `CONCURRENCY_LIMIT_EXCEEDED`: too many requests at once.
    ConcurrencyLimitExceeded,
    /// `API_NOT_FOUND`: no such API; the path is wrong.
    ApiNotFound,
    /// `INTERNAL_ERROR`: a fault of the server.
    InternalError,
    /// A code that is not in the list above, as it was written.
    Other(Text),
}

/// Why the service does not allow a request.
///
/// The vendor's list says that others may come: they are [`Other`](Self::Other), with their text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthorizationReason {
    /// `API_KEY_BE_DISCONTINUED`: the key was stopped.
    ApiKeyBeDiscontinued,
    /// `IP_NOT_ALLOWED`: reserved by the vendor.
    IpNotAllowed,
    /// `LIMIT_REACHED`: a test key's quota is used up.
    LimitReached,
    /// `DENIED`: the key has no right to this API.
    Denied,
    /// `EXPIRED_SIGN`: the sign's time is over.
    ExpiredSign,
    /// `INVALID_SIGN`: the signature is wrong.
    InvalidSign,
    /// `REPLAY_ATTACK`: a single-use sign was used before. In older lists of the vendor alone.
    ReplayAttack,
    /// A reason that is not in the list above, as it was written; empty where none was given.
    Other(Text),
}

impl ErrorCode {
    /// Reads an error text: `X: y`, `X:y` or `Xy`, in any case. What follows the code is given apart.
    ///
    /// ```
    /// use faceid_types::{AuthorizationReason, ErrorCode};
    ///
    /// let (code, detail) = ErrorCode::parse("AUTHORIZATION_ERROR:Denied");
    /// assert_eq!(code, ErrorCode::AuthorizationError(AuthorizationReason::Denied));
    /// assert_eq!(detail, Some("Denied"));
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> (Self, Option<&str>) {
        let (code, detail) = match text.split_once(':') {
            Some((code, detail)) => (code.trim(), detail.trim()),
            None => split_run_together(text.trim()),
        };
        let detail = Some(detail).filter(|detail| !detail.is_empty());
        let known = match code.to_ascii_uppercase().as_str() {
            "MISSING_ARGUMENTS" => Self::MissingArguments,
            "BAD_ARGUMENTS" => Self::BadArguments,
            "AUTHENTICATION_ERROR" => Self::AuthenticationError,
            "AUTHORIZATION_ERROR" => {
                Self::AuthorizationError(AuthorizationReason::parse(detail.unwrap_or_default()))
            }
            "CONCURRENCY_LIMIT_EXCEEDED" => Self::ConcurrencyLimitExceeded,
            "API_NOT_FOUND" => Self::ApiNotFound,
            "INTERNAL_ERROR" => Self::InternalError,
            // A code that names nothing would hide what stands after the colon.
            "" => Self::Other(text.into()),
            _ => Self::Other(code.into()),
        };
        (known, detail)
    }

    /// The same with the server's own words changed.
    pub(crate) fn map_text(self, change: impl FnOnce(&str) -> String) -> Self {
        match self {
            Self::Other(text) => Self::Other(change(&text).into()),
            Self::AuthorizationError(AuthorizationReason::Other(text)) => {
                Self::AuthorizationError(AuthorizationReason::Other(change(&text).into()))
            }
            known => known,
        }
    }

    /// The code as the vendor's page writes it; an [`Other`](Self::Other) as the server wrote it, of any length and with
    /// any character: not for a metric's label.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::MissingArguments => "MISSING_ARGUMENTS",
            Self::BadArguments => "BAD_ARGUMENTS",
            Self::AuthenticationError => "AUTHENTICATION_ERROR",
            Self::AuthorizationError(_) => "AUTHORIZATION_ERROR",
            Self::ConcurrencyLimitExceeded => "CONCURRENCY_LIMIT_EXCEEDED",
            Self::ApiNotFound => "API_NOT_FOUND",
            Self::InternalError => "INTERNAL_ERROR",
            Self::Other(text) => text,
        }
    }
}

impl AuthorizationReason {
    fn parse(text: &str) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "API_KEY_BE_DISCONTINUED" => Self::ApiKeyBeDiscontinued,
            "IP_NOT_ALLOWED" => Self::IpNotAllowed,
            "LIMIT_REACHED" => Self::LimitReached,
            "DENIED" => Self::Denied,
            "EXPIRED_SIGN" => Self::ExpiredSign,
            "INVALID_SIGN" => Self::InvalidSign,
            "REPLAY_ATTACK" => Self::ReplayAttack,
            _ => Self::Other(text.into()),
        }
    }

    /// The reason as the vendor's page writes it; an [`Other`](Self::Other) as the server wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::ApiKeyBeDiscontinued => "API_KEY_BE_DISCONTINUED",
            Self::IpNotAllowed => "IP_NOT_ALLOWED",
            Self::LimitReached => "LIMIT_REACHED",
            Self::Denied => "DENIED",
            Self::ExpiredSign => "EXPIRED_SIGN",
            Self::InvalidSign => "INVALID_SIGN",
            Self::ReplayAttack => "REPLAY_ATTACK",
            Self::Other(text) => text,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AuthorizationError(reason) => write!(f, "AUTHORIZATION_ERROR: {reason}"),
            Self::Other(text) => text.fmt(f),
            known => f.write_str(known.as_str()),
        }
    }
}

impl fmt::Display for AuthorizationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(text) => text.fmt(f),
            known => f.write_str(known.as_str()),
        }
    }
}

/// `BAD_ARGUMENTSuuid`, for the codes that have a detail. What goes on with an underscore is another code.
fn split_run_together(text: &str) -> (&str, &str) {
    for code in ["MISSING_ARGUMENTS", "BAD_ARGUMENTS", "AUTHORIZATION_ERROR"] {
        if let Some((start, rest)) = text.split_at_checked(code.len()) {
            if start.eq_ignore_ascii_case(code) && !rest.starts_with('_') {
                return (start, rest.trim());
            }
        }
    }
    (text, "")
}
