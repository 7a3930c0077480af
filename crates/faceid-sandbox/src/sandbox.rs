//! The sandbox: what it is made of, and what can be asked and changed while it runs.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use crate::fault::Faults;
use crate::random::{Random, any_seed};
use crate::service::{Ids, Keys, UsedSigns};
use crate::space::{AtStart, Clock, Space, Spaces};
use crate::{Builder, Entry, Key, Rule, Settings, TokenClaims, TokenError};

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
    seed: u64,
    pub(crate) settings: Settings,
    pub(crate) keys: Keys,
    pub(crate) ids: Ids,
    pub(crate) used: UsedSigns,
    pub(crate) spaces: Spaces,
}

/// How many single-use signs are remembered.
const MOST_USED_SIGNS: usize = 1_000_000;

impl Sandbox {
    /// A sandbox to be: with the demo key and the default [`Settings`] until told otherwise.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(settings: Settings, keys: Vec<Key>, at_start: AtStart, seed: Option<u64>) -> Self {
        let seed = seed.unwrap_or_else(any_seed);
        let random = Random::new(seed);
        let inner = Inner {
            seed,
            settings,
            keys: Keys::new(keys),
            ids: Ids::new(random.apart(b"tokens")),
            used: UsedSigns::new(MOST_USED_SIGNS),
            spaces: Spaces::new(at_start, random),
        };
        Self { inner: Arc::new(inner) }
    }

    /// What it goes by.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// What all draws come from: that of [`Builder::seed`], or else one that was drawn at the start. A failure by chance is
    /// had again with it.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.inner.seed
    }

    /// The requests so far and their answers, oldest first: the last 10 000. Those of namespaces are not among them.
    #[must_use]
    pub fn journal(&self) -> Vec<Entry> {
        self.journal_after(0)
    }

    /// Those of the [journal](Self::journal) with an id greater than this one.
    #[must_use]
    pub fn journal_after(&self, id: u64) -> Vec<Entry> {
        self.main().journal.after(id, usize::MAX).iter().map(|entry| Entry::clone(entry)).collect()
    }

    /// The names of the namespaces that there are: those of `/ns/NAME/..`, each made by its first call, rule or clock.
    #[must_use]
    pub fn namespaces(&self) -> Vec<String> {
        self.inner.spaces.names().into_iter().map(String::from).collect()
    }

    /// As [`journal_after`](Self::journal_after), of a namespace: the last 1000. Of one that there is not, nothing.
    #[must_use]
    pub fn namespace_journal_after(&self, name: &str, id: u64) -> Vec<Entry> {
        let space = self.inner.spaces.existing(name).ok().flatten();
        let entries = space.map(|space| space.journal.after(id, usize::MAX));
        entries.unwrap_or_default().iter().map(|entry| Entry::clone(entry)).collect()
    }

    /// Empties the journal.
    pub fn clear_journal(&self) {
        self.main().clear_journal();
    }

    /// Adds a [`Rule`], or a fault for all requests, after those that are in force. Its id is for
    /// [`remove_rule`](Self::remove_rule).
    pub fn add_rule(&self, rule: impl Into<Rule>) -> u64 {
        self.main().change_rules(|faults| faults.add(rule.into()))
    }

    /// Removes a rule, and says whether there was one with that id.
    #[expect(clippy::must_use_candidate, reason = "that it is gone is what was wanted")]
    pub fn remove_rule(&self, id: u64) -> bool {
        self.main().change_rules(|faults| faults.remove(id))
    }

    /// Removes all rules, and begins to count faults anew.
    pub fn clear_rules(&self) {
        self.main().change_rules(Faults::clear);
    }

    /// Sets this sandbox's clock ahead by so many seconds, or back. It checks signs, issues tokens and writes the header
    /// Date by that clock: to a client, its own clock then is off.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.main().set_clock(Clock { offset: seconds, frozen_at: None });
    }

    /// Stops this sandbox's clock at a UNIX time in seconds, until an offset is set.
    pub fn freeze_clock(&self, unix_seconds: u64) {
        self.main().set_clock(Clock { offset: 0, frozen_at: Some(unix_seconds) });
    }

    /// Adds a [`Key`], or puts it in the place of the one with its name: with nothing used, and the same in flight.
    pub fn put_key(&self, key: impl Into<Key>) {
        self.inner.keys.put(key.into());
    }

    /// All as it was at the start: rules, journal, clock, draws, used signs and what was used of quotas. Namespaces are
    /// gone; keys stay as they are. Tokens and ids are drawn as at first only with [`Builder::seed`]: else none repeats.
    pub fn reset(&self) {
        self.inner.spaces.reset();
        self.inner.used.clear();
        self.inner.keys.reset();
    }

    /// Whether a `biz_token` is one of this sandbox's, and still valid. `now` is the time without the clock offset.
    ///
    /// # Errors
    ///
    /// [`TokenError`].
    pub fn check_token(&self, biz_token: &str, now: SystemTime) -> Result<TokenClaims, TokenError> {
        let lifetime = self.inner.settings.token_lifetime.as_secs();
        self.inner.ids.check(biz_token, self.main().time(now), lifetime)
    }

    fn main(&self) -> &Space {
        &self.inner.spaces.main
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("keys", &self.inner.keys.all().iter().map(|key| &key.name).collect::<Vec<_>>())
            .field("settings", &self.inner.settings)
            .finish_non_exhaustive()
    }
}
