//! What the calls of a client and of its clones share.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use faceid_sign::Credentials;
use http::Uri;

use crate::clock::Correction;
use crate::config::{Base, check_key};
use crate::form::Boundary;
use crate::quota::{Quota, StaleConnections};
use crate::{Config, ConfigError};

/// A checked [`Config`], with the retry quota and the clock correction that all calls share.
///
/// Cloning it is cheap, and clones share everything.
#[derive(Debug, Clone)]
pub struct Context {
    pub(crate) config: Arc<Config>,
    pub(crate) base: Arc<Base>,
    pub(crate) boundary: Boundary,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) deadline: Duration,
    pub(crate) shared: Arc<Shared>,
}

#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) quota: Quota,
    pub(crate) stale: StaleConnections,
    pub(crate) correction: Correction,
    pub(crate) in_flight: AtomicUsize,
}

impl Context {
    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], for a base URL, a path prefix, an `api_key` or a time limit that cannot be used, and where the
    /// operating system's random source fails.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let base = Base::new(&config)?;
        let times = [
            ("connect_timeout", Some(config.connect_timeout)),
            ("attempt_timeout", config.attempt_timeout),
            ("deadline", Some(config.deadline)),
        ];
        if let Some((setting, _)) =
            times.into_iter().find(|(_, time)| time.is_some_and(|time| time.is_zero()))
        {
            return Err(ConfigError::new(setting, "is zero: nothing could be sent in that time"));
        }
        check_key(&config.credentials)
            .map_err(|invalid| ConfigError::new(invalid.field(), invalid.problem))?;
        let boundary = Boundary::draw()
            .ok_or_else(|| ConfigError::new("random", "source of the operating system failed"))?;
        Ok(Self {
            base: Arc::new(base),
            boundary,
            credentials: Arc::clone(&config.credentials),
            deadline: config.deadline,
            config: Arc::new(config),
            shared: Arc::default(),
        })
    }

    /// A clone whose calls end after this time, waits included.
    #[must_use]
    pub fn deadline(&self, deadline: Duration) -> Self {
        Self { deadline, ..self.clone() }
    }

    /// A clone that asks with another key: another tenant, or the next key of this one. Quota and clock correction stay
    /// shared, since service and clock stay the same.
    #[must_use]
    pub fn with_credentials(&self, credentials: Credentials) -> Self {
        Self { credentials: Arc::new(credentials), ..self.clone() }
    }

    /// What all requests begin with: scheme, host, and path up to the prefix, such as `https://api.megvii.com/faceid`.
    #[must_use]
    pub fn base_url(&self) -> &Uri {
        &self.base.url
    }

    /// The host that is asked, without its port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.base.host
    }

    /// Whether it is asked over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.base.https
    }

    /// Whether it is this machine: 127.0.0.0/8, `::1` or `localhost`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.base.loopback
    }

    /// The time for name resolution, TCP and TLS together.
    #[must_use]
    pub fn connect_timeout(&self) -> Duration {
        self.config.connect_timeout
    }

    /// How the client stands right now.
    #[must_use]
    pub fn gauges(&self) -> Gauges {
        Gauges {
            in_flight: self.shared.in_flight.load(Ordering::Relaxed),
            retry_quota: self.shared.quota.left(),
            clock_correction: self.shared.correction.get(),
        }
    }
}

/// How a client and its clones stand right now, for metrics.
/// `Gauges::default()` is for your own tests: its fields can be set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gauges {
    /// Calls that have begun and not ended.
    pub in_flight: usize,
    /// Tokens left for retries, of 500.
    pub retry_quota: u32,
    /// Seconds that are added to this machine's clock for signing.
    pub clock_correction: i64,
}
