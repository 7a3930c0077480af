//! How a sandbox is set up.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use faceid_sign::Credentials;

use crate::server::{Limits, Listening};
use crate::settings::{Answers, ConcurrencyStatus};
use crate::space::{AtStart, Clock, Observer};
use crate::{Entry, Key, Rule, Sandbox, Server, Settings};

/// The `api_key` of a sandbox that was given none. It is for this machine alone and no secret.
pub const DEMO_API_KEY: &str = "sandbox-demo-key";
/// The `api_secret` of [`DEMO_API_KEY`]. It is for this machine alone and no secret.
pub const DEMO_API_SECRET: &str = "sandbox-demo-secret";

/// The demo pair: [`DEMO_API_KEY`] and [`DEMO_API_SECRET`].
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "it never does")]
pub fn demo_credentials() -> Credentials {
    Credentials::new(DEMO_API_KEY, DEMO_API_SECRET).expect("the demo pair is one")
}

/// A [`Sandbox`] to be.
///
/// What has a line in [`Settings`] has a setter here.
///
/// ```
/// use faceid_sandbox::Sandbox;
/// use faceid_types::Credentials;
///
/// let server = Sandbox::builder()
///     .key(Credentials::new("fake-key", "fake-secret")?)
///     .request_id_on_errors(false)
///     .start()?;
/// println!("listening at {}", server.url());
/// server.stop();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Builder {
    keys: Vec<Key>,
    settings: Settings,
    rules: Vec<Rule>,
    clock: Clock,
    seed: Option<u64>,
    observer: Option<Observer>,
    address: Option<SocketAddr>,
    listening: Listening,
}

impl Builder {
    /// Adds a key: [`Credentials`], or a [`Key`] with limits. Of two with the same name the later one counts. Without
    /// any there is the demo key: [`demo_credentials`].
    #[must_use]
    pub fn key(mut self, key: impl Into<Key>) -> Self {
        self.keys.push(key.into());
        self
    }

    /// Adds a [`Rule`], or a fault for all requests, as [`Sandbox::add_rule`] does.
    #[must_use]
    pub fn rule(mut self, rule: impl Into<Rule>) -> Self {
        self.rules.push(rule.into());
        self
    }

    /// Has the clock of the sandbox, and of each namespace, begin so many seconds ahead of this machine's, or behind: see
    /// [`Sandbox::set_clock_offset`].
    #[must_use]
    pub fn clock_offset(mut self, seconds: i64) -> Self {
        self.clock = Clock { offset: seconds, frozen_at: None };
        self
    }

    /// Has the clock of the sandbox, and of each namespace, stand still at a UNIX time in seconds: see
    /// [`Sandbox::freeze_clock`]. With a [`seed`](Self::seed) the same requests then get the same bytes each time. Of this and
    /// [`clock_offset`](Self::clock_offset) the later one counts.
    ///
    /// A single-use sign made now is far from that time: see [`Settings::single_use_window`].
    #[must_use]
    pub fn frozen_at(mut self, unix_seconds: u64) -> Self {
        self.clock = Clock { offset: 0, frozen_at: Some(unix_seconds) };
        self
    }

    /// What all draws come from: with the same seed, keys, clock and order of requests, tokens, ids and faults are the
    /// same; tokens and ids hold the time, so the clock is to [stand still](Self::frozen_at) for that. By default one is drawn:
    /// [`Sandbox::seed`] tells which.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Is told of each request as it is written down, with the name of its namespace, if it has one: for a log, which a
    /// reset of the journal takes nothing from. It holds the request up, so it is to be quick.
    ///
    /// ```
    /// use faceid_sandbox::Sandbox;
    ///
    /// let log = |namespace: Option<&str>, entry: &faceid_sandbox::Entry| {
    ///     println!("{} {:?}", namespace.unwrap_or("-"), entry.status);
    /// };
    /// Sandbox::builder().observer(log).start()?.stop();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn observer(mut self, observer: impl Fn(Option<&str>, &Entry) + Send + Sync + 'static) -> Self {
        self.observer = Some(Observer(Box::new(observer)));
        self
    }

    /// Where [`start`](Self::start) listens: by default at a free port of 127.0.0.1.
    #[must_use]
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// A token with which others than the programs of this machine may call `/__sandbox/`, as `Authorization: Bearer`.
    /// By default nobody else may.
    #[must_use]
    pub fn admin_token(mut self, token: impl Into<Box<str>>) -> Self {
        self.listening.access.token = Some(token.into());
        self
    }

    /// A name by which `/__sandbox/` may be called, besides `localhost` and addresses: any other could be a page that
    /// has its name point here. It is the name alone, without scheme and port. With TLS the certificate is for it as well.
    #[must_use]
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.listening.access.hosts.push(name.into());
        self
    }

    /// HTTPS, by a certificate authority made at the start: [`Server::ca_pem`] is its certificate.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.listening.tls = true;
        self
    }

    /// All settings at once.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// The sandbox, without a listener.
    ///
    /// # Panics
    ///
    /// Without a [`seed`](Self::seed), if the operating system's random source fails: tokens need a key.
    #[must_use]
    pub fn build(mut self) -> Sandbox {
        if self.keys.is_empty() {
            self.keys.push(demo_credentials().into());
        }
        let repeats_ids = self.seed.is_some();
        let at_start = AtStart { rules: self.rules, clock: self.clock, repeats_ids, observer: self.observer };
        Sandbox::new(self.settings, self.keys, at_start, self.seed)
    }

    /// The sandbox, listening. It works in a plain test as well as inside a runtime, as it has a thread of its own.
    ///
    /// # Errors
    ///
    /// If the address cannot be had, or no thread be started.
    ///
    /// # Panics
    ///
    /// As [`build`](Self::build).
    pub fn start(mut self) -> io::Result<Server> {
        let address = self.address.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let listening = std::mem::take(&mut self.listening);
        Server::start_with(self.build(), address, listening, Limits::default())
    }
}

macro_rules! setters {
    ($($name:ident: $type:ty),* $(,)?) => {
        /// The [`Settings`], one by one.
        impl Builder {$(
            #[doc = concat!("See [`Settings::", stringify!($name), "`].")]
            #[must_use]
            pub fn $name(mut self, $name: $type) -> Self {
                self.settings.$name = $name;
                self
            }
        )*}
    };
}
setters! {
    clock_skew: Duration,
    longest_validity: Option<Duration>,
    furthest_future: Option<Duration>,
    single_use_window: Option<Duration>,
    request_id_on_errors: bool,
    time_used_on_errors: bool,
    hint_header: bool,
    concurrency_status: ConcurrencyStatus,
    unknown_fields: bool,
    liveness_ids: Vec<String>,
    token_lifetime: Duration,
    answers: Answers,
}
