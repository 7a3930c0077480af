//! A span for each attempt, if the feature `tracing` is on; nothing otherwise.
//!
//! Its fields are an allow-list, so no form, sign or secret can come into it.

use crate::AttemptRecord;

#[cfg(feature = "tracing")]
pub(crate) struct Span(tracing::Span);

#[cfg(feature = "tracing")]
impl Span {
    pub(crate) fn new(endpoint: &'static str, server: &str, attempt: u32) -> Self {
        Self(tracing::info_span!(
            target: "faceid",
            "faceid.attempt",
            otel.kind = "client",
            http.request.method = "POST",
            server.address = server,
            faceid.endpoint = endpoint,
            faceid.attempt = attempt,
            http.request.resend_count = attempt.saturating_sub(1),
            http.response.status_code = tracing::field::Empty,
            error.type = tracing::field::Empty,
            faceid.request_id = tracing::field::Empty,
        ))
    }

    /// Records how the attempt ended, and ends the span.
    pub(crate) fn end(self, record: &AttemptRecord<'_>) {
        if let Some(status) = record.status {
            self.0.record("http.response.status_code", status);
        }
        if let Some(request_id) = record.request_id {
            self.0.record("faceid.request_id", request_id);
        }
        if let Some(code) = record.code {
            self.0.record("error.type", tracing::field::display(code));
        } else if record.outcome != crate::Outcome::Success {
            self.0.record("error.type", record.outcome.as_str());
        }
    }
}

#[cfg(not(feature = "tracing"))]
pub(crate) struct Span;

#[cfg(not(feature = "tracing"))]
impl Span {
    pub(crate) fn new(_: &'static str, _: &str, _: u32) -> Self {
        Self
    }

    #[allow(clippy::unused_self, reason = "it stands in for a span")]
    pub(crate) fn end(self, _: &AttemptRecord<'_>) {}
}
