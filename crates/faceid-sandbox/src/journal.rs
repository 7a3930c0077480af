//! What was asked and what was answered, for tests to look at. Nothing secret is in it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use faceid_sign::Nonce;
use faceid_types::Text;
use sha1::{Digest as _, Sha1};

use crate::Delivery;

/// One request and its answer.
///
/// No sign, secret or `uuid` is in it. What a sign says stands here as it was read, whether or not its digest was right.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Entry {
    /// When it was checked, by the sandbox's clock, which counts whole seconds.
    pub time: SystemTime,
    /// Whose sign it was, if the sandbox has that key.
    pub api_key: Option<Arc<str>>,
    /// The scene, cut at 256 bytes.
    pub liveness_id: Option<Text>,
    /// The length of the `uuid` in bytes, if there was one.
    pub uuid_len: Option<usize>,
    /// The sign's random digits.
    pub nonce: Option<Nonce>,
    /// The sign's time of issue: UNIX time in seconds.
    pub issued_at: Option<u64>,
    /// The sign's expiry: UNIX time in seconds; 0 for single use.
    pub expires_at: Option<u64>,
    /// Which sign it was, without being the sign.
    pub sign_hash: Option<SignHash>,
    /// The status of the answer; `None` if the connection was closed instead.
    pub status: Option<u16>,
    /// The text of the field `error`, if the answer has it.
    pub error: Option<Text>,
    /// The first thing that was wrong with the request, in words: more than the answer says. It can stand beside a token,
    /// where what was wrong is let pass. `None` where nothing was, a fault that was asked for included.
    pub problem: Option<Text>,
    /// The id in the answer, if it has one.
    pub request_id: Option<Box<str>>,
    /// Whether the answer was late or broken on purpose.
    pub delivery: Delivery,
}

impl Entry {
    pub(crate) fn new(time: SystemTime) -> Self {
        Self {
            time,
            api_key: None,
            liveness_id: None,
            uuid_len: None,
            nonce: None,
            issued_at: None,
            expires_at: None,
            sign_hash: None,
            status: None,
            error: None,
            problem: None,
            request_id: None,
            delivery: Delivery::default(),
        }
    }

    pub(crate) fn set_liveness_id(&mut self, text: &str) {
        const LONGEST: usize = 256;
        let mut end = text.len().min(LONGEST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.liveness_id = Some(Text::from(&text[..end]));
    }
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

/// The last entries.
#[derive(Default)]
pub(crate) struct Journal(Mutex<VecDeque<Entry>>);

impl Journal {
    pub(crate) const CAPACITY: usize = 10_000;

    pub(crate) fn push(&self, entry: Entry) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() == Self::CAPACITY {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
