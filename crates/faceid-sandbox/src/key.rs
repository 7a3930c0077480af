//! The keys that the sandbox knows, and the state that each is in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use faceid_sign::Credentials;

use crate::VendorError;

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
#[derive(Debug)]
pub struct Key {
    pub(crate) credentials: Credentials,
    /// What each request gets, if the key may not ask at all.
    refused: Option<VendorError>,
    /// Calls left.
    quota: Option<AtomicU64>,
    concurrency: Option<u64>,
    in_flight: Arc<AtomicU64>,
    /// The same text as in the credentials, to be shared by journal entries.
    pub(crate) name: Arc<str>,
}

impl Key {
    /// A key that may ask as often as it likes.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            name: credentials.api_key().into(),
            credentials,
            refused: None,
            quota: None,
            concurrency: None,
            in_flight: Arc::default(),
        }
    }

    /// The key was stopped: `AUTHORIZATION_ERROR: API_KEY_BE_DISCONTINUED`.
    #[must_use]
    pub fn discontinued(self) -> Self {
        self.refused_with(VendorError::API_KEY_BE_DISCONTINUED)
    }

    /// The key has no right to this API: `AUTHORIZATION_ERROR: DENIED`.
    #[must_use]
    pub fn denied(self) -> Self {
        self.refused_with(VendorError::DENIED)
    }

    /// The key may make this many calls; then it gets `AUTHORIZATION_ERROR: LIMIT_REACHED`. A call counts once its sign
    /// was found right, whatever it comes to: what the service counts is not documented.
    #[must_use]
    pub fn quota(self, calls: u64) -> Self {
        Self { quota: Some(calls.into()), ..self }
    }

    /// The key may have this many requests in flight; those beyond get `CONCURRENCY_LIMIT_EXCEEDED`. A request is in
    /// flight from the check of its sign until its answer is sent, or dropped.
    #[must_use]
    pub fn concurrency(self, requests: u64) -> Self {
        Self { concurrency: Some(requests), ..self }
    }

    fn refused_with(self, error: VendorError) -> Self {
        Self { refused: Some(error), ..self }
    }

    /// Whether the key may ask at all; it takes one call from the quota.
    pub(crate) fn admit(&self) -> Result<(), VendorError> {
        if let Some(error) = &self.refused {
            return Err(error.clone());
        }
        let Some(quota) = &self.quota else {
            return Ok(());
        };
        quota
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            .map(|_| ())
            .map_err(|_| VendorError::LIMIT_REACHED)
    }

    /// A place among the requests in flight; `None` inside where the key has no limit.
    pub(crate) fn enter(&self) -> Result<Option<Place>, VendorError> {
        let Some(limit) = self.concurrency else {
            return Ok(None);
        };
        self.in_flight
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| (taken < limit).then_some(taken + 1))
            .map(|_| Some(Place(Arc::new(Leave(Arc::clone(&self.in_flight))))))
            .map_err(|_| VendorError::ConcurrencyLimitExceeded)
    }
}

impl From<Credentials> for Key {
    fn from(credentials: Credentials) -> Self {
        Self::new(credentials)
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
