//! One line on what to do about an error.

use std::fmt;

use crate::{AuthorizationReason, Error, ErrorCode, TransportKind};

/// What to do about an [`Error`], as a value: show it, or translate it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hint {
    /// A field of the request.
    MendField,
    /// This machine's clock or random source: nothing can be signed.
    Machine,
    /// `MISSING_ARGUMENTS`.
    MissingArguments,
    /// `BAD_ARGUMENTS: liveness_id`.
    LivenessId,
    /// `BAD_ARGUMENTS` of another parameter.
    BadArguments,
    /// `AUTHENTICATION_ERROR`, `INVALID_SIGN`.
    KeyAndSecret,
    /// `EXPIRED_SIGN`.
    Clock,
    /// `REPLAY_ATTACK`.
    Replay,
    /// `API_KEY_BE_DISCONTINUED`.
    KeyStopped,
    /// `IP_NOT_ALLOWED`.
    Address,
    /// `LIMIT_REACHED`.
    TestQuota,
    /// `DENIED`.
    NoRight,
    /// `CONCURRENCY_LIMIT_EXCEEDED`, 429.
    Concurrency,
    /// `API_NOT_FOUND`, 404.
    Path,
    /// `INTERNAL_ERROR`.
    ServerFault,
    /// A gateway's answer.
    Gateway,
    /// A redirect.
    Redirect,
    /// Nothing could be sent.
    Unreachable,
    /// TLS was refused.
    Tls,
    /// No answer in time.
    Slow,
    /// The deadline passed before anything was sent.
    Deadline,
    /// The connection or the answer broke off.
    Broken,
    /// The answer is not the service's.
    NotTheService,
    /// An error that no page of the vendor lists.
    Unknown,
}

impl Hint {
    pub(crate) fn of(error: &Error) -> Self {
        match error {
            Error::Invalid(error) if matches!(error.field(), "clock" | "random") => Self::Machine,
            Error::Invalid(_) => Self::MendField,
            Error::Transport(error) => match error.kind() {
                TransportKind::NeverSent => Self::Unreachable,
                TransportKind::Tls => Self::Tls,
                TransportKind::Timeout if error.spent.maybe_sent => Self::Slow,
                TransportKind::Timeout => Self::Deadline,
                TransportKind::Interrupted | TransportKind::Misframed => Self::Broken,
                TransportKind::Limit | TransportKind::Other => Self::NotTheService,
            },
            Error::Decode(_) => Self::NotTheService,
            Error::Api(error) => match error.code() {
                Some(ErrorCode::MissingArguments) => Self::MissingArguments,
                Some(ErrorCode::BadArguments) => match error.detail() {
                    Some(key) if key.eq_ignore_ascii_case("liveness_id") => Self::LivenessId,
                    _ => Self::BadArguments,
                },
                Some(ErrorCode::AuthenticationError) => Self::KeyAndSecret,
                Some(ErrorCode::AuthorizationError(reason)) => Self::of_reason(reason),
                Some(ErrorCode::ConcurrencyLimitExceeded) => Self::Concurrency,
                Some(ErrorCode::ApiNotFound) => Self::Path,
                Some(ErrorCode::InternalError) => Self::ServerFault,
                Some(ErrorCode::Other(_)) => Self::Unknown,
                None => match error.status() {
                    300..=399 => Self::Redirect,
                    404 => Self::Path,
                    429 => Self::Concurrency,
                    _ => Self::Gateway,
                },
            },
        }
    }

    fn of_reason(reason: &AuthorizationReason) -> Self {
        match reason {
            AuthorizationReason::ApiKeyBeDiscontinued => Self::KeyStopped,
            AuthorizationReason::IpNotAllowed => Self::Address,
            AuthorizationReason::LimitReached => Self::TestQuota,
            AuthorizationReason::Denied => Self::NoRight,
            AuthorizationReason::ExpiredSign => Self::Clock,
            AuthorizationReason::InvalidSign => Self::KeyAndSecret,
            AuthorizationReason::ReplayAttack => Self::Replay,
            AuthorizationReason::Other(_) => Self::Unknown,
        }
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MendField => "mend the field that is named",
            Self::Machine => "set this machine's clock, or mend its random source: nothing can be signed",
            Self::MissingArguments => "send the parameter that is named; a gateway may have dropped the form",
            Self::LivenessId => {
                "take the scene's id from the console, of the same account and region as the key"
            }
            Self::BadArguments => "mend the parameter that is named: its form or its length is wrong",
            Self::KeyAndSecret => {
                "api_key and api_secret must be a pair, of this region and brand, without blanks"
            }
            Self::Clock => {
                "compare this machine's clock with the service's: the sign was out of date on arrival"
            }
            Self::Replay => "a single-use sign serves one request: sign each attempt anew",
            Self::KeyStopped => "the api_key was stopped: ask the vendor, or take another key",
            Self::Address => "the service does not take this machine's address for this key: ask the vendor",
            Self::TestQuota => {
                "the test key's quota is used up: ask the vendor for more, or take a formal key"
            }
            Self::NoRight => "the key has no right to this API: have the vendor switch it on, in this region",
            Self::Concurrency => "too many requests at once: ask for fewer, or have the limit raised",
            Self::Path => "check base URL and path prefix (/faceid, or /finauth for the second brand)",
            Self::ServerFault => {
                "a fault of the service: ask again later; if it stays, give the vendor the request_id"
            }
            Self::Gateway => "a gateway answered in place of the service: check base URL, proxy and firewall",
            Self::Redirect => "redirects are not followed: set the base URL that answers itself",
            Self::Unreachable => "check base URL, name resolution, proxy and firewall",
            Self::Tls => "check the certificate, the roots this machine trusts, and any proxy that opens TLS",
            Self::Slow => "ask again later; whether the request arrived is not known",
            Self::Deadline => "give the call more time: its deadline passed before anything was sent",
            Self::Broken => "ask again later; if it stays, a gateway or proxy breaks connections off",
            Self::NotTheService => {
                "check base URL and proxy: the answer is not what the service's page describes"
            }
            Self::Unknown => {
                "the vendor's page does not list this error: ask the vendor, with the request_id"
            }
        })
    }
}
