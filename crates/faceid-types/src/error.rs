//! What a call can end with, and what a caller asks next.

use std::fmt;
use std::time::Duration;

use crate::decode::{Envelope, shown_id};
use crate::redact::Redaction;
use crate::{
    AuthorizationReason, DecodeFault, ErrorCode, Hint, Invalid, Text, TransportError, TransportKind,
};

/// Why a call gave no result.
///
/// Match on it, or ask it: each question below is answered whatever the variant. `Display` is one line that says what
/// happened, safe to log; [`hint`](Self::hint) says what to do.
///
/// ```
/// use faceid_types::{ApiError, Error, ErrorCode};
///
/// let error = Error::from(ApiError::from_response(403, r#"{"error":"CONCURRENCY_LIMIT_EXCEEDED"}"#));
/// assert_eq!(error.code(), Some(&ErrorCode::ConcurrencyLimitExceeded));
/// assert!(error.is_retryable() && !error.is_before_send());
/// println!("{error}: {}", error.hint());
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A field of the request is wrong. Nothing was sent.
    #[error(transparent)]
    Invalid(Box<Invalid>),
    /// There was no answer.
    #[error(transparent)]
    Transport(Box<TransportError>),
    /// The service, or a gateway before it, answered with an error.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// The service said yes, and the answer is not what its page describes.
    #[error(transparent)]
    Decode(Box<DecodeError>),
}

impl Error {
    /// The service's error code, if it gave one.
    #[must_use]
    pub fn code(&self) -> Option<&ErrorCode> {
        self.api().and_then(ApiError::code)
    }

    /// What followed the code: the parameter's name, the reason.
    #[must_use]
    pub fn detail(&self) -> Option<&Text> {
        self.api().and_then(ApiError::detail)
    }

    /// The HTTP status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Api(error) => Some(error.status),
            Self::Decode(error) => Some(error.status),
            Self::Invalid(_) | Self::Transport(_) => None,
        }
    }

    /// The service's id of the request, for a question to the vendor.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.request_id(),
            Self::Decode(error) => error.request_id(),
            Self::Invalid(_) | Self::Transport(_) => None,
        }
    }

    /// The answer's body as received, if there was one. It may repeat what was sent, so it is not for a log.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        match self {
            Self::Api(error) => Some(error.body()),
            Self::Decode(error) => Some(error.body()),
            Self::Invalid(_) | Self::Transport(_) => None,
        }
    }

    /// Whether the same request may succeed later without anybody mending anything.
    ///
    /// The attempts of this call are over; a queue of your own may ask again after a while. Whether the request may
    /// have arrived nevertheless is another question: [`is_before_send`](Self::is_before_send).
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Invalid(_) | Self::Decode(_) => false,
            Self::Transport(error) => matches!(
                error.kind(),
                TransportKind::NeverSent
                    | TransportKind::Timeout
                    | TransportKind::Interrupted
                    | TransportKind::Misframed
            ),
            Self::Api(error) => error.is_retryable(),
        }
    }

    /// Whether it is certain that no attempt of this call sent anything.
    #[must_use]
    pub fn is_before_send(&self) -> bool {
        match self {
            Self::Invalid(error) => !error.spent.maybe_sent,
            Self::Transport(error) => !error.spent.maybe_sent,
            Self::Api(_) | Self::Decode(_) => false,
        }
    }

    /// Whether the service calls the signature wrong. It has two ways to say so.
    #[must_use]
    pub fn is_signature(&self) -> bool {
        matches!(
            self.code(),
            Some(
                ErrorCode::AuthenticationError
                    | ErrorCode::AuthorizationError(AuthorizationReason::InvalidSign)
            )
        )
    }

    /// How many attempts were made.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.spent().attempts
    }

    /// The time from the first attempt to the last answer, waits included.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.spent().elapsed
    }

    /// The same after this many attempts and this time: for your own tests.
    #[must_use]
    pub fn with_attempts(self, attempts: u32, elapsed: Duration) -> Self {
        let spent = Spent { attempts, elapsed, ..self.spent() };
        self.with_spent(spent)
    }

    /// One line on what to do.
    #[must_use]
    pub fn hint(&self) -> Hint {
        Hint::of(self)
    }

    fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    fn spent(&self) -> Spent {
        match self {
            Self::Invalid(error) => error.spent,
            Self::Transport(error) => error.spent,
            Self::Api(error) => error.spent,
            Self::Decode(error) => error.spent,
        }
    }

    pub(crate) fn with_spent(mut self, spent: Spent) -> Self {
        match &mut self {
            Self::Invalid(error) => error.spent = spent,
            Self::Transport(error) => error.spent = spent,
            Self::Api(error) => error.spent = spent,
            Self::Decode(error) => error.spent = spent,
        }
        self
    }
}

macro_rules! from_variant {
    ($($variant:ident($inner:ty)),*) => {$(
        impl From<$inner> for Error {
            fn from(error: $inner) -> Self {
                Self::$variant(Box::new(error))
            }
        }
    )*};
}
from_variant!(Invalid(Invalid), Transport(TransportError), Api(ApiError), Decode(DecodeError));

/// What a call had cost when it ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Spent {
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    /// Whether any attempt may have sent something.
    pub(crate) maybe_sent: bool,
}

impl Spent {
    /// What is known of a transport's error outside of a call.
    pub(crate) fn of(kind: TransportKind) -> Self {
        Self { maybe_sent: kind != TransportKind::NeverSent, ..Self::default() }
    }
}

/// An answer that is an error.
///
/// It keeps what came: the status, the service's text and code, the request id, the body's bytes. `Debug` prints the
/// body's length alone.
pub struct ApiError {
    status: u16,
    code: Option<ErrorCode>,
    detail: Option<Text>,
    message: Option<Text>,
    request_id: Option<String>,
    time_used: Option<u64>,
    body: Vec<u8>,
    pub(crate) spent: Spent,
}

impl ApiError {
    /// Reads an answer that is an error, as a call does: for your own tests.
    ///
    /// ```
    /// use faceid_types::{ApiError, Error};
    ///
    /// let error = Error::from(ApiError::from_response(403, r#"{"error":"AUTHORIZATION_ERROR:EXPIRED_SIGN"}"#));
    /// assert_eq!(error.detail().unwrap(), "EXPIRED_SIGN");
    /// assert_eq!(error.hint().to_string(), "compare this machine's clock with the service's: the sign was out of date on arrival");
    /// ```
    #[must_use]
    pub fn from_response(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let envelope = Envelope::read(&body);
        Self::new(status, envelope.unwrap_or_default(), body, &[])
    }

    /// `secrets` are replaced by their names wherever the server repeats them.
    pub(crate) fn new(status: u16, envelope: Envelope, body: Vec<u8>, secrets: &[(&str, &str)]) -> Self {
        let text = envelope.error.as_deref().unwrap_or_default();
        let redaction = Redaction::of(text, secrets);
        let hide = |part: &str, at: Option<usize>| {
            redaction.part(at.map_or(0..text.len(), |at| at..at + part.len()))
        };
        // The code is read first: what a user is called must not turn one error into another.
        let (code, detail) = envelope.error.as_deref().map(ErrorCode::parse).unzip();
        let code = code.map(|code| match code {
            ErrorCode::Other(_) => code.map_text(|part| hide(part, text.find(part))),
            _ => code.map_text(|part| hide(part, text.rfind(part))),
        });
        let detail = detail.flatten().map(|part| hide(part, text.rfind(part)));
        let message = envelope.error.is_some().then(|| redaction.shown().into_owned());
        Self {
            status,
            code,
            detail: detail.map(Text::from),
            message: message.map(Text::from),
            request_id: envelope.request_id.and_then(|id| shown_id(id, secrets)),
            time_used: envelope.time_used,
            body,
            spent: Spent::default(),
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The code, if the answer is one of the service's. A gateway's page has none.
    #[must_use]
    pub fn code(&self) -> Option<&ErrorCode> {
        self.code.as_ref()
    }

    /// What followed the code.
    #[must_use]
    pub fn detail(&self) -> Option<&Text> {
        self.detail.as_ref()
    }

    /// The service's own text, whole.
    #[must_use]
    pub fn message(&self) -> Option<&Text> {
        self.message.as_ref()
    }

    /// The service's id of the request. Pages contradict each other on whether errors have one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// What the service took, in milliseconds, if it said so.
    #[must_use]
    pub fn time_used(&self) -> Option<u64> {
        self.time_used
    }

    /// The body as received. It may repeat what was sent, so it is not for a log.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    fn is_retryable(&self) -> bool {
        match &self.code {
            Some(ErrorCode::InternalError | ErrorCode::ConcurrencyLimitExceeded) => true,
            Some(ErrorCode::Other(_)) | None => matches!(self.status, 429 | 500 | 502 | 503 | 504),
            Some(_) => false,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(message) => write!(f, "{message} (HTTP {}", self.status)?,
            None => write!(f, "an answer without an error code (HTTP {}", self.status)?,
        }
        show_rest(f, self.request_id.as_deref(), self.spent)
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &self.message)
            .field("request_id", &self.request_id)
            .field("time_used", &self.time_used)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ApiError {}

/// A successful answer that does not read as one.
pub struct DecodeError {
    status: u16,
    fault: DecodeFault,
    request_id: Option<String>,
    body: Vec<u8>,
    pub(crate) spent: Spent,
}

impl DecodeError {
    /// An answer that does not read, as a call makes it: for your own tests.
    #[must_use]
    pub fn new(status: u16, fault: DecodeFault, body: impl Into<Vec<u8>>) -> Self {
        Self { status, fault, request_id: None, body: body.into(), spent: Spent::default() }
    }

    pub(crate) fn with_request_id(self, request_id: Option<String>) -> Self {
        Self { request_id, ..self }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// What is wrong with it.
    #[must_use]
    pub fn fault(&self) -> &DecodeFault {
        &self.fault
    }

    /// The service's id of the request, if it could be read.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The body as received. It may hold a token, so it is not for a log.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer does not read: {} (HTTP {}", self.fault, self.status)?;
        show_rest(f, self.request_id.as_deref(), self.spent)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("status", &self.status)
            .field("fault", &self.fault)
            .field("request_id", &self.request_id)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

impl std::error::Error for DecodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.fault)
    }
}

fn show_rest(f: &mut fmt::Formatter<'_>, request_id: Option<&str>, spent: Spent) -> fmt::Result {
    if let Some(request_id) = request_id {
        write!(f, ", request_id {request_id}")?;
    }
    if spent.attempts > 1 {
        write!(f, ", {} attempts in {:.1} s", spent.attempts, spent.elapsed.as_secs_f64())?;
    }
    f.write_str(")")
}
