//! What can go wrong between sending a request and having an answer, whatever the HTTP library.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use crate::Text;
use crate::error::Spent;
use crate::redact::redacted;

/// How an exchange failed. It decides whether asking again is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportKind {
    /// No byte of the request was sent: the name did not resolve, the connection was refused or not made in time, the
    /// TLS handshake was cut off. Always safe to repeat.
    NeverSent,
    /// TLS was refused: a certificate that does not verify, no common version, an alert. It will not get better by
    /// asking again.
    Tls,
    /// The time was over after the request was, or may have been, sent.
    Timeout,
    /// The connection ended or was reset before a whole response head. A pooled connection that the server had closed
    /// looks so.
    Interrupted,
    /// What came was not a whole, well-formed HTTP answer: the body was cut off, or head or framing were wrong.
    Misframed,
    /// The answer is larger than the limit for its head or body.
    Limit,
    /// Anything else, such as an answer from another URL than the one asked.
    Other,
}

impl TransportKind {
    /// A short name in `snake_case`, for metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NeverSent => "never_sent",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Interrupted => "interrupted",
            Self::Misframed => "misframed",
            Self::Limit => "limit",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for TransportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NeverSent => "the service could not be reached",
            Self::Tls => "TLS was refused",
            Self::Timeout => "no answer in time",
            Self::Interrupted => "the connection ended before an answer",
            Self::Misframed => "the answer is broken off or not HTTP",
            Self::Limit => "the answer is larger than allowed",
            Self::Other => "the exchange failed",
        })
    }
}

/// An exchange that gave no answer.
///
/// The HTTP library's error is its [`source`](StdError::source), without being part of its type.
pub struct TransportError {
    kind: TransportKind,
    source: Option<Box<dyn StdError + Send + Sync>>,
    pub(crate) spent: Spent,
}

impl TransportError {
    /// For a transport: what happened, and the library's error.
    #[must_use]
    pub fn new(kind: TransportKind, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { kind, source: Some(source.into()), spent: Spent::of(kind) }
    }

    /// The same without what must not be shown: where the library repeats it, as HTTP/2's do what a server says at the
    /// end, its error gives way to its text.
    pub(crate) fn without(mut self, secrets: &[(&str, &str)]) -> Self {
        let repeats = |error: &(dyn StdError + 'static)| {
            [error.to_string(), format!("{error:?}")]
                .iter()
                .any(|text| matches!(redacted(text, secrets), Cow::Owned(_)))
        };
        if let Some(last) = self.causes().last().filter(|_| self.causes().any(repeats)) {
            self.source = Some(redacted(&last.to_string(), secrets).into());
        }
        self
    }

    /// The library's error, and what it comes from.
    fn causes(&self) -> impl Iterator<Item = &(dyn StdError + 'static)> {
        std::iter::successors(self.source(), |&error| error.source())
    }

    /// How it failed.
    #[must_use]
    pub fn kind(&self) -> TransportKind {
        self.kind
    }
}

/// An error without a source.
impl From<TransportKind> for TransportError {
    fn from(kind: TransportKind) -> Self {
        Self { kind, source: None, spent: Spent::of(kind) }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        // Libraries wrap errors in errors; the last one says what happened.
        match self.causes().last() {
            Some(cause) => write!(f, ": {}", Text::from(cause.to_string())),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransportError({self})")
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
