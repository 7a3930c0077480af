//! Whether to ask again, and when: a pure function of what happened.

use std::time::Duration;

use crate::quota::Quota;
use crate::{ApiError, ErrorCode, TransportKind};

/// How often a call asks again, and after what.
///
/// Every attempt is signed anew, after the wait. A quota that all clones of a client share keeps an outage from being
/// doubled; repeats for a stale connection are outside of it, and a client has 64 of them, as many as it keeps idle
/// connections, with one more for each success. What is repeated:
///
/// | event | again | wait |
/// |---|---|---|
/// | never sent | yes | 50 ms x 2^n, full jitter, at most 20 s |
/// | connection ended before a whole response head | if repeatable | none the first time, then as above |
/// | time-out after sending, a broken or misframed answer | if repeatable | as above |
/// | `INTERNAL_ERROR`; 500, 502, 504 without a known error | if repeatable | as above |
/// | 503 without a known error | if repeatable | as the next row |
/// | `CONCURRENCY_LIMIT_EXCEEDED`, 429 | yes | 1 s x 2^n, full jitter, at most 20 s, and never less than `Retry-After` |
/// | `EXPIRED_SIGN`, and the answer's Date says that this clock is off | once | none |
/// | anything else | no | |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    max_attempts: u32,
    ambiguous: bool,
}

impl Retry {
    /// At most this many attempts, the first one included: 1 to 10, and what is outside is brought inside.
    #[must_use]
    pub fn max_attempts(self, attempts: u32) -> Self {
        Self { max_attempts: attempts.clamp(1, 10), ..self }
    }

    /// Whether to repeat a request that may have arrived, where the endpoint allows it at all (default: yes).
    ///
    /// `get_biz_token` only mints a token, so a repeat is safe; whether a token that nobody uses is billed is not
    /// documented, and `false` is for those who would rather not find out.
    #[must_use]
    pub fn ambiguous(self, again: bool) -> Self {
        Self { ambiguous: again, ..self }
    }
}

/// Three attempts, and repeats of what may have arrived.
impl Default for Retry {
    fn default() -> Self {
        Self { max_attempts: 3, ambiguous: true }
    }
}

/// What an attempt came to, as far as asking again goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    NeverSent,
    /// The connection ended before a whole response head, as a stale pooled one does. `free`: the first time in this
    /// call, and the client still has repeats for that.
    Interrupted {
        free: bool,
    },
    /// It may or may not have been served.
    Unknown,
    /// The service, or a gateway, failed.
    ServerFault,
    /// 503: it may have been served by whoever stands behind the gateway.
    Unavailable {
        retry_after: Duration,
    },
    /// It was refused, to be asked later.
    Throttled {
        retry_after: Duration,
    },
    /// The sign was out of date by a clock that is corrected now.
    ClockCorrected,
    /// Asking again would bring the same.
    Final,
}

impl Event {
    pub(crate) fn of_transport(kind: TransportKind) -> Self {
        match kind {
            TransportKind::NeverSent => Self::NeverSent,
            TransportKind::Interrupted => Self::Interrupted { free: false },
            TransportKind::Timeout | TransportKind::Misframed => Self::Unknown,
            TransportKind::Tls | TransportKind::Limit | TransportKind::Other => Self::Final,
        }
    }

    pub(crate) fn of_api(error: &ApiError, retry_after: Duration) -> Self {
        match error.code() {
            Some(ErrorCode::InternalError) => Self::ServerFault,
            Some(ErrorCode::ConcurrencyLimitExceeded) => Self::Throttled { retry_after },
            // An error that is not known says less than the status.
            Some(ErrorCode::Other(_)) | None => match error.status() {
                429 => Self::Throttled { retry_after },
                503 => Self::Unavailable { retry_after },
                500 | 502 | 504 => Self::ServerFault,
                _ => Self::Final,
            },
            Some(_) => Self::Final,
        }
    }
}

/// Where a call stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    /// Attempts made so far, 1 or more.
    pub(crate) attempts: u32,
    /// Whether the endpoint allows a repeat of what may have arrived.
    pub(crate) repeatable: bool,
    /// Time until the call's deadline.
    pub(crate) remaining: Duration,
    /// Full jitter: a random number from 0 to 1.
    pub(crate) jitter: f64,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Stop,
    Again {
        wait: Duration,
        /// The price in tokens of the quota.
        price: u32,
    },
}

const TRANSIENT_BASE: Duration = Duration::from_millis(50);
const THROTTLED_BASE: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(20);

pub(crate) fn decide(event: Event, standing: Standing, retry: Retry) -> Verdict {
    let repeatable = standing.repeatable && retry.ambiguous;
    let (allowed, wait, price) = match event {
        Event::NeverSent => (true, backoff(TRANSIENT_BASE, standing), Quota::TRANSIENT),
        Event::Interrupted { free: true } => (repeatable, Duration::ZERO, 0),
        Event::Interrupted { free: false } | Event::Unknown | Event::ServerFault => {
            (repeatable, backoff(TRANSIENT_BASE, standing), Quota::TRANSIENT)
        }
        Event::Unavailable { retry_after } => {
            (repeatable, backoff(THROTTLED_BASE, standing).max(retry_after), Quota::THROTTLED)
        }
        Event::Throttled { retry_after } => {
            (true, backoff(THROTTLED_BASE, standing).max(retry_after), Quota::THROTTLED)
        }
        // It costs too: of two servers whose clocks differ each could ask for a correction for ever.
        Event::ClockCorrected => (true, Duration::ZERO, Quota::TRANSIENT),
        Event::Final => (false, Duration::ZERO, 0),
    };
    if allowed && standing.attempts < retry.max_attempts && wait < standing.remaining {
        Verdict::Again { wait, price }
    } else {
        Verdict::Stop
    }
}

fn backoff(base: Duration, standing: Standing) -> Duration {
    let doublings = standing.attempts.saturating_sub(1).min(16);
    (base * 2_u32.pow(doublings)).min(LONGEST_WAIT).mul_f64(standing.jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Duration = Duration::from_secs(7);
    const NONE: Duration = Duration::ZERO;

    fn again(millis: u64, price: u32) -> Verdict {
        Verdict::Again { wait: Duration::from_millis(millis), price }
    }

    #[test]
    fn each_row_of_the_table() {
        // event, the longest wait after attempts 1 and 2 if repeatable, after attempt 1 if not
        let cases: &[(Event, Verdict, Verdict, Verdict)] = &[
            (Event::NeverSent, again(50, 14), again(100, 14), again(50, 14)),
            (Event::Interrupted { free: true }, again(0, 0), again(0, 0), Verdict::Stop),
            (Event::Interrupted { free: false }, again(50, 14), again(100, 14), Verdict::Stop),
            (Event::Unknown, again(50, 14), again(100, 14), Verdict::Stop),
            (Event::ServerFault, again(50, 14), again(100, 14), Verdict::Stop),
            (Event::Unavailable { retry_after: NONE }, again(1000, 5), again(2000, 5), Verdict::Stop),
            (Event::Unavailable { retry_after: AFTER }, again(7000, 5), again(7000, 5), Verdict::Stop),
            (Event::Throttled { retry_after: NONE }, again(1000, 5), again(2000, 5), again(1000, 5)),
            (Event::Throttled { retry_after: AFTER }, again(7000, 5), again(7000, 5), again(7000, 5)),
            (Event::ClockCorrected, again(0, 14), again(0, 14), again(0, 14)),
            (Event::Final, Verdict::Stop, Verdict::Stop, Verdict::Stop),
        ];
        let remaining = Duration::from_secs(30);
        let standing = |attempts, repeatable| Standing { attempts, repeatable, remaining, jitter: 1.0 };
        for &(event, first, second, not_repeatable) in cases {
            let retry = Retry::default();
            assert_eq!(decide(event, standing(1, true), retry), first, "{event:?}");
            assert_eq!(decide(event, standing(2, true), retry), second, "{event:?}");
            assert_eq!(decide(event, standing(3, true), retry), Verdict::Stop, "the last attempt: {event:?}");
            assert_eq!(decide(event, standing(1, false), retry), not_repeatable, "{event:?}");
            let unambiguous = retry.ambiguous(false);
            assert_eq!(decide(event, standing(1, true), unambiguous), not_repeatable, "{event:?}");
            assert_eq!(decide(event, standing(1, true), retry.max_attempts(1)), Verdict::Stop, "{event:?}");
        }
    }

    #[test]
    fn jitter_deadline_and_caps() {
        let retry = Retry::default().max_attempts(99);
        let standing = |attempts, millis, jitter| Standing {
            attempts,
            repeatable: true,
            remaining: Duration::from_millis(millis),
            jitter,
        };
        let throttled = Event::Throttled { retry_after: NONE };
        let cases: &[(Event, Standing, Verdict)] = &[
            (Event::NeverSent, standing(1, 30_000, 0.0), again(0, 14)),
            (Event::NeverSent, standing(1, 30_000, 0.5), again(25, 14)),
            (Event::NeverSent, standing(9, 30_000, 1.0), again(12_800, 14)),
            (throttled, standing(9, 30_000, 1.0), again(20_000, 5)),
            (throttled, standing(10, 30_000, 1.0), Verdict::Stop),
            // A wait that reaches the deadline would end with no time to ask.
            (throttled, standing(1, 1_001, 1.0), again(1_000, 5)),
            (throttled, standing(1, 1_000, 1.0), Verdict::Stop),
            (
                Event::Throttled { retry_after: Duration::from_secs(86_400) },
                standing(1, 30_000, 0.0),
                Verdict::Stop,
            ),
            (Event::Throttled { retry_after: Duration::MAX }, standing(1, 30_000, 0.0), Verdict::Stop),
            (Event::ClockCorrected, standing(1, 0, 1.0), Verdict::Stop),
            (Event::NeverSent, standing(u32::MAX, 30_000, 1.0), Verdict::Stop),
        ];
        for &(event, standing, expected) in cases {
            assert_eq!(decide(event, standing, retry), expected, "{event:?} {standing:?}");
        }
    }

    #[test]
    fn what_an_error_amounts_to() {
        let retry_after = AFTER;
        let cases: &[(u16, &str, Event)] = &[
            (200, "INTERNAL_ERROR", Event::ServerFault),
            (500, "INTERNAL_ERROR", Event::ServerFault),
            (403, "CONCURRENCY_LIMIT_EXCEEDED", Event::Throttled { retry_after }),
            (429, "concurrency_limit_exceeded", Event::Throttled { retry_after }),
            (429, "", Event::Throttled { retry_after }),
            (429, "TOO_FAST", Event::Throttled { retry_after }),
            (503, "", Event::Unavailable { retry_after }),
            (503, "BAD_ARGUMENTS: uuid", Event::Final),
            (500, "", Event::ServerFault),
            (502, "", Event::ServerFault),
            (504, "SOMETHING_NEW", Event::ServerFault),
            (500, "AUTHENTICATION_ERROR", Event::Final),
            (501, "", Event::Final),
            (302, "", Event::Final),
            (400, "MISSING_ARGUMENTS: sign", Event::Final),
            (403, "AUTHORIZATION_ERROR: DENIED", Event::Final),
            (404, "API_NOT_FOUND", Event::Final),
            (404, "", Event::Final),
            (413, "", Event::Final),
        ];
        for &(status, error, expected) in cases {
            let error = ApiError::from_response(status, format!(r#"{{"error":"{error}"}}"#));
            assert_eq!(Event::of_api(&error, retry_after), expected, "{status} {error}");
        }
    }
}
