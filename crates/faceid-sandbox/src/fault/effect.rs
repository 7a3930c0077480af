//! One thing that happens, and its text.

use std::fmt;
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use faceid_types::ErrorCode;
use http::StatusCode;

use super::{NotAFault, number};
use crate::{NotAnError, VendorError};

/// What happens in place of an answer, or to it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// An error of the vendor's list.
    Error(VendorError),
    /// The connection is reset without an answer.
    Reset,
    /// The answer's body breaks off halfway.
    Truncate,
    /// A gateway's page, as HTML with this status.
    Html(StatusCode),
    /// The answer comes later, by a time that is drawn evenly from these.
    Delay(RangeInclusive<Duration>),
    /// The answer's body comes at this many bytes a second.
    Slow(NonZeroU32),
    /// The service's clock is ahead by so many seconds, or behind.
    Skew(i64),
}

impl Effect {
    /// Of one effect, and of several together.
    pub(super) const LONGEST_DELAY: Duration = Duration::from_secs(600);
    const LARGEST_SKEW: Duration = Duration::from_secs(3650 * 24 * 3600);

    /// Whether nothing is seen of the other one while this happens.
    pub(super) fn replaces(&self, other: &Self, stands_before: bool) -> bool {
        match (self, other) {
            (Self::Reset, Self::Error(_) | Self::Html(_) | Self::Truncate | Self::Slow(_)) => true,
            (Self::Error(_) | Self::Html(_), Self::Error(_) | Self::Html(_))
            | (Self::Reset, Self::Reset)
            | (Self::Truncate, Self::Truncate)
            | (Self::Slow(_), Self::Slow(_)) => stands_before,
            _ => false,
        }
    }

    /// The answer comes this much later.
    #[must_use]
    pub fn delay(by: Duration) -> Self {
        Self::Delay(by..=by)
    }
}

impl From<VendorError> for Effect {
    fn from(error: VendorError) -> Self {
        Self::Error(error)
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Reset => f.write_str("reset"),
            Self::Truncate => f.write_str("truncate"),
            Self::Html(status) => write!(f, "html{}", status.as_u16()),
            Self::Delay(by) => {
                write!(f, "delay={}ms", by.start().as_millis())?;
                if by.start() == by.end() { Ok(()) } else { write!(f, "-{}ms", by.end().as_millis()) }
            }
            Self::Slow(rate) => write!(f, "slow={rate}B/s"),
            Self::Skew(seconds) => write!(f, "skew={seconds:+}s"),
        }
    }
}

impl FromStr for Effect {
    type Err = NotAFault;

    fn from_str(text: &str) -> Result<Self, NotAFault> {
        match text {
            "reset" => return Ok(Self::Reset),
            "truncate" => return Ok(Self::Truncate),
            _ => {}
        }
        if let Some(status) = text.strip_prefix("html") {
            let status = number(status).and_then(|status| u16::try_from(status).ok());
            let status = status.and_then(|status| StatusCode::from_u16(status).ok());
            let status = status.filter(|status| status.is_client_error() || status.is_server_error());
            return status.map(Self::Html).ok_or(NotAFault::Html);
        }
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        match name {
            "delay" => delay(value).ok_or(NotAFault::Delay),
            "slow" => slow(value).ok_or(NotAFault::Slow),
            "skew" => skew(value).ok_or(NotAFault::Skew),
            "reset" => Err(NotAFault::Alone("reset")),
            "truncate" => Err(NotAFault::Alone("truncate")),
            _ => error(&text.replacen('=', ": ", 1)),
        }
    }
}

fn error(text: &str) -> Result<Effect, NotAFault> {
    text.parse().map(Effect::Error).map_err(|NotAnError| match ErrorCode::parse(text).0 {
        ErrorCode::MissingArguments => NotAFault::Detail("MISSING_ARGUMENTS=sign"),
        ErrorCode::BadArguments => NotAFault::Detail("BAD_ARGUMENTS=uuid"),
        ErrorCode::AuthorizationError(_) => NotAFault::Detail("AUTHORIZATION_ERROR=DENIED"),
        ErrorCode::AuthenticationError => NotAFault::Alone("AUTHENTICATION_ERROR"),
        ErrorCode::ConcurrencyLimitExceeded => NotAFault::Alone("CONCURRENCY_LIMIT_EXCEEDED"),
        ErrorCode::ApiNotFound => NotAFault::Alone("API_NOT_FOUND"),
        ErrorCode::InternalError => NotAFault::Alone("INTERNAL_ERROR"),
        _ if number(text).is_some() => NotAFault::Html,
        _ => NotAFault::Effect,
    })
}

fn delay(text: &str) -> Option<Effect> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to) = (time(from)?, time(to)?);
    (from <= to && to <= Effect::LONGEST_DELAY).then_some(Effect::Delay(from..=to))
}

fn slow(text: &str) -> Option<Effect> {
    let rate = match text.strip_suffix("kB/s") {
        Some(thousands) => number(thousands)?.checked_mul(1000)?,
        None => number(text.strip_suffix("B/s")?)?,
    };
    NonZeroU32::new(rate).map(Effect::Slow)
}

fn skew(text: &str) -> Option<Effect> {
    let (sign, text) = match text.split_at_checked(1)? {
        ("+", text) => (1, text),
        ("-", text) => (-1, text),
        _ => return None,
    };
    let by = time(text).filter(|by| by.subsec_nanos() == 0 && *by <= Effect::LARGEST_SKEW)?;
    Some(Effect::Skew(sign * i64::try_from(by.as_secs()).ok()?))
}

fn time(text: &str) -> Option<Duration> {
    let unit = text.find(|character: char| !character.is_ascii_digit())?;
    let count = u64::from(number(&text[..unit]).filter(|_| unit > 0)?);
    match &text[unit..] {
        "ms" => Some(Duration::from_millis(count)),
        "s" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_secs(count * 60)),
        "h" => Some(Duration::from_secs(count * 3600)),
        "d" => Some(Duration::from_secs(count * 24 * 3600)),
        _ => None,
    }
}
