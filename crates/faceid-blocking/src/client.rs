//! The client, and how one exchange goes over ureq.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::sleep;
use std::time::Duration;

use faceid_net::Network;
use faceid_types::{
    Attempt, Call, Config, ConfigError, Context, Credentials, Endpoint, Error, Gauges, Moment, Step,
    TransportError, TransportKind,
};
use ureq::{Agent, ResponseExt as _};

use crate::classify::{in_body, in_head};
use crate::connector::{self, Shared};

/// The longest head of an answer, in bytes.
const HEAD_LIMIT: usize = 12 * 1024;
/// ureq keeps both buffers for as long as a connection lives, so they are most of what a request in flight takes. That of
/// input is larger than a head may be: else a long head would look like an end.
const INPUT_BUFFER: usize = 14 * 1024;
/// Holds a request for a token. A larger form goes out in several writes.
const OUTPUT_BUFFER: usize = 4 * 1024;
const IDLE_CONNECTIONS: usize = 64;
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// A blocking client.
///
/// Clones share connections, the retry quota and the clock correction.
#[derive(Clone)]
pub struct Client {
    context: Context,
    agent: Agent,
    shared: Arc<Shared>,
}

impl Client {
    /// A client with these settings, which reaches the service by the operating system's roots and the environment's
    /// proxy.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the setting that cannot be used.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        Self::with_network(config, &Network::default())
    }

    /// A client with roots, a client certificate or a proxy of your own.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the setting that cannot be used.
    pub fn with_network(config: Config, network: &Network) -> Result<Self, ConfigError> {
        let context = Context::new(config)?;
        let tls = context.is_https().then(|| network.tls_config(&context)).transpose()?;
        let proxy = match network.proxy_for(&context)? {
            Some(url) => {
                Some(ureq::Proxy::new(url.expose()).map_err(|_| ConfigError::new("proxy", "is not a URL"))?)
            }
            None => None,
        };
        let settings = Agent::config_builder()
            .proxy(proxy)
            .max_idle_connections(IDLE_CONNECTIONS)
            .max_idle_connections_per_host(IDLE_CONNECTIONS)
            .max_idle_age(IDLE_TIMEOUT)
            .input_buffer_size(INPUT_BUFFER)
            .output_buffer_size(OUTPUT_BUFFER)
            .build();
        let shared = Arc::default();
        Ok(Self { context, agent: connector::agent(settings, tls, Arc::clone(&shared)), shared })
    }

    /// A client over a ureq agent of your own, with its pool, proxy, TLS and resolver.
    ///
    /// What keeps a call safe is set on each request all the same: time limits, no redirects, a limited head, no proxy
    /// for plain http. Whether a compressed answer, which is never asked for, is unfolded or refused is up to ureq's
    /// features; the limit holds for what is unfolded. Less is known of an agent's errors: some that mean "never sent" are
    /// taken as "may have arrived". Its time limits are those of a socket, which Linux lets end up to an eighth late,
    /// and which begin anew where a write was taken in part.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the setting that cannot be used.
    pub fn with_agent(config: Config, agent: Agent) -> Result<Self, ConfigError> {
        Ok(Self { context: Context::new(config)?, agent, shared: Arc::default() })
    }

    /// Sends a request, as often as [`Retry`](crate::Retry) says, and gives its result.
    ///
    /// # Errors
    ///
    /// [`Error`], after the last attempt.
    pub fn send<E: Endpoint>(&self, request: &E) -> Result<E::Response, Error> {
        let mut call = Call::new(&self.context, request);
        loop {
            let attempt = call.next(Moment::now())?;
            let outcome = self.exchange(attempt);
            match call.finish(outcome, Moment::now()) {
                Step::Done(result) => return result,
                Step::Retry(wait) => sleep(wait),
            }
        }
    }

    /// A clone whose calls end after this time, waits included.
    #[must_use]
    pub fn deadline(&self, deadline: Duration) -> Self {
        Self { context: self.context.deadline(deadline), ..self.clone() }
    }

    /// A clone that asks with another key over the same connections: for tenants, or when a key is changed.
    #[must_use]
    pub fn with_credentials(&self, credentials: Credentials) -> Self {
        Self { context: self.context.with_credentials(credentials), ..self.clone() }
    }

    /// How the client and its clones stand right now, for metrics.
    #[must_use]
    pub fn gauges(&self) -> Gauges {
        self.context.gauges()
    }

    #[expect(clippy::inline_always, reason = "apart, it takes a page of each thread's stack")]
    #[inline(always)]
    fn exchange(&self, attempt: Attempt) -> Result<http::Response<Vec<u8>>, TransportError> {
        let hidden = self.shared.echoes.begin(attempt.request.body());
        let mut outcome = self.ask(attempt);
        if let Some(exchange) = hidden {
            self.shared.echoes.end(exchange, &mut outcome);
        }
        outcome
    }

    fn ask(&self, attempt: Attempt) -> Result<http::Response<Vec<u8>>, TransportError> {
        self.shared.most.fetch_max(HEAD_LIMIT.saturating_add(attempt.body_limit), Ordering::Relaxed);
        let asked = attempt.request.uri().clone();
        let settings = self.agent.configure_request(attempt.request);
        // A proxy is for https alone: over plain http it would see the sign, and this machine is asked directly.
        let tunnelled = self.context.is_https() && !self.context.is_loopback();
        let settings = if tunnelled { settings } else { settings.proxy(None) };
        let request = settings
            .timeout_global(Some(attempt.budget))
            .timeout_connect(Some(attempt.connect_budget))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(HEAD_LIMIT)
            .build();
        let response = self.agent.run(request).map_err(in_head)?;
        if *response.get_uri() != asked {
            return Err(TransportError::new(TransportKind::Other, "the answer came from another URL"));
        }
        let (head, body) = response.into_parts();
        let limit = attempt.body_limit as u64;
        if body.content_length().is_some_and(|length| length > limit) {
            return Err(TransportKind::Limit.into());
        }
        let body = body.into_with_config().limit(limit).read_to_vec().map_err(in_body)?;
        Ok(http::Response::from_parts(head, body))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("context", &self.context).finish_non_exhaustive()
    }
}
