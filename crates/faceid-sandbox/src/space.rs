//! What tests that run side by side have each to themselves.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use crate::fault::Faults;
use crate::journal::Journal;
use crate::random::Random;
use crate::{Entry, Rule};

/// Rules, journal, clock and draws. Keys and used signs are the sandbox's, whichever space a request comes to.
pub(crate) struct Space {
    /// The main one has none.
    name: Option<Box<str>>,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    /// For ids and tokens.
    pub(crate) draws: Random,
    clock: Mutex<Clock>,
    at_start: Arc<AtStart>,
}

/// What a space is like at first.
pub(crate) struct AtStart {
    pub(crate) rules: Vec<Rule>,
    pub(crate) clock: Clock,
    /// Whether ids and tokens are drawn as at first after a reset. Those of the service never repeat, so it takes a seed that
    /// somebody has chosen.
    pub(crate) repeats_ids: bool,
    pub(crate) observer: Option<Observer>,
}

/// Is told of each request: the name of its namespace, and its entry.
pub(crate) struct Observer(pub(crate) Box<dyn Fn(Option<&str>, &Entry) + Send + Sync>);

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// How a space's clock differs from this machine's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Clock {
    /// Seconds that it is ahead.
    pub(crate) offset: i64,
    /// UNIX time in seconds at which it stands still, if it does.
    pub(crate) frozen_at: Option<u64>,
}

/// The end of the year 9999, in UNIX time: the last that the header Date can show.
pub(crate) const LAST_SECOND: u64 = 253_402_300_799;

impl Space {
    fn new(at_start: Arc<AtStart>, name: Option<&str>, random: &Random, ids: &[u8]) -> Self {
        let journal = if name.is_none() { Journal::of_main_space() } else { Journal::of_named_space() };
        let space = Self {
            name: name.map(Into::into),
            faults: Faults::new(random.apart(b"faults")),
            journal,
            draws: random.apart(ids),
            clock: Mutex::default(),
            at_start,
        };
        space.reset();
        space
    }

    /// All as it was at the start.
    pub(crate) fn reset(&self) {
        self.faults.reset(&self.at_start.rules);
        self.journal.reset();
        if self.at_start.repeats_ids {
            self.draws.restart();
        }
        self.set_clock(self.at_start.clock);
    }

    /// Writes a request down.
    pub(crate) fn record(&self, entry: Entry) {
        let entry = self.journal.push(entry);
        if let Some(observer) = &self.at_start.observer {
            (observer.0)(self.name.as_deref(), &entry);
        }
    }

    /// Changes the rules.
    pub(crate) fn change_rules<T>(&self, change: impl FnOnce(&Faults) -> T) -> T {
        let done = change(&self.faults);
        self.journal.tell_of_change();
        done
    }

    pub(crate) fn clear_journal(&self) {
        self.journal.clear();
        self.journal.tell_of_change();
    }

    pub(crate) fn clock(&self) -> Clock {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_clock(&self, clock: Clock) {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = clock;
        self.journal.tell_of_change();
    }

    /// UNIX time in seconds by this space's clock.
    pub(crate) fn time(&self, now: SystemTime) -> u64 {
        self.clock().time(now)
    }
}

impl Clock {
    /// UNIX time in seconds.
    fn time(self, now: SystemTime) -> u64 {
        let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
        let now = match now.duration_since(UNIX_EPOCH) {
            Ok(after) => seconds(after),
            Err(before) => -seconds(before.duration()),
        };
        let time = self.frozen_at.unwrap_or_else(|| now.saturating_add(self.offset).max(0).unsigned_abs());
        time.min(LAST_SECOND)
    }
}

/// The main space, and those with a name, made at first use.
pub(crate) struct Spaces {
    pub(crate) main: Arc<Space>,
    named: Mutex<HashMap<Box<str>, Arc<Space>>>,
    /// How often spaces were removed.
    removals: AtomicU64,
    random: Random,
    /// Whoever waits for a space to be made waits for it to change.
    made: watch::Sender<()>,
}

/// Why there is no space for a path.
pub(crate) enum NoSpace {
    /// The name is none.
    Name,
    /// There are as many as there may be.
    Full,
}

impl Spaces {
    const MOST: usize = 64;
    const PREFIX: &str = "/ns/";

    pub(crate) fn new(at_start: AtStart, random: Random) -> Self {
        let main = Arc::new(Space::new(Arc::new(at_start), None, &random, b"ids"));
        let (named, removals, made) = (Mutex::default(), AtomicU64::new(0), watch::Sender::new(()));
        Self { main, named, removals, random, made }
    }

    /// The space that a path names, and the rest of the path. One that is not there is made if the rest is such that it
    /// may be; else it is the main space.
    pub(crate) fn of<'path>(
        &self,
        path: &'path str,
        may_make: impl FnOnce(&str) -> bool,
    ) -> Result<(Arc<Space>, &'path str), NoSpace> {
        let Some(named) = path.strip_prefix(Self::PREFIX) else {
            return Ok((Arc::clone(&self.main), path));
        };
        let (name, rest) = named.split_at(named.find('/').unwrap_or(named.len()));
        let space = if may_make(rest) {
            self.named(name)?
        } else {
            self.existing(name)?.unwrap_or_else(|| Arc::clone(&self.main))
        };
        Ok((space, rest))
    }

    /// The space of that name, made if there is none.
    pub(crate) fn named(&self, name: &str) -> Result<Arc<Space>, NoSpace> {
        check_name(name)?;
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(space) = named.get(name) {
            return Ok(Arc::clone(space));
        }
        if named.len() >= Self::MOST {
            return Err(NoSpace::Full);
        }
        let space = Arc::new(self.as_at_first(name));
        named.insert(name.into(), Arc::clone(&space));
        self.made.send_replace(());
        self.tell_of_change(&named);
        Ok(space)
    }

    /// The space of that name, if it was made.
    pub(crate) fn existing(&self, name: &str) -> Result<Option<Arc<Space>>, NoSpace> {
        check_name(name)?;
        Ok(self.named.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    /// What the space of that name is like before anything comes to it.
    pub(crate) fn as_at_first(&self, name: &str) -> Space {
        // By its name, so that it draws the same whichever space was made before it.
        let random = self.random.apart(name.as_bytes());
        let at_start = Arc::clone(&self.main.at_start);
        let removals = if at_start.repeats_ids { 0 } else { self.removals.load(Ordering::Relaxed) };
        let ids = [&b"ids"[..], &removals.to_be_bytes()].concat();
        Space::new(at_start, Some(name), &random, &ids)
    }

    /// Changes when a space is made.
    pub(crate) fn subscribe(&self) -> watch::Receiver<()> {
        self.made.subscribe()
    }

    /// The earliest time that a clock shows: this machine's, that of a namespace to come, or that of a space.
    pub(crate) fn earliest_time(&self, now: SystemTime) -> u64 {
        let named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let spaces = named.values().chain([&self.main]).map(|space| space.time(now));
        let others = [Clock::default(), self.main.at_start.clock].map(|clock| clock.time(now));
        spaces.fold(others[0].min(others[1]), u64::min)
    }

    /// The names of those that were made, in their order.
    pub(crate) fn names(&self) -> Vec<Box<str>> {
        let spaces = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let mut names: Vec<_> = spaces.keys().cloned().collect();
        names.sort_unstable();
        names
    }

    /// Whether there was one of that name.
    pub(crate) fn remove(&self, name: &str) -> bool {
        self.removals.fetch_add(1, Ordering::Relaxed);
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let removed = named.remove(name).is_some();
        self.tell_of_change(&named);
        removed
    }

    /// In each space: which there are is of interest in all.
    fn tell_of_change(&self, named: &HashMap<Box<str>, Arc<Space>>) {
        for space in named.values().chain([&self.main]) {
            space.journal.tell_of_change();
        }
    }

    /// All as it was at the start: the main space anew, and no other.
    pub(crate) fn reset(&self) {
        self.removals.fetch_add(1, Ordering::Relaxed);
        self.named.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.main.reset();
    }
}

fn check_name(name: &str) -> Result<(), NoSpace> {
    const LONGEST: usize = 64;

    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    // A client takes `.` and `..` out of a path before it sends it.
    let is_step = matches!(name, "." | "..");
    if name.is_empty() || name.len() > LONGEST || is_step || !name.bytes().all(is_name) {
        return Err(NoSpace::Name);
    }
    Ok(())
}
