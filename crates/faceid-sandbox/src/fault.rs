//! Faults on request: what the service may do one day, when it is wanted.
//!
//! ```text
//! fault   = [ "sandbox:" ] part *( "+" part )
//! part    = effect [ "*" count ]
//! effect  = an error of the vendor's list: `INTERNAL_ERROR`, `AUTHORIZATION_ERROR=LIMIT_REACHED`
//!         | "reset" | "truncate" | "html" status | "delay=" time [ "-" time ] | "slow=" rate | "skew=" sign time
//! time    = number ( "ms" | "s" | "m" | "h" | "d" )
//! rate    = number ( "B/s" | "kB/s" )
//! ```

mod effect;
mod plan;
mod rule;

use std::fmt;
use std::str::FromStr;

pub use effect::Effect;
pub use plan::FaultBy;
pub(crate) use plan::{Answer, Faults, Plan, Subject};
pub use rule::{Match, Rule};

/// What happens to a request in place of, or on top of, its answer, and to how many requests.
///
/// It is asked for by its text: in a `liveness_id`, which any client can set, in the header
/// `x-faceid-sandbox-fault`, or by a [rule](Rule).
///
/// | text | what happens |
/// |---|---|
/// | an error of the vendor's list, `INTERNAL_ERROR` or `BAD_ARGUMENTS=uuid` | that error, with its status |
/// | `reset` | the connection is closed without an answer |
/// | `truncate` | the answer's body breaks off halfway |
/// | `html502` | a gateway's page, as HTML with that status, 400 to 599 |
/// | `delay=200ms`, `delay=1s-2s` | the answer comes later, at most 10 min in all; of two times, evenly drawn between them |
/// | `slow=10B/s`, `slow=1kB/s` | the answer's body comes at that pace |
/// | `skew=+1h`, `skew=-30s` | the service's clock is ahead, or behind, for this request |
///
/// Parts joined by `+` happen together. Of errors and pages the first does, and a `reset` leaves nothing of an answer: a part
/// that would never happen beside another is refused, so give that one its `*N`. All of them have at most 256 bytes, as [`fmt::Display`] writes them. One with
/// `*N` at its end happens to the first N requests of that key, `liveness_id` and `uuid`; after a token to which none of
/// these happened, by whatever way it was asked for, it begins anew. A client that asks three times gets its token from
/// `sandbox:INTERNAL_ERROR*2`.
///
/// A fault happens once a request has passed each check, so a single-use sign is used up by it: a client that sends the
/// same sign again shows itself. With `skew` the checks go by the other clock.
///
/// ```
/// use std::time::Duration;
///
/// use faceid_sandbox::{Effect, Fault, VendorError};
///
/// let fault: Fault = "sandbox:INTERNAL_ERROR*2+delay=200ms".parse()?;
/// let delay = Effect::delay(Duration::from_millis(200));
/// assert_eq!(fault, Fault::from(VendorError::InternalError).first(2).and(delay));
/// assert_eq!(fault.to_string(), "sandbox:INTERNAL_ERROR*2+delay=200ms");
/// # Ok::<(), faceid_sandbox::NotAFault>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    effect: Effect,
    first: Option<u32>,
}

impl Fault {
    pub(crate) const PREFIX: &'static str = "sandbox:";
    /// The longest text in bytes: the prefix, and 256 more.
    pub(crate) const LONGEST: usize = Self::PREFIX.len() + 256;

    /// What was named last happens to this many requests, and no longer to each one: with 0 to none, which text refuses.
    #[must_use]
    pub fn first(mut self, requests: u32) -> Self {
        if let Some(last) = self.parts.last_mut() {
            last.first = Some(requests);
        }
        self
    }

    /// Whether a part never happens, since another stands in its place each time.
    fn has_idle_part(&self) -> bool {
        let outlasts = |part: &Part, other: &Part| match (part.first, other.first) {
            (None, _) => true,
            (Some(first), Some(of_other)) => first >= of_other,
            (Some(_), None) => false,
        };
        self.parts.iter().enumerate().any(|(at, part)| {
            let before = |other: usize| other < at;
            self.parts.iter().enumerate().any(|(place, other)| {
                place != at && other.effect.replaces(&part.effect, before(place)) && outlasts(other, part)
            })
        })
    }

    /// This and another fault together. Text is refused of which a part never happens beside the others; here it is idle.
    #[must_use]
    pub fn and(mut self, other: impl Into<Self>) -> Self {
        self.parts.extend(other.into().parts);
        self
    }
}

impl<E: Into<Effect>> From<E> for Fault {
    fn from(effect: E) -> Self {
        Self { parts: vec![Part { effect: effect.into(), first: None }] }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::PREFIX)?;
        for (at, Part { effect, first }) in self.parts.iter().enumerate() {
            let plus = if at == 0 { "" } else { "+" };
            write!(f, "{plus}{effect}")?;
            if let Some(requests) = first {
                write!(f, "*{requests}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for Fault {
    type Err = NotAFault;

    fn from_str(text: &str) -> Result<Self, NotAFault> {
        let text = text.strip_prefix(Self::PREFIX).unwrap_or(text);
        let mut parts = Vec::new();
        let mut rest = Some(text);
        while let Some(text) = rest {
            // A plus right after an equals sign is the sign of a number.
            let plus = text.match_indices('+').find(|(at, _)| !text[..*at].ends_with('='));
            let (part, after) = match plus {
                Some((at, _)) => (&text[..at], Some(&text[at + 1..])),
                None => (text, None),
            };
            parts.push(part.parse()?);
            rest = after;
        }
        let fault = Self { parts };
        // As it is shown, so that what is shown can be asked for.
        if fault.to_string().len() > Self::LONGEST {
            return Err(NotAFault::TooLong);
        }
        if fault.has_idle_part() {
            return Err(NotAFault::Idle);
        }
        Ok(fault)
    }
}

impl FromStr for Part {
    type Err = NotAFault;

    fn from_str(text: &str) -> Result<Self, NotAFault> {
        let (effect, first) = match text.rsplit_once('*') {
            None => (text, None),
            Some((effect, count)) => {
                let count = number(count).filter(|count| *count > 0);
                (effect, Some(count.ok_or(NotAFault::Count)?))
            }
        };
        Ok(Self { effect: effect.parse()?, first })
    }
}

/// Digits alone.
fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Why a text asks for no fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAFault {
    /// An error that the vendor's list has without a detail, or an effect without a value, has one.
    #[error("nothing follows {0}: write it alone")]
    Alone(&'static str),
    /// An error that says what it is about does not.
    #[error("what it is about is missing: write for example {0}")]
    Detail(&'static str),
    /// A status alone, or `html` without one from 400 to 599.
    #[error("a gateway's page is html and its status, 400 to 599: write for example html503")]
    Html,
    /// The text has more than 256 bytes, `sandbox:` aside.
    #[error("a fault's text has at most 256 bytes")]
    TooLong,
    /// It names none of the effects.
    #[error(
        "a fault is an error of the vendor's list, reset, truncate, html502, delay=, slow= or skew=, \
         several joined by +"
    )]
    Effect,
    /// A part would never happen: another error, page or reset stands in its place each time.
    #[error(
        "a part would never happen, as another hides it each time: give that one a *N, and a smaller one"
    )]
    Idle,
    /// What follows the `*` is not a number, or 0.
    #[error("after * comes the number of requests, 1 or more")]
    Count,
    /// What follows `delay=` is not a time, or a longer one than 10 minutes.
    #[error("after delay= comes a time such as 200ms or 1s-2s, at most 10 minutes")]
    Delay,
    /// What follows `slow=` is not a rate.
    #[error("after slow= comes a rate such as 10B/s or 1kB/s")]
    Slow,
    /// What follows `skew=` is not a signed time, or a longer one than 3650 days.
    #[error("after skew= comes a time with its sign such as +1h or -30s, at most 3650 days")]
    Skew,
}

#[cfg(test)]
impl NotAFault {
    pub(crate) const ALL: [Self; 17] = [
        Self::Alone("AUTHENTICATION_ERROR"),
        Self::Alone("CONCURRENCY_LIMIT_EXCEEDED"),
        Self::Alone("API_NOT_FOUND"),
        Self::Alone("INTERNAL_ERROR"),
        Self::Alone("reset"),
        Self::Alone("truncate"),
        Self::Detail("MISSING_ARGUMENTS=sign"),
        Self::Detail("BAD_ARGUMENTS=uuid"),
        Self::Detail("AUTHORIZATION_ERROR=DENIED"),
        Self::Html,
        Self::TooLong,
        Self::Effect,
        Self::Idle,
        Self::Count,
        Self::Delay,
        Self::Slow,
        Self::Skew,
    ];
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::StatusCode;

    use super::*;
    use crate::VendorError;

    #[test]
    fn texts() {
        let error = |error| Ok(Fault::from(Effect::Error(error)));
        let delay = |millis| Ok(Fault::from(Effect::delay(Duration::from_millis(millis))));
        let secs = Duration::from_secs;
        let page = |status| Ok(Fault::from(Effect::Html(StatusCode::from_u16(status).unwrap())));
        let slow = |rate: u32| Ok(Fault::from(Effect::Slow(rate.try_into().unwrap())));
        let skew = |seconds| Ok(Fault::from(Effect::Skew(seconds)));
        let reason = |len: usize| format!("AUTHORIZATION_ERROR: {}", "A".repeat(len - 21));
        let longest = VendorError::AuthorizationError("A".repeat(235).into());
        let cases: &[(&str, Result<Fault, NotAFault>)] = &[
            ("sandbox:reset", Ok(Effect::Reset.into())),
            ("reset", Ok(Effect::Reset.into())),
            ("sandbox:truncate*3", Ok(Fault::from(Effect::Truncate).first(3))),
            ("sandbox:html502", page(502)),
            ("html413", page(413)),
            ("sandbox:delay=200ms", delay(200)),
            ("sandbox:delay=2s", delay(2000)),
            ("sandbox:delay=600s", delay(600_000)),
            ("delay=10m", delay(600_000)),
            ("delay=1s-2s", Ok(Effect::Delay(secs(1)..=secs(2)).into())),
            ("slow=10B/s", slow(10)),
            ("slow=2kB/s", slow(2000)),
            ("skew=+1h", skew(3600)),
            ("skew=-90s", skew(-90)),
            ("skew=+3650d", skew(315_360_000)),
            ("sandbox:INTERNAL_ERROR", error(VendorError::InternalError)),
            ("sandbox:API_NOT_FOUND", error(VendorError::ApiNotFound)),
            ("sandbox:AUTHENTICATION_ERROR", error(VendorError::AuthenticationError)),
            ("sandbox:BAD_ARGUMENTS: sign_version", error(VendorError::bad("sign_version"))),
            ("BAD_ARGUMENTS=sign_version", error(VendorError::bad("sign_version"))),
            ("sandbox:MISSING_ARGUMENTS:liveness_id", error(VendorError::missing("liveness_id"))),
            (
                "sandbox:AUTHORIZATION_ERROR: SOMETHING_NEW",
                error(VendorError::AuthorizationError("SOMETHING_NEW".into())),
            ),
            (
                "sandbox:CONCURRENCY_LIMIT_EXCEEDED*1",
                Ok(Fault::from(VendorError::ConcurrencyLimitExceeded).first(1)),
            ),
            (
                "sandbox:skew=+1h*2+delay=1ms+INTERNAL_ERROR*1",
                Ok(Fault::from(Effect::Skew(3600))
                    .first(2)
                    .and(Effect::delay(Duration::from_millis(1)))
                    .and(Fault::from(VendorError::InternalError).first(1))),
            ),
            (&reason(256), error(longest.clone())),
            (&format!("sandbox:{}", reason(256)), error(longest)),
            (&reason(257), Err(NotAFault::TooLong)),
            (&format!("sandbox:{}", reason(257)), Err(NotAFault::TooLong)),
            (&format!("{}reset", "reset+".repeat(50)), Err(NotAFault::TooLong)),
            ("", Err(NotAFault::Effect)),
            ("sandbox:", Err(NotAFault::Effect)),
            ("sandbox:RESET", Err(NotAFault::Effect)),
            ("sandbox:TEAPOT", Err(NotAFault::Effect)),
            ("sandbox:reset+", Err(NotAFault::Effect)),
            ("sandbox:+reset", Err(NotAFault::Effect)),
            ("sandbox:reset + reset", Err(NotAFault::Effect)),
            ("sandbox:sandbox:reset", Err(NotAFault::Effect)),
            ("sandbox:BAD_ARGUMENTS", Err(NotAFault::Detail("BAD_ARGUMENTS=uuid"))),
            ("MISSING_ARGUMENTS=", Err(NotAFault::Detail("MISSING_ARGUMENTS=sign"))),
            ("sandbox:AUTHORIZATION_ERROR", Err(NotAFault::Detail("AUTHORIZATION_ERROR=DENIED"))),
            ("authorization_error*2", Err(NotAFault::Detail("AUTHORIZATION_ERROR=DENIED"))),
            ("sandbox:INTERNAL_ERROR: why", Err(NotAFault::Alone("INTERNAL_ERROR"))),
            ("INTERNAL_ERROR=x", Err(NotAFault::Alone("INTERNAL_ERROR"))),
            ("API_NOT_FOUND=x", Err(NotAFault::Alone("API_NOT_FOUND"))),
            ("AUTHENTICATION_ERROR=x", Err(NotAFault::Alone("AUTHENTICATION_ERROR"))),
            ("CONCURRENCY_LIMIT_EXCEEDED=2", Err(NotAFault::Alone("CONCURRENCY_LIMIT_EXCEEDED"))),
            ("reset=1", Err(NotAFault::Alone("reset"))),
            ("truncate=10", Err(NotAFault::Alone("truncate"))),
            ("sandbox:503", Err(NotAFault::Html)),
            ("html", Err(NotAFault::Html)),
            ("html=502", Err(NotAFault::Html)),
            ("html200", Err(NotAFault::Html)),
            ("html600", Err(NotAFault::Html)),
            ("delay", Err(NotAFault::Delay)),
            ("slow", Err(NotAFault::Slow)),
            ("skew", Err(NotAFault::Skew)),
            ("INTERNAL_ERROR+html502", Err(NotAFault::Idle)),
            ("html502+INTERNAL_ERROR*2", Err(NotAFault::Idle)),
            ("INTERNAL_ERROR*2+html502*2", Err(NotAFault::Idle)),
            (
                "INTERNAL_ERROR*2+html502*3",
                Ok(Fault::from(VendorError::InternalError)
                    .first(2)
                    .and(Fault::from(Effect::Html(StatusCode::BAD_GATEWAY)).first(3))),
            ),
            ("reset+INTERNAL_ERROR", Err(NotAFault::Idle)),
            ("INTERNAL_ERROR+reset", Err(NotAFault::Idle)),
            ("truncate*2+reset", Err(NotAFault::Idle)),
            ("slow=1B/s+reset", Err(NotAFault::Idle)),
            ("slow=1B/s+slow=2B/s", Err(NotAFault::Idle)),
            (
                "reset*1+INTERNAL_ERROR",
                Ok(Fault::from(Effect::Reset).first(1).and(VendorError::InternalError)),
            ),
            (
                "delay=1s+skew=+1h+reset",
                Ok(Fault::from(Effect::delay(secs(1))).and(Effect::Skew(3600)).and(Effect::Reset)),
            ),
            ("INTERNAL_ERROR+truncate", Ok(Fault::from(VendorError::InternalError).and(Effect::Truncate))),
            ("sandbox:*1", Err(NotAFault::Effect)),
            ("sandbox:reset*", Err(NotAFault::Count)),
            ("sandbox:reset*0", Err(NotAFault::Count)),
            ("sandbox:reset*-1", Err(NotAFault::Count)),
            ("sandbox:reset*99999999999", Err(NotAFault::Count)),
            ("sandbox:delay=", Err(NotAFault::Delay)),
            ("sandbox:delay=ms", Err(NotAFault::Delay)),
            ("sandbox:delay=1", Err(NotAFault::Delay)),
            ("sandbox:delay=1.5s", Err(NotAFault::Delay)),
            ("sandbox:delay=601s", Err(NotAFault::Delay)),
            ("delay=2s-1s", Err(NotAFault::Delay)),
            ("slow=0B/s", Err(NotAFault::Slow)),
            ("slow=10", Err(NotAFault::Slow)),
            ("skew=1h", Err(NotAFault::Skew)),
            ("skew=+", Err(NotAFault::Skew)),
            ("skew=+100ms", Err(NotAFault::Skew)),
            ("skew=+3651d", Err(NotAFault::Skew)),
        ];
        for (text, expected) in cases {
            let fault: Result<Fault, _> = text.parse();
            assert_eq!(fault, *expected, "{text}");
            if let Ok(fault) = fault {
                assert_eq!(fault.to_string().parse(), Ok(fault), "{text}");
            }
        }
    }
}
