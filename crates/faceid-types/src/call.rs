//! One call and its attempts: what to send next, and what an answer means.

use std::fmt;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use faceid_sign::{SignError, Signature, Stamp, Validity};
use http::header::{ACCEPT, ACCEPT_ENCODING, AGE, CONTENT_TYPE, DATE, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use rand::TryRng as _;

use crate::clock::{Moment, ServerDate, SignTimes, unix};
use crate::config::{check_key, is_plain_path};
use crate::decode::{Envelope, shown_id};
use crate::error::Spent;
use crate::form::Boundary;
use crate::quota::Quota;
use crate::retry::{Event, Standing, Verdict, decide};
use crate::trace::Span;
use crate::{
    Answer, ApiError, AttemptRecord, AuthorizationReason, Context, DecodeError, Endpoint, Error, ErrorCode,
    Form, Invalid, Outcome, TransportError, TransportKind,
};

/// One call, from the first attempt to its result.
///
/// It decides all there is to decide and does no I/O: see the loop in the [crate's documentation](crate). Drop it at
/// any time to give up.
///
/// With the feature `tracing` each attempt is a span `faceid.attempt`, with `server.address`,
/// `http.response.status_code`, `http.request.resend_count`, `error.type`, and the endpoint, attempt and request id.
#[must_use = "a call sends nothing by itself"]
pub struct Call<'a, E> {
    context: &'a Context,
    request: &'a E,
    started: Option<Instant>,
    attempts: u32,
    current: Option<Current<'a>>,
    /// Whether any attempt may have sent something.
    maybe_sent: bool,
    /// What the last retry took from the quota.
    paid: u32,
    /// What was taken for an attempt that has not begun yet; it goes back if the call is given up first.
    unspent: u32,
    free_repeat_used: bool,
    clock_corrected: bool,
}

/// The attempt that is under way.
struct Current<'a> {
    signature: Signature,
    /// The fields that nothing shown may repeat.
    personal: Form<'a>,
    times: SignTimes,
    started: Instant,
    span: Span,
}

/// What to send, and the limits to keep.
#[non_exhaustive]
pub struct Attempt {
    /// The request, signed for this attempt alone. Its body holds the sign: not for a log.
    pub request: Request<Vec<u8>>,
    /// The time that the whole exchange may take, body included.
    pub budget: Duration,
    /// The part of it that name resolution, TCP and TLS may take together.
    pub connect_budget: Duration,
    /// The longest body to read, in bytes. What is longer is [`TransportKind::Limit`].
    pub body_limit: usize,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("uri", self.request.uri())
            .field("body", &format_args!("{} bytes", self.request.body().len()))
            .field("budget", &self.budget)
            .field("connect_budget", &self.connect_budget)
            .field("body_limit", &self.body_limit)
            .finish()
    }
}

/// What comes after an attempt.
#[derive(Debug)]
#[must_use]
pub enum Step<T> {
    /// The call is over.
    Done(Result<T, Error>),
    /// Wait this long, then ask for the next attempt.
    Retry(Duration),
}

impl<'a, E: Endpoint> Call<'a, E> {
    /// A call of this request. Nothing is checked or signed yet.
    pub fn new(context: &'a Context, request: &'a E) -> Self {
        context.shared.in_flight.fetch_add(1, Ordering::Relaxed);
        Self {
            context,
            request,
            started: None,
            attempts: 0,
            current: None,
            maybe_sent: false,
            paid: 0,
            unspent: 0,
            free_repeat_used: false,
            clock_corrected: false,
        }
    }

    /// The next attempt: checked, signed for this moment, with what is left of the time.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`], if a field is wrong, or the `api_key` of [`Context::with_credentials`] is too long, and a time-out
    /// where the deadline has passed already.
    pub fn next(&mut self, now: Moment) -> Result<Attempt, Error> {
        self.started.get_or_insert(now.steady);
        // An attempt whose outcome was not told may have been sent.
        self.maybe_sent |= self.current.take().is_some();
        self.prepare(now).map_err(|error| error.with_spent(self.spent(now)))
    }

    fn prepare(&mut self, now: Moment) -> Result<Attempt, Error> {
        let remaining = self.remaining(now);
        if remaining.is_zero() {
            return Err(TransportError::from(TransportKind::Timeout).into());
        }
        let config = &self.context.config;
        let (signature, times) = self.sign(now)?;

        let mut form = Form::default();
        self.request.write(&mut form)?;
        let boundary = form.boundary(&self.context.boundary, Boundary::draw);
        let boundary = boundary.ok_or_else(|| unsigned(SignError::RandomSource))?;
        let body = form.encode(signature.expose(), &boundary);
        let request = self.post(boundary, body)?;
        form.keep_personal();

        self.unspent = 0;
        self.attempts += 1;
        let span = Span::new(E::PATH, &self.context.base.host, self.attempts);
        self.current = Some(Current { signature, personal: form, times, started: now.steady, span });
        let budget = config.attempt_timeout.unwrap_or(E::ATTEMPT_TIMEOUT).min(remaining).min(LONGEST_ATTEMPT);
        let connect_budget = config.connect_timeout.min(budget);
        Ok(Attempt { request, budget, connect_budget, body_limit: E::BODY_LIMIT })
    }

    /// What the outcome of the last attempt means, and what comes next.
    pub fn finish(
        &mut self,
        outcome: Result<Response<Vec<u8>>, TransportError>,
        now: Moment,
    ) -> Step<E::Response> {
        let Some(current) = self.current.take() else {
            let error = Invalid::new("finish", "was called without an attempt under way");
            return Step::Done(Err(Error::from(error).with_spent(self.spent(now))));
        };
        let mut record = AttemptRecord {
            attempt: self.attempts,
            duration: now.steady.saturating_duration_since(current.started),
            ..AttemptRecord::new(E::PATH, Outcome::Success)
        };
        let (error, event) = match self.read(outcome, &current, now) {
            Ok(Success { response, status, request_id }) => {
                self.context.shared.quota.give(if self.attempts == 1 { Quota::FIRST_TRY } else { self.paid });
                self.context.shared.stale.succeeded();
                self.maybe_sent = true;
                record.status = Some(status);
                record.request_id = request_id.as_deref();
                self.tell(current.span, &record);
                return Step::Done(Ok(response));
            }
            Err(failure) => failure,
        };
        self.maybe_sent |= event != Event::NeverSent;
        let wait = self.wait(event, now);
        let error = error.with_spent(self.spent(now));

        record.outcome = match &error {
            Error::Transport(error) => Outcome::Transport(error.kind()),
            Error::Decode(_) => Outcome::Decode,
            Error::Api(_) | Error::Invalid(_) => Outcome::Api,
        };
        record.status = error.status();
        record.code = error.code();
        record.request_id = error.request_id();
        record.wait = wait;
        self.tell(current.span, &record);
        match wait {
            Some(wait) => Step::Retry(wait),
            None => Step::Done(Err(error)),
        }
    }

    fn sign(&self, now: Moment) -> Result<(Signature, SignTimes), Invalid> {
        check_key(&self.context.credentials)?;
        let issued_at = unix(now.wall).saturating_add(self.context.shared.correction.get());
        let validity = self.context.config.validity;
        let signature = u64::try_from(issued_at)
            .map_err(|_| SignError::ClockBeforeEpoch)
            .and_then(Stamp::at)
            .and_then(|stamp| self.context.credentials.sign(&stamp, validity))
            .map_err(unsigned)?;
        let expires_at = match validity {
            Validity::Once => None,
            Validity::Seconds(seconds) => Some(issued_at.saturating_add(seconds.get().into())),
        };
        Ok((signature, SignTimes { issued_at, expires_at }))
    }

    fn post(&self, boundary: Boundary, body: Vec<u8>) -> Result<Request<Vec<u8>>, Invalid> {
        if !const { is_plain_path(E::PATH) } {
            return Err(Invalid::new("PATH", "of the endpoint is not a plain path"));
        }
        let url = self.context.base.url_of(E::PATH);
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() =
            url.map_err(|_| Invalid::new("PATH", "of the endpoint does not fit into a URL"))?;
        let headers = [
            (CONTENT_TYPE, boundary.content_type()),
            (USER_AGENT, HeaderValue::from_static(concat!("faceid-rust/", env!("CARGO_PKG_VERSION")))),
            (ACCEPT, HeaderValue::from_static("application/json")),
            // An answer that is not compressed cannot unfold into something larger than its limit.
            (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
        ];
        request.headers_mut().extend(headers);
        Ok(request)
    }

    /// What an outcome amounts to.
    fn read(
        &mut self,
        outcome: Result<Response<Vec<u8>>, TransportError>,
        current: &Current<'_>,
        now: Moment,
    ) -> Result<Success<E::Response>, (Error, Event)> {
        let sign = ("sign", current.signature.expose());
        let secrets: Vec<_> = std::iter::once(sign).chain(current.personal.texts()).collect();
        let (head, body) = match outcome {
            Ok(response) => response.into_parts(),
            Err(error) => {
                let event = Event::of_transport(error.kind());
                return Err((error.without(&secrets).into(), event));
            }
        };
        let status = head.status.as_u16();
        let server_date = self.server_date(&head.headers, current, now);
        self.drop_outdated_correction(server_date);

        let envelope = match Envelope::read(&body) {
            Ok(envelope) if head.status.is_success() && !envelope.failed => envelope,
            Err(fault) if head.status.is_success() => {
                return Err((DecodeError::new(status, fault, body).into(), Event::Final));
            }
            failed => {
                let error = ApiError::new(status, failed.unwrap_or_default(), body, &secrets);
                let event = self.event_of(&error, &head.headers, current.times, server_date, now);
                return Err((error.into(), event));
            }
        };
        let request_id = envelope.request_id.and_then(|id| shown_id(id, &secrets));
        let answer = Answer {
            body: &body,
            request_id: request_id.as_deref(),
            time_used: envelope.time_used,
            received_at: now.wall,
            sign: current.signature.expose(),
        };
        match E::read(&answer) {
            Ok(response) => Ok(Success { response, status, request_id }),
            Err(fault) => {
                Err((DecodeError::new(status, fault, body).with_request_id(request_id).into(), Event::Final))
            }
        }
    }

    fn event_of(
        &mut self,
        error: &ApiError,
        headers: &HeaderMap,
        times: SignTimes,
        server_date: Option<ServerDate>,
        now: Moment,
    ) -> Event {
        let expired = ErrorCode::AuthorizationError(AuthorizationReason::ExpiredSign);
        if error.code() == Some(&expired) && !self.clock_corrected {
            if let Some(correction) = server_date.and_then(|date| date.correction(times)) {
                self.clock_corrected = true;
                self.context.shared.correction.set(correction);
                return Event::ClockCorrected;
            }
        }
        Event::of_api(error, retry_after(headers, self.service_time(now)))
    }

    /// The answer's Date, where nobody can have changed or stored it on its way.
    fn server_date(&self, headers: &HeaderMap, current: &Current<'_>, now: Moment) -> Option<ServerDate> {
        if !self.context.base.is_trusted() || headers.contains_key(AGE) {
            return None;
        }
        let date = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
        let round_trip = now.steady.saturating_duration_since(current.started);
        // The answer was written somewhere between sending and receiving.
        let written = now.wall.checked_sub(round_trip / 2).unwrap_or(now.wall);
        Some(ServerDate { date: unix(date), local: unix(written), round_trip })
    }

    fn drop_outdated_correction(&self, server_date: Option<ServerDate>) {
        let correction = &self.context.shared.correction;
        if server_date.is_some_and(|date| date.outdates(correction.get())) {
            correction.set(0);
        }
    }

    /// The service's time of day, as far as it is known.
    fn service_time(&self, now: Moment) -> SystemTime {
        let correction = self.context.shared.correction.get();
        let by = Duration::from_secs(correction.unsigned_abs());
        let corrected =
            if correction.is_negative() { now.wall.checked_sub(by) } else { now.wall.checked_add(by) };
        corrected.unwrap_or(now.wall)
    }

    /// The wait before the next attempt, paid for; `None` to stop.
    fn wait(&mut self, event: Event, now: Moment) -> Option<Duration> {
        let free = event == Event::Interrupted { free: false } && !self.free_repeat_used;
        let event = if free && E::REPEATABLE && self.context.shared.stale.take() {
            Event::Interrupted { free: true }
        } else {
            event
        };
        self.free_repeat_used |= free;
        let standing = Standing {
            attempts: self.attempts,
            repeatable: E::REPEATABLE,
            remaining: self.remaining(now),
            jitter: jitter(),
        };
        match decide(event, standing, self.context.config.retry) {
            Verdict::Again { wait, price } if self.context.shared.quota.take(price) => {
                (self.paid, self.unspent) = (price, price);
                Some(wait)
            }
            Verdict::Again { .. } | Verdict::Stop => None,
        }
    }

    fn tell(&self, span: Span, record: &AttemptRecord<'_>) {
        if let Some(observer) = &self.context.config.observer {
            (observer.0)(record);
        }
        span.end(record);
    }
}

impl<E> Call<'_, E> {
    fn elapsed(&self, now: Moment) -> Duration {
        self.started.map_or(Duration::ZERO, |started| now.steady.saturating_duration_since(started))
    }

    fn remaining(&self, now: Moment) -> Duration {
        self.context.deadline.saturating_sub(self.elapsed(now))
    }

    fn spent(&self, now: Moment) -> Spent {
        Spent { attempts: self.attempts, elapsed: self.elapsed(now), maybe_sent: self.maybe_sent }
    }
}

impl<E> Drop for Call<'_, E> {
    fn drop(&mut self) {
        self.context.shared.quota.give(self.unspent);
        self.context.shared.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<E> fmt::Debug for Call<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("attempts", &self.attempts).finish_non_exhaustive()
    }
}

/// A year. `Duration::MAX` says "without a limit", and HTTP libraries panic where it is added to an instant.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(365 * 24 * 3600);

struct Success<T> {
    response: T,
    status: u16,
    request_id: Option<String>,
}

/// Nothing can be sent unsigned; what stood in the way is on this side.
fn unsigned(error: SignError) -> Invalid {
    match error {
        SignError::RandomSource => Invalid::new("random", "source of the operating system failed"),
        SignError::ClockBeforeEpoch => Invalid::new("clock", "stands before 1970"),
        _ => Invalid::new("validity", "reaches past what 64 bits hold"),
    }
}

/// A random number from 0 to 1. Where the source fails, the longest wait is the safe one.
fn jitter() -> f64 {
    rand::rngs::SysRng.try_next_u32().map_or(1.0, |drawn| f64::from(drawn) / f64::from(u32::MAX))
}

/// Zero where there is no such header, or none that can be read.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Duration {
    let Some(value) = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::trim) else {
        return Duration::ZERO;
    };
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Duration::from_secs(value.parse().unwrap_or(u64::MAX));
    }
    httpdate::parse_http_date(value).ok().and_then(|date| date.duration_since(now).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_nothing_could_be_signed() {
        let cases = [
            (SignError::RandomSource, "random"),
            (SignError::ClockBeforeEpoch, "clock"),
            (SignError::ExpiryOverflow, "validity"),
        ];
        for (error, field) in cases {
            assert_eq!(unsigned(error).field(), field);
        }
    }
}
