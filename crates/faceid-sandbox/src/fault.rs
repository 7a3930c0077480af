//! Faults on request: what the service may do one day, when it is wanted.
//!
//! A fault is asked for by a reserved `liveness_id`, so that any client in any language can have it:
//!
//! ```text
//! fault  = "sandbox:" effect [ "*" count ]
//! effect = an error of the vendor's list, such as `INTERNAL_ERROR` or `AUTHORIZATION_ERROR: LIMIT_REACHED`
//!        | "reset" | "truncate" | "html502" | "delay=" number ( "ms" | "s" )
//! ```

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::VendorError;

/// A fault, and for how many requests it happens.
///
/// Its text is the `liveness_id` that asks for it; the fault then concerns the requests with that id alone:
///
/// | `liveness_id` | what happens |
/// |---|---|
/// | `sandbox:` and an error of the vendor's list | that error, with its status |
/// | `sandbox:reset` | the connection is closed without an answer |
/// | `sandbox:truncate` | the answer's body breaks off halfway |
/// | `sandbox:html502` | a gateway's page, as HTML with status 502 |
/// | `sandbox:delay=200ms`, `sandbox:delay=2s` | the answer comes later, at most 10 minutes |
///
/// With `*N` at the end it happens to the first N requests of that key with that id; the next one is answered as
/// usual, and then it begins anew. A client that asks three times gets its token from `sandbox:INTERNAL_ERROR*2`.
///
/// A fault happens once a request has passed each check, so a single-use sign is used up by it: a client that sends the
/// same sign again shows itself.
///
/// ```
/// use faceid_sandbox::{Fault, VendorError};
///
/// let fault: Fault = "sandbox:INTERNAL_ERROR*2".parse()?;
/// assert_eq!(fault, Fault::from(VendorError::InternalError).first(2));
/// assert_eq!(fault.to_string(), "sandbox:INTERNAL_ERROR*2");
/// # Ok::<(), faceid_sandbox::NotAFault>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    effect: Effect,
    first: Option<u32>,
}

/// What happens in place of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// An error of the vendor's list.
    Error(VendorError),
    /// The connection is closed without an answer.
    Reset,
    /// The answer's body breaks off halfway.
    Truncate,
    /// A gateway's page, as HTML with status 502.
    Html502,
    /// The answer comes this much later.
    Delay(Duration),
}

impl Fault {
    pub(crate) const PREFIX: &'static str = "sandbox:";
    const LONGEST_DELAY: Duration = Duration::from_secs(600);

    /// The fault happens to this many requests, and no longer to each one.
    #[must_use]
    pub fn first(self, requests: u32) -> Self {
        Self { first: Some(requests), ..self }
    }
}

impl<E: Into<Effect>> From<E> for Fault {
    fn from(effect: E) -> Self {
        Self { effect: effect.into(), first: None }
    }
}

impl From<VendorError> for Effect {
    fn from(error: VendorError) -> Self {
        Self::Error(error)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::PREFIX)?;
        match &self.effect {
            Effect::Error(error) => error.fmt(f)?,
            Effect::Reset => f.write_str("reset")?,
            Effect::Truncate => f.write_str("truncate")?,
            Effect::Html502 => f.write_str("html502")?,
            Effect::Delay(delay) => write!(f, "delay={}ms", delay.as_millis())?,
        }
        match self.first {
            Some(requests) => write!(f, "*{requests}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Fault {
    type Err = NotAFault;

    fn from_str(text: &str) -> Result<Self, NotAFault> {
        let text = text.strip_prefix(Self::PREFIX).ok_or(NotAFault::Prefix)?;
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

impl FromStr for Effect {
    type Err = NotAFault;

    fn from_str(text: &str) -> Result<Self, NotAFault> {
        match text {
            "reset" => return Ok(Self::Reset),
            "truncate" => return Ok(Self::Truncate),
            "html502" => return Ok(Self::Html502),
            _ => {}
        }
        if let Some(delay) = text.strip_prefix("delay=") {
            let delay = match delay.strip_suffix("ms") {
                Some(millis) => number(millis).map(u64::from).map(Duration::from_millis),
                None => delay.strip_suffix('s').and_then(number).map(u64::from).map(Duration::from_secs),
            };
            return delay
                .filter(|delay| *delay <= Fault::LONGEST_DELAY)
                .map(Self::Delay)
                .ok_or(NotAFault::Delay);
        }
        text.parse().map(Self::Error).map_err(|_| NotAFault::Effect)
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
    /// It does not begin with `sandbox:`.
    #[error("the text of a fault begins with sandbox:")]
    Prefix,
    /// It names none of the effects.
    #[error("after sandbox: comes an error of the vendor's list, reset, truncate, html502 or delay=")]
    Effect,
    /// What follows the `*` is not a number, or 0.
    #[error("after * comes the number of requests, 1 or more")]
    Count,
    /// What follows `delay=` is not a time, or a longer one than 10 minutes.
    #[error("after delay= comes a time such as 200ms or 2s, at most 10 minutes")]
    Delay,
}

/// The faults that are in force, and how often they have happened.
#[derive(Default)]
pub(crate) struct Faults {
    /// The one for all requests, whatever their `liveness_id`.
    everywhere: Mutex<Option<Fault>>,
    /// By key and `liveness_id`: how often the fault has happened since it last did not.
    happened: Mutex<HashMap<(Arc<str>, Box<str>), u32>>,
}

impl Faults {
    /// Counters beyond these are those of a client that makes up ids.
    const MOST_COUNTERS: usize = 10_000;

    pub(crate) fn set(&self, fault: Option<Fault>) {
        *self.everywhere.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// What happens to this request: what is set for all, or else what its own id asks for.
    pub(crate) fn next(&self, api_key: &Arc<str>, liveness_id: &str, asked: Option<Fault>) -> Option<Effect> {
        self.next_everywhere().or_else(|| self.next_asked(api_key, liveness_id, asked?))
    }

    fn next_everywhere(&self) -> Option<Effect> {
        let mut fault = self.everywhere.lock().unwrap_or_else(PoisonError::into_inner);
        let Fault { effect, first } = fault.as_mut()?;
        if let Some(left) = first {
            *left = left.checked_sub(1)?;
        }
        Some(effect.clone())
    }

    fn next_asked(&self, api_key: &Arc<str>, liveness_id: &str, asked: Fault) -> Option<Effect> {
        let Some(first) = asked.first else {
            return Some(asked.effect);
        };
        let mut happened = self.happened.lock().unwrap_or_else(PoisonError::into_inner);
        if happened.len() >= Self::MOST_COUNTERS {
            happened.clear();
        }
        let id = (Arc::clone(api_key), liveness_id.into());
        let count = happened.entry(id.clone()).or_insert(0);
        if *count < first {
            *count += 1;
            Some(asked.effect)
        } else {
            happened.remove(&id);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        let error = |error| Ok(Fault::from(Effect::Error(error)));
        let delay = |millis| Ok(Fault::from(Effect::Delay(Duration::from_millis(millis))));
        let cases: &[(&str, Result<Fault, NotAFault>)] = &[
            ("sandbox:reset", Ok(Effect::Reset.into())),
            ("sandbox:truncate*3", Ok(Fault::from(Effect::Truncate).first(3))),
            ("sandbox:html502", Ok(Effect::Html502.into())),
            ("sandbox:delay=200ms", delay(200)),
            ("sandbox:delay=2s", delay(2000)),
            ("sandbox:delay=600s", delay(600_000)),
            ("sandbox:INTERNAL_ERROR", error(VendorError::InternalError)),
            ("sandbox:API_NOT_FOUND", error(VendorError::ApiNotFound)),
            ("sandbox:AUTHENTICATION_ERROR", error(VendorError::AuthenticationError)),
            ("sandbox:BAD_ARGUMENTS: sign_version", error(VendorError::bad("sign_version"))),
            ("sandbox:MISSING_ARGUMENTS:liveness_id", error(VendorError::missing("liveness_id"))),
            (
                "sandbox:AUTHORIZATION_ERROR: SOMETHING_NEW",
                error(VendorError::AuthorizationError("SOMETHING_NEW".into())),
            ),
            (
                "sandbox:CONCURRENCY_LIMIT_EXCEEDED*1",
                Ok(Fault::from(VendorError::ConcurrencyLimitExceeded).first(1)),
            ),
            ("reset", Err(NotAFault::Prefix)),
            ("sandbox:", Err(NotAFault::Effect)),
            ("sandbox:RESET", Err(NotAFault::Effect)),
            ("sandbox:TEAPOT", Err(NotAFault::Effect)),
            ("sandbox:BAD_ARGUMENTS", Err(NotAFault::Effect)),
            ("sandbox:INTERNAL_ERROR: why", Err(NotAFault::Effect)),
            ("sandbox:*1", Err(NotAFault::Effect)),
            ("sandbox:reset*", Err(NotAFault::Count)),
            ("sandbox:reset*0", Err(NotAFault::Count)),
            ("sandbox:reset*-1", Err(NotAFault::Count)),
            ("sandbox:reset*+1", Err(NotAFault::Count)),
            ("sandbox:reset*99999999999", Err(NotAFault::Count)),
            ("sandbox:delay=", Err(NotAFault::Delay)),
            ("sandbox:delay=ms", Err(NotAFault::Delay)),
            ("sandbox:delay=1", Err(NotAFault::Delay)),
            ("sandbox:delay=1.5s", Err(NotAFault::Delay)),
            ("sandbox:delay=601s", Err(NotAFault::Delay)),
        ];
        for (text, expected) in cases {
            let fault: Result<Fault, _> = text.parse();
            assert_eq!(fault, *expected, "{text}");
            if let Ok(fault) = fault {
                assert_eq!(fault.to_string().parse(), Ok(fault), "{text}");
            }
        }
    }

    #[test]
    fn a_fault_of_an_id_begins_anew_and_one_for_all_does_not() {
        let faults = Faults::default();
        let (one, other): (Arc<str>, Arc<str>) = ("one".into(), "other".into());
        let ask = |key: &Arc<str>, id: &str| faults.next(key, id, id.parse().ok()).is_some();
        // key, id, whether it happens
        for (key, id, expected) in [
            (&one, "sandbox:reset*2", true),
            (&other, "sandbox:reset*2", true),
            (&one, "sandbox:reset*1", true),
            (&one, "sandbox:reset*2", true),
            (&one, "sandbox:reset*2", false),
            (&one, "sandbox:reset*2", true),
            (&other, "sandbox:reset*2", true),
            (&other, "sandbox:reset*2", false),
            (&one, "sandbox:reset", true),
            (&one, "sandbox:reset", true),
            (&one, "scene", false),
        ] {
            assert!(!ask(&one, "scene"), "no fault for other ids");
            assert_eq!(ask(key, id), expected, "{key} {id}");
        }

        faults.set(Some(Fault::from(Effect::Reset).first(2)));
        let happens: Vec<bool> = (0..5).map(|_| ask(&one, "scene")).collect();
        assert_eq!(happens, [true, true, false, false, false]);
        faults.set(Some(Effect::Reset.into()));
        assert!(ask(&one, "scene") && ask(&other, "scene"));
        faults.set(None);
        assert!(!ask(&one, "scene"));
    }
}
