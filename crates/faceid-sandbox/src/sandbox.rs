//! The sandbox: what it is made of, and what can be asked and changed while it runs.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::fault::Faults;
use crate::ids::Ids;
use crate::journal::Journal;
use crate::key::Key;
use crate::random::Random;
use crate::used::UsedSigns;
use crate::{Builder, Entry, Rule, Settings, TokenClaims, TokenError};

/// FaceID's server API as its vendor documents it, without a socket: a function from request to answer.
///
/// Clones are the same sandbox. [`Builder::start`] puts a listener around it.
///
/// ```
/// use std::time::SystemTime;
/// use faceid_sandbox::Sandbox;
///
/// let sandbox = Sandbox::builder().build();
/// let request = http::Request::post("/faceid/v5/sdk/get_biz_token").body(Vec::new())?;
/// let answer = sandbox.answer(&request, SystemTime::now());
/// assert_eq!(answer.status(), 400);
/// assert_eq!(sandbox.journal()[0].error.as_deref(), Some("MISSING_ARGUMENTS: sign"));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone)]
pub struct Sandbox {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) keys: HashMap<Arc<str>, Key>,
    pub(crate) ids: Ids,
    pub(crate) used: UsedSigns,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    /// Seconds that this sandbox's clock is ahead.
    clock_offset: AtomicI64,
}

/// The end of the year 9999, in UNIX time.
pub(crate) const LAST_SECOND: u64 = 253_402_300_799;

impl Sandbox {
    /// A sandbox to be: with the demo key and the default [`Settings`] until told otherwise.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(
        settings: Settings,
        keys: HashMap<Arc<str>, Key>,
        rules: Vec<Rule>,
        seed: Option<u64>,
    ) -> Self {
        let random = Random::new(seed);
        let faults = Faults::new(random.apart(b"faults"));
        for rule in rules {
            faults.add(rule);
        }
        Self {
            inner: Arc::new(Inner {
                settings,
                keys,
                ids: Ids::new(random.apart(b"ids")),
                used: UsedSigns::default(),
                faults,
                journal: Journal::default(),
                clock_offset: AtomicI64::new(0),
            }),
        }
    }

    /// What it goes by.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The requests so far and their answers, oldest first: the last 10 000.
    #[must_use]
    pub fn journal(&self) -> Vec<Entry> {
        self.inner.journal.entries()
    }

    /// Empties the journal.
    pub fn clear_journal(&self) {
        self.inner.journal.clear();
    }

    /// Adds a [`Rule`], or a fault for all requests, after those that are in force. Its id is for
    /// [`remove_rule`](Self::remove_rule).
    pub fn add_rule(&self, rule: impl Into<Rule>) -> u64 {
        self.inner.faults.add(rule.into())
    }

    /// Removes a rule, and says whether there was one with that id.
    #[expect(clippy::must_use_candidate, reason = "that it is gone is what was wanted")]
    pub fn remove_rule(&self, id: u64) -> bool {
        self.inner.faults.remove(id)
    }

    /// Removes all rules, and begins to count faults anew.
    pub fn clear_rules(&self) {
        self.inner.faults.clear();
    }

    /// Sets this sandbox's clock ahead by so many seconds, or back. It checks signs, issues tokens and writes the header
    /// Date by that clock: to a client, its own clock then is off.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.inner.clock_offset.store(seconds, Ordering::Relaxed);
    }

    /// Whether a `biz_token` is one of this sandbox's, and still valid. `now` is the time without the clock offset.
    ///
    /// # Errors
    ///
    /// [`TokenError`].
    pub fn check_token(&self, biz_token: &str, now: SystemTime) -> Result<TokenClaims, TokenError> {
        let lifetime = self.inner.settings.token_lifetime.as_secs();
        self.inner.ids.check(biz_token, self.inner.clock(now), lifetime)
    }
}

impl Inner {
    /// UNIX time in seconds by this sandbox's clock. It stays within the years that the header Date can show.
    pub(crate) fn clock(&self, now: SystemTime) -> u64 {
        let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
        let now = match now.duration_since(UNIX_EPOCH) {
            Ok(after) => seconds(after),
            Err(before) => -seconds(before.duration()),
        };
        let offset = self.clock_offset.load(Ordering::Relaxed);
        now.saturating_add(offset).max(0).unsigned_abs().min(LAST_SECOND)
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("keys", &self.inner.keys.keys())
            .field("settings", &self.inner.settings)
            .finish_non_exhaustive()
    }
}
