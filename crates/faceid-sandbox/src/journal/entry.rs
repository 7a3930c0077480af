//! One request and its answer.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use faceid_sign::Nonce;
use faceid_types::Text;
use http::Method;
use sha1::{Digest as _, Sha1};

use super::Check;
use super::sign_text::holds_sign;
use crate::{Delivery, FaultBy};

/// One request and its answer.
///
/// No secret is in it; a sign, a `uuid` and a token are where the key is the demo key, which is no secret, but not in its
/// [`fmt::Debug`]. What a sign says stands here as it was read, whether or not its digest was right.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Entry {
    /// Its place among all requests, from 1 on.
    pub id: u64,
    /// When it was checked, by the sandbox's clock, which counts whole seconds.
    pub time: SystemTime,
    /// When its head had arrived, by this machine's clock, whatever the sandbox's own was set to.
    pub received: SystemTime,
    /// How long it takes from then until the last of the answer is sent: with the time of the request's body, and with a
    /// delay and a pace on purpose, which are still to come when the entry is written, and count whole for a client that goes.
    pub took: Duration,
    /// The request's method, cut at 32 bytes.
    pub method: Method,
    /// The request's path, cut at 256 bytes.
    pub path: Text,
    /// The form's fields, if the form reads.
    pub form: Vec<Field>,
    /// What of the request stands nowhere here: `query`, `file_name`, `content_encoding`.
    pub not_kept: Vec<&'static str>,
    /// Whose the sign says it is, if the sandbox has that key: also of one that does not decode, if it names the demo key.
    pub api_key: Option<Arc<str>>,
    /// The scene, cut at 256 bytes.
    pub liveness_id: Option<Text>,
    /// The length of the `uuid` in bytes, if there was one.
    pub uuid_len: Option<usize>,
    /// What stands behind the `api_key` in the text that was signed.
    pub(crate) behind_key: Option<Text>,
    /// The sign's random digits.
    pub nonce: Option<Nonce>,
    /// The sign's time of issue: UNIX time in seconds.
    pub issued_at: Option<u64>,
    /// The sign's expiry: UNIX time in seconds; 0 for single use.
    pub expires_at: Option<u64>,
    /// Which sign it was, without being the sign.
    pub sign_hash: Option<SignHash>,
    /// The check that failed: those before it passed, those after it were not made. `None` if all passed, and for what
    /// is no call of the API at all: a body that is too long or does not come.
    pub failed: Option<Check>,
    /// The first thing that was wrong with the request, in words: more than the answer says. It can stand beside a token,
    /// where what was wrong is let pass. `None` where nothing was, a fault that was asked for included.
    pub problem: Option<Text>,
    /// The fault that happened, as it was asked for, cut at 264 bytes.
    pub fault: Option<Text>,
    /// By which way that fault came.
    pub fault_by: Option<FaultBy>,
    /// The status of the answer; `None` if the connection was closed instead.
    pub status: Option<u16>,
    /// The text of the field `error`, if the answer has it, cut at 256 bytes.
    pub error: Option<Text>,
    /// The id in the answer, if it has one.
    pub request_id: Option<Box<str>>,
    /// The `biz_token` in the answer, where the key is the demo key.
    pub biz_token: Option<Unprinted>,
    /// Whether the answer was late or broken on purpose.
    pub delivery: Delivery,
    started: Instant,
}

/// When the head of a request had arrived, by each of this machine's clocks.
#[derive(Clone, Copy)]
pub(crate) struct Arrived {
    pub(crate) time: SystemTime,
    pub(crate) at: Instant,
}

impl Arrived {
    /// Just now, which is this time.
    pub(crate) fn now(time: SystemTime) -> Self {
        Self { time, at: Instant::now() }
    }
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// Its name, cut at 64 bytes.
    pub name: Text,
    /// The length of its value in bytes.
    pub len: usize,
    /// Its value, cut at 512 bytes, and at 1024 with those before it, where that is neither secret nor personal: for
    /// `sign_version` and `liveness_id`, and for the demo key.
    pub value: Option<Unprinted>,
}

impl Entry {
    pub(crate) fn new(time: SystemTime, arrived: Arrived, method: Method, path: &str) -> Self {
        Self {
            id: 0,
            time,
            received: arrived.time,
            took: Duration::ZERO,
            method: cut_method(method),
            path: cut(path, 256),
            form: Vec::new(),
            not_kept: Vec::new(),
            api_key: None,
            liveness_id: None,
            uuid_len: None,
            behind_key: None,
            nonce: None,
            issued_at: None,
            expires_at: None,
            sign_hash: None,
            failed: None,
            problem: None,
            fault: None,
            fault_by: None,
            status: None,
            error: None,
            request_id: None,
            biz_token: None,
            delivery: Delivery::default(),
            started: arrived.at,
        }
    }

    /// The answer is ready, with a body of so many bytes to send.
    pub(crate) fn stop_watch(&mut self, body: usize) {
        self.took = self.started.elapsed() + self.delivery.delay + self.delivery.time_of_body(body);
    }

    /// The text that was signed, byte for byte, if the sign decodes; its `api_key` is masked if the sandbox does not have it.
    #[must_use]
    pub fn raw(&self) -> Option<String> {
        Some(signed_text(self.api_key.as_deref(), self.behind_key.as_deref()?))
    }

    /// What [`outcome`](Self::outcome) can be.
    pub const OUTCOMES: [&'static str; 11] = [
        "token",
        "MISSING_ARGUMENTS",
        "BAD_ARGUMENTS",
        "AUTHENTICATION_ERROR",
        "AUTHORIZATION_ERROR",
        "CONCURRENCY_LIMIT_EXCEEDED",
        "API_NOT_FOUND",
        "INTERNAL_ERROR",
        "gateway",
        "reset",
        "limit",
    ];

    /// What came of it, in one of few words: `token`, an error's code without its detail, `gateway` for a gateway's page
    /// on request, `reset`; `limit` for a request that is beyond a limit of the sandbox's own: a body that is too long,
    /// too late or not whole, or a namespace too many.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        let error = self.error.as_deref();
        let code = error.and_then(|error| Self::OUTCOMES.into_iter().find(|code| error.starts_with(code)));
        match (code, self.status) {
            (_, None) => "reset",
            (Some(code), _) => code,
            (None, Some(200)) => "token",
            (None, Some(_)) if self.fault.is_some() => "gateway",
            (None, Some(_)) => "limit",
        }
    }
}

impl Field {
    /// The longest value in bytes, and the longest of all values of a form together.
    const LONGEST: usize = 512;
    pub(crate) const LONGEST_OF_ALL: usize = 1024;

    /// `cut`: how the value is shown, if it is. `room`: how many bytes may still be kept of this form's values.
    pub(crate) fn new(
        name: &str,
        value: &[u8],
        cut: Option<fn(&str, usize) -> Text>,
        room: &mut usize,
    ) -> Self {
        let value_shown = cut.map(|cut| {
            let longest = Self::LONGEST.min(*room);
            let text = cut(&String::from_utf8_lossy(value), longest);
            *room = room.saturating_sub(text.len());
            Unprinted(text)
        });
        Self { name: self::cut(name, 64), len: value.len(), value: value_shown }
    }
}

/// A key that the sandbox does not have may be a real one.
pub(crate) fn signed_text(api_key: Option<&str>, behind_key: &str) -> String {
    format!("a={}&{behind_key}", api_key.unwrap_or("••••"))
}

/// A text that its [`fmt::Debug`] leaves out, so that no log has it: a test that fails prints much.
#[derive(Clone, PartialEq, Eq)]
pub struct Unprinted(Text);

impl Unprinted {
    pub(crate) fn new(text: String) -> Self {
        Self(text.into())
    }
}

impl Deref for Unprinted {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Unprinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// So many bytes of a text, as the journal has it: nothing of a sign where none belongs.
pub(crate) fn cut(text: &str, longest: usize) -> Text {
    /// Far more than a sign has, so that one that would be cut is seen.
    const SIGN: usize = 2048;

    let seen = &text.as_bytes()[..text.len().min(longest + SIGN)];
    if holds_sign(seen) { Text::from("(a sign)") } else { cut_whole(text, longest) }
}

pub(crate) fn cut_whole(text: &str, longest: usize) -> Text {
    let mut end = text.len().min(longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Text::from(&text[..end])
}

/// Those that there are have far fewer bytes.
fn cut_method(method: Method) -> Method {
    let name = method.as_str().as_bytes();
    name.get(..32).and_then(|start| Method::from_bytes(start).ok()).unwrap_or(method)
}

/// The first four bytes of a sign's SHA-1: equal for equal signs, and of no use to sign with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignHash([u8; 4]);

impl SignHash {
    /// The hash of this sign.
    #[must_use]
    pub fn of(sign: &str) -> Self {
        let [a, b, c, d, ..] = Sha1::digest(sign).0;
        Self([a, b, c, d])
    }
}

impl fmt::Display for SignHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for SignHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
