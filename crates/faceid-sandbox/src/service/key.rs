//! The keys that the sandbox knows, and the state that each is in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use faceid_sign::{Credentials, Diagnosis, Nonce, Stamp, Validity};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::problem::Problem;
use super::refusal::Refusal;
use crate::{DEMO_API_KEY, VendorError, demo_credentials};

/// A key of the sandbox, and what it is allowed.
///
/// ```
/// use faceid_sandbox::{Key, Sandbox};
/// use faceid_types::Credentials;
///
/// let test_key = Credentials::new("fake-test-key", "fake-secret")?;
/// let sandbox = Sandbox::builder().key(Key::new(test_key).quota(1000).concurrency(5)).build();
/// # Ok::<(), faceid_types::CredentialsError>(())
/// ```
///
/// It reads from JSON, where all but the first two may be left out:
///
/// ```
/// use faceid_sandbox::Key;
///
/// let json = r#"{"api_key": "fake-test-key", "api_secret": "fake-secret", "state": "active", "quota": 1000,
///     "concurrency": 5, "allowed_ips": ["127.0.0.1", "::1"]}"#;
/// let key: Key = serde_json::from_str(json)?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug)]
pub struct Key {
    pub(crate) credentials: Credentials,
    state: KeyState,
    /// Calls that it may make on the whole.
    quota: Option<u64>,
    used: AtomicU64,
    concurrency: Option<u64>,
    in_flight: Arc<AtomicU64>,
    /// Any, if there is none.
    allowed_ips: Vec<IpAddr>,
    /// The same text as in the credentials, to be shared by journal entries.
    pub(crate) name: Arc<str>,
    is_demo: bool,
}

/// Whether a key may ask at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyState {
    /// It may.
    #[default]
    Active,
    /// It was stopped: `AUTHORIZATION_ERROR: API_KEY_BE_DISCONTINUED`.
    Discontinued,
    /// It has no right to this API: `AUTHORIZATION_ERROR: DENIED`.
    Denied,
}

/// A key as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    api_key: String,
    api_secret: String,
    #[serde(default)]
    state: KeyState,
    quota: Option<u64>,
    concurrency: Option<u64>,
    #[serde(default)]
    allowed_ips: Vec<IpAddr>,
}

/// A key as it stands, without its secret.
#[derive(Debug, Serialize)]
pub(crate) struct KeyReport {
    api_key: String,
    state: KeyState,
    quota: Option<u64>,
    /// Calls that count against the quota.
    used: u64,
    concurrency: Option<u64>,
    in_flight: u64,
    allowed_ips: Vec<IpAddr>,
    demo: bool,
}

impl Key {
    /// A key that may ask as often as it likes.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            name: credentials.api_key().into(),
            is_demo: is_demo(&credentials),
            credentials,
            state: KeyState::Active,
            quota: None,
            used: AtomicU64::new(0),
            concurrency: None,
            in_flight: Arc::default(),
            allowed_ips: Vec::new(),
        }
    }

    /// The `api_key`.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.name
    }

    /// The key was stopped, or has no right to this API.
    #[must_use]
    pub fn state(self, state: KeyState) -> Self {
        Self { state, ..self }
    }

    /// The key may make this many calls; then it gets `AUTHORIZATION_ERROR: LIMIT_REACHED`. A call counts once its sign
    /// was found right, whatever it comes to: what the service counts is not documented.
    #[must_use]
    pub fn quota(self, calls: u64) -> Self {
        Self { quota: Some(calls), ..self }
    }

    /// The key may have this many requests in flight; those beyond get `CONCURRENCY_LIMIT_EXCEEDED`. A request is in
    /// flight from the check of its sign until its answer is sent, or dropped.
    #[must_use]
    pub fn concurrency(self, requests: u64) -> Self {
        Self { concurrency: Some(requests), ..self }
    }

    /// The key may ask from these addresses alone; from others it gets `AUTHORIZATION_ERROR: IP_NOT_ALLOWED`. They are
    /// addresses, and no networks.
    #[must_use]
    pub fn allowed_ips(self, addresses: impl Into<Vec<IpAddr>>) -> Self {
        Self { allowed_ips: addresses.into(), ..self }
    }

    /// Whether it is the key that is no secret.
    pub(crate) fn is_demo(&self) -> bool {
        self.is_demo
    }

    pub(crate) fn in_flight(&self) -> u64 {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// What is wrong with a sign that says it is this key's.
    pub(crate) fn slip(&self, sign: &str, now: u64) -> Option<String> {
        match self.credentials.diagnose(sign, now) {
            Diagnosis::Valid(_) => None,
            slip => Some(slip.to_string()),
        }
    }

    pub(crate) fn report(&self) -> KeyReport {
        KeyReport {
            api_key: self.name.to_string(),
            state: self.state,
            quota: self.quota,
            used: self.used.load(Ordering::Relaxed),
            concurrency: self.concurrency,
            in_flight: self.in_flight(),
            allowed_ips: self.allowed_ips.clone(),
            demo: self.is_demo,
        }
    }

    /// Whether the key may ask at all.
    pub(super) fn may_ask(&self) -> Result<(), Refusal> {
        match self.state {
            KeyState::Active => Ok(()),
            KeyState::Discontinued => {
                Err(Refusal::new(VendorError::API_KEY_BE_DISCONTINUED, Problem::KeyDiscontinued))
            }
            KeyState::Denied => Err(Refusal::new(VendorError::DENIED, Problem::KeyDenied)),
        }
    }

    /// Whether the key may ask from there; it takes one call from the quota.
    pub(super) fn admit(&self, from: Option<IpAddr>) -> Result<(), Refusal> {
        self.may_ask()?;
        let allowed =
            |from: IpAddr| self.allowed_ips.iter().any(|ip| ip.to_canonical() == from.to_canonical());
        if !self.allowed_ips.is_empty() && !from.is_some_and(allowed) {
            let from = from.map_or("nowhere".to_owned(), |from| from.to_canonical().to_string());
            return Err(Refusal::new(VendorError::IP_NOT_ALLOWED, Problem::Address(from)));
        }
        let quota = self.quota.unwrap_or(u64::MAX);
        self.used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| (used < quota).then_some(used + 1))
            .map(|_| ())
            .map_err(|_| Refusal::new(VendorError::LIMIT_REACHED, Problem::Quota))
    }

    /// A place among the requests in flight.
    pub(super) fn enter(&self) -> Result<Place, Refusal> {
        let limit = self.concurrency.unwrap_or(u64::MAX);
        self.in_flight
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| (taken < limit).then_some(taken + 1))
            .map(|_| Place(Arc::new(Leave(Arc::clone(&self.in_flight)))))
            .map_err(|_| Refusal::new(VendorError::ConcurrencyLimitExceeded, Problem::Concurrency))
    }
}

/// Whether this is the pair that everybody knows: the name alone could have another secret.
fn is_demo(credentials: &Credentials) -> bool {
    let sign = |credentials: &Credentials| {
        let stamp = Stamp::new(0, Nonce::new("0").ok()?);
        Some(credentials.sign(&stamp, Validity::Once).ok()?.expose().to_owned())
    };
    credentials.api_key() == DEMO_API_KEY && sign(credentials) == sign(&demo_credentials())
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Key {
    /// An error of serde's shows the value that it does not like, and that could be the secret in the wrong place or form.
    fn read(value: Value) -> Result<Self, String> {
        let Some(fields) = value.as_object() else {
            return Err("a key is an object with api_key and api_secret".to_owned());
        };
        if let Some(field) = ["api_key", "api_secret"]
            .into_iter()
            .find(|name| fields.get(*name).is_some_and(|value| !value.is_string()))
        {
            return Err(format!("{field} is not a text"));
        }
        let fields: Fields = serde_path_to_error::deserialize(value).map_err(|error| error.to_string())?;
        let Fields { api_key, api_secret, state, quota, concurrency, allowed_ips } = fields;
        let key = Self::new(Credentials::new(api_key, api_secret).map_err(|error| error.to_string())?);
        Ok(Self { state, quota, concurrency, allowed_ips, ..key })
    }
}

impl From<Credentials> for Key {
    fn from(credentials: Credentials) -> Self {
        Self::new(credentials)
    }
}

/// The keys, which can be changed while the sandbox runs.
pub(crate) struct Keys(RwLock<HashMap<Arc<str>, Arc<Key>>>);

impl Keys {
    /// Of two with the same name the later one counts.
    pub(crate) fn new(keys: Vec<Key>) -> Self {
        Self(RwLock::new(keys.into_iter().map(|key| (Arc::clone(&key.name), Arc::new(key))).collect()))
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<Key>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// In the order of their names.
    pub(crate) fn all(&self) -> Vec<Arc<Key>> {
        let mut keys: Vec<_> =
            self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        keys.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        keys
    }

    /// Adds a key, or puts it in the place of the one with its name: with nothing used, and what that has in flight.
    pub(crate) fn put(&self, mut key: Key) -> Arc<Key> {
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = keys.get(&key.name) {
            key.in_flight = Arc::clone(&before.in_flight);
        }
        let key = Arc::new(key);
        keys.insert(Arc::clone(&key.name), Arc::clone(&key));
        key
    }

    /// What was used of the quotas is theirs again.
    pub(crate) fn reset(&self) {
        for key in self.all() {
            key.used.store(0, Ordering::Relaxed);
        }
    }

    /// Whether there was one of that name.
    pub(crate) fn remove(&self, name: &str) -> bool {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(name).is_some()
    }
}

/// A place among a key's requests in flight, given back when the last clone is dropped. It travels with the answer.
#[derive(Clone)]
pub(crate) struct Place(#[expect(dead_code, reason = "it is held to be dropped")] Arc<Leave>);

struct Leave(Arc<AtomicU64>);

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
