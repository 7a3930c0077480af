//! Which fault a request gets, and how often faults have happened.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use faceid_types::Text;
use http::StatusCode;
use sha1::{Digest as _, Sha1};

use super::{Effect, Fault, Rule};
use crate::journal::cut;
use crate::random::Random;
use crate::{Broken, Delivery, VendorError};

/// Whose request it is, by what it says of itself.
pub(crate) struct Subject<'a> {
    pub(crate) api_key: &'a str,
    pub(crate) liveness_id: &'a [u8],
    pub(crate) uuid: &'a [u8],
}

/// What is to happen to one request.
#[derive(Default)]
pub(crate) struct Plan {
    /// In place of a token.
    pub(crate) answer: Option<Answer>,
    pub(crate) delivery: Delivery,
    /// Seconds that the clock is ahead.
    pub(crate) skew: i64,
    /// The text of the fault, and by which way it came, if any of it happens.
    pub(crate) happened: Option<(Text, FaultBy)>,
    /// What is given back where the request comes to nothing.
    counter: Option<CounterName>,
    rule: Option<u64>,
}

/// By which way a fault came to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultBy {
    /// The request's header `x-faceid-sandbox-fault`.
    Header,
    /// The request's `liveness_id`.
    LivenessId,
    /// The [`Rule`] with this id.
    Rule(u64),
}

impl FaultBy {
    /// In one word: `header`, `liveness_id` or `rule`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::LivenessId => "liveness_id",
            Self::Rule(_) => "rule",
        }
    }
}

pub(crate) enum Answer {
    Error(VendorError),
    Html(StatusCode),
}

/// The rules in force, and how often faults have happened.
pub(crate) struct Faults {
    random: Random,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    rules: Vec<InForce>,
    next_id: u64,
    /// How often each fault has happened since its subject's last success.
    counters: BTreeMap<CounterName, Counter>,
    /// How many were made so far.
    made: u64,
}

/// Subject and fault or rule, each as its hash: whatever a client sends, a counter is small.
type CounterName = (Hash, Hash);
type Hash = [u8; 20];

struct Counter {
    happened: u32,
    /// Its place among all that were made.
    number: u64,
}

/// A rule, and what became of it.
struct InForce {
    id: u64,
    rule: Rule,
    happened: u32,
    random: Random,
}

impl Faults {
    pub(crate) fn new(random: Random) -> Self {
        Self { random, state: Mutex::default() }
    }

    /// With these rules and no others, and nothing has happened.
    pub(crate) fn reset(&self, rules: &[Rule]) {
        *self.state() = State::default();
        self.random.restart();
        for rule in rules {
            self.add(rule.clone());
        }
    }

    /// In force until removed, after those that are there; the answer is its id.
    pub(crate) fn add(&self, rule: Rule) -> u64 {
        let mut state = self.state();
        let id = state.next_id;
        state.next_id += 1;
        let random = match rule.seed {
            Some(seed) => Random::new(seed),
            None => self.random.apart(&id.to_be_bytes()),
        };
        state.rules.push(InForce { id, rule, happened: 0, random });
        id
    }

    /// Whether there was one with that id.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut state = self.state();
        let before = state.rules.len();
        state.rules.retain(|rule| rule.id != id);
        state.rules.len() < before
    }

    /// Removes all rules, and forgets what has happened.
    pub(crate) fn clear(&self) {
        let mut state = self.state();
        state.rules.clear();
        state.counters.clear();
    }

    /// Each rule with its id, and how often it has happened.
    pub(crate) fn rules(&self) -> Vec<(u64, Rule, u32)> {
        self.state()
            .rules
            .iter()
            .map(|InForce { id, rule, happened, .. }| (*id, rule.clone(), *happened))
            .collect()
    }

    /// What happens to this request: what it asks for, or else what a rule says.
    pub(crate) fn take(&self, subject: &Subject<'_>, asked: Option<(FaultBy, &Fault)>) -> Plan {
        let mut state = self.state();
        if let Some((by, fault)) = asked {
            return self.plan(fault, by, subject, &mut state);
        }
        for at in 0..state.rules.len() {
            if !state.rules[at].applies(subject) {
                continue;
            }
            let (id, fault) = (state.rules[at].id, state.rules[at].rule.fault.clone());
            let plan = self.plan(&fault, FaultBy::Rule(id), subject, &mut state);
            // One whose counts are over leaves the request to the next.
            if plan.happened.is_some() {
                state.rules[at].happened += 1;
                return Plan { rule: Some(id), ..plan };
            }
        }
        Plan::default()
    }

    /// The counts of this subject begin anew.
    pub(crate) fn start_again(&self, subject: &Subject<'_>) {
        let mut state = self.state();
        if state.counters.is_empty() {
            return;
        }
        let subject = subject.hash();
        let own = state.counters.range((subject, [0; 20])..=(subject, [u8::MAX; 20]));
        for counter in own.map(|(counter, _)| *counter).collect::<Vec<_>>() {
            state.counters.remove(&counter);
        }
    }

    /// It did not happen after all.
    pub(crate) fn give_back(&self, plan: &Plan) {
        let mut state = self.state();
        if let Some(counter) = plan.counter.as_ref().and_then(|counter| state.counters.get_mut(counter)) {
            counter.happened = counter.happened.saturating_sub(1);
        }
        if let Some(rule) = state.rules.iter_mut().find(|rule| Some(rule.id) == plan.rule) {
            rule.happened = rule.happened.saturating_sub(1);
        }
    }

    fn plan(&self, fault: &Fault, by: FaultBy, subject: &Subject<'_>, state: &mut State) -> Plan {
        let mut plan = Plan::default();
        let mut count = 0;
        if fault.parts.iter().any(|part| part.first.is_some()) {
            // A rule by its id: one like it, or what a request asks for itself, has counts of its own.
            let of_fault = match by {
                FaultBy::Rule(id) => Sha1::digest(id.to_be_bytes()),
                FaultBy::Header | FaultBy::LivenessId => Sha1::digest(fault.to_string()),
            };
            let name = (subject.hash(), of_fault.0);
            count = state.counters.get(&name).map_or(0, |counter| counter.happened);
            if fault.parts.iter().any(|part| part.first.is_some_and(|first| count < first)) {
                state.counter(name).happened += 1;
                plan.counter = Some(name);
            }
        }
        for part in &fault.parts {
            if part.first.is_none_or(|first| count < first) {
                self.include(&part.effect, &mut plan);
                plan.happened.get_or_insert_with(|| (cut(&fault.to_string(), Fault::LONGEST), by));
            }
        }
        plan
    }

    fn include(&self, effect: &Effect, plan: &mut Plan) {
        let Plan { answer, delivery, skew, .. } = plan;
        match effect {
            Effect::Error(error) => *answer = answer.take().or_else(|| Some(Answer::Error(error.clone()))),
            Effect::Html(status) => *answer = answer.take().or(Some(Answer::Html(*status))),
            Effect::Reset => delivery.broken = Some(Broken::Reset),
            Effect::Truncate => delivery.broken = delivery.broken.or(Some(Broken::Truncated)),
            Effect::Delay(by) => {
                let delay = delivery.delay.saturating_add(self.time_of(by));
                delivery.delay = delay.min(Effect::LONGEST_DELAY);
            }
            Effect::Slow(rate) => {
                delivery.bytes_per_second = delivery.bytes_per_second.or(Some(*rate));
            }
            Effect::Skew(seconds) => *skew = skew.saturating_add(*seconds),
        }
    }

    fn time_of(&self, by: &RangeInclusive<Duration>) -> Duration {
        let span = by.end().saturating_sub(*by.start()).as_micros();
        if span == 0 {
            return *by.start();
        }
        let micros = u128::from(self.random.draw()) % (span + 1);
        by.start().saturating_add(Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counters beyond these are those of a client that makes up ids.
    const MOST_COUNTERS: u16 = 10_000;

    /// The counter of that name, made if there is none. Where there is no room, the older half is dropped first.
    fn counter(&mut self, name: CounterName) -> &mut Counter {
        let Self { counters, made, .. } = self;
        if counters.len() >= usize::from(Self::MOST_COUNTERS) && !counters.contains_key(&name) {
            let oldest = *made - u64::from(Self::MOST_COUNTERS / 2);
            counters.retain(|_, counter| counter.number >= oldest);
        }
        counters.entry(name).or_insert_with(|| {
            *made += 1;
            Counter { happened: 0, number: *made - 1 }
        })
    }
}

impl Plan {
    /// Whether a token is granted and arrives, and no fault that is counted happens to it.
    pub(crate) fn is_success(&self) -> bool {
        self.counter.is_none() && self.answer.is_none() && self.delivery.broken.is_none()
    }
}

impl InForce {
    fn applies(&self, subject: &Subject<'_>) -> bool {
        let Rule { matching, times, probability, .. } = &self.rule;
        let left = times.is_none_or(|times| self.happened < times);
        // Drawn last, so that requests of no concern leave the draws of the others as they are.
        left && matching.fits(subject) && probability.is_none_or(|part| self.random.chance(part))
    }
}

impl Subject<'_> {
    fn hash(&self) -> Hash {
        let mut hash = Sha1::new();
        for part in [self.api_key.as_bytes(), self.liveness_id, self.uuid] {
            // With its length, so that no part runs into the next.
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        hash.finalize().0
    }
}
