//! What was asked and what was answered, for tests and people to look at.

mod check;
mod entry;
mod sign_text;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

pub use check::Check;
pub(crate) use entry::{Arrived, cut, cut_whole, signed_text};
pub use entry::{Entry, Field, SignHash, Unprinted};
pub(crate) use sign_text::is_one_of;

/// The last entries, and a count of all.
pub(crate) struct Journal {
    state: Mutex<State>,
    capacity: usize,
    /// Whoever waits for entries waits for it to change.
    news: watch::Sender<News>,
}

/// What has happened so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct News {
    /// The id of the last entry.
    pub(crate) last_id: u64,
    /// How often something changed that is no entry.
    pub(crate) changes: u64,
}

#[derive(Default)]
struct State {
    entries: VecDeque<Arc<Entry>>,
    tallies: BTreeMap<&'static str, Tally>,
}

/// What came of requests.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) requests: u64,
    pub(crate) took: Duration,
}

impl Journal {
    pub(crate) fn of_main_space() -> Self {
        Self::new(10_000)
    }

    /// There can be many of them, so each keeps less.
    pub(crate) fn of_named_space() -> Self {
        Self::new(1000)
    }

    fn new(capacity: usize) -> Self {
        Self { state: Mutex::default(), capacity, news: watch::Sender::default() }
    }

    pub(crate) fn push(&self, mut entry: Entry) -> Arc<Entry> {
        let mut state = self.state();
        let tally = state.tallies.entry(entry.outcome()).or_default();
        tally.requests += 1;
        tally.took += entry.took;
        if state.entries.len() == self.capacity {
            state.entries.pop_front();
        }
        // Under the lock, so that the entries are in the order of their ids.
        self.news.send_modify(|news| {
            news.last_id += 1;
            entry.id = news.last_id;
        });
        let entry = Arc::new(entry);
        state.entries.push_back(Arc::clone(&entry));
        entry
    }

    /// Those after the one with this id, oldest first, and no more than this.
    pub(crate) fn after(&self, id: u64, most: usize) -> Vec<Arc<Entry>> {
        let state = self.state();
        let from = state.entries.partition_point(|entry| entry.id <= id);
        state.entries.range(from..).take(most).cloned().collect()
    }

    pub(crate) fn get(&self, id: u64) -> Option<Arc<Entry>> {
        let state = self.state();
        let at = state.entries.binary_search_by_key(&id, |entry| entry.id).ok()?;
        state.entries.get(at).cloned()
    }

    pub(crate) fn tallies(&self) -> BTreeMap<&'static str, Tally> {
        self.state().tallies.clone()
    }

    /// Ids and counts go on, as who reads them counts on.
    pub(crate) fn clear(&self) {
        self.state().entries = VecDeque::new();
    }

    /// The ids go on, so that who waits for entries does not wait for ever.
    pub(crate) fn reset(&self) {
        *self.state() = State::default();
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<News> {
        self.news.subscribe()
    }

    /// Tells whoever waits that something else is not as it was.
    pub(crate) fn tell_of_change(&self) {
        self.news.send_modify(|news| news.changes += 1);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
