//! The client, and how one exchange goes over reqwest.

use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use faceid_net::{Network, is_compressed};
use faceid_types::{
    Attempt, Call, Config, ConfigError, Context, Credentials, Endpoint, Error, Gauges, GetBizToken, Moment,
    Step, TransportError, TransportKind,
};
use reqwest::header::CONTENT_ENCODING;
use reqwest::{ClientBuilder, Url};
use tokio::time::sleep;

use crate::classify::{in_body, in_head};
use crate::resolve::SharedLookup;
use crate::sending::Sending;

/// The longest head of an answer, in bytes.
const HEAD_LIMIT: usize = 12 * 1024;
const IDLE_CONNECTIONS: usize = 64;
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// An async client.
///
/// Clones share connections, the retry quota and the clock correction.
#[derive(Clone)]
pub struct Client {
    context: Context,
    /// The one of `get_biz_token`. reqwest would parse that of each request anew, which takes as long as signing it.
    url: Url,
    http: reqwest::Client,
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
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(network.tls_config(&context)?)
            .http1_only()
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .dns_resolver(SharedLookup::default())
            .no_proxy();
        if let Some(url) = network.proxy_for(&context)? {
            let proxy =
                reqwest::Proxy::all(url.expose()).map_err(|_| ConfigError::new("proxy", "is not a URL"))?;
            builder = builder.proxy(proxy);
        }
        Self::build(context, builder)
    }

    /// A client over a reqwest client of your own, with its pool, proxy, TLS and resolver.
    ///
    /// What keeps a call safe is set last, whatever the builder says: no redirects, no repeats of the same sign, no
    /// decompression, time limits. reqwest is built here without a TLS provider: install one for the process, or give
    /// the builder a configuration (`tls_backend_preconfigured`). Without either reqwest panics while it builds; that is
    /// caught and told as an error, except where a panic aborts the process.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the setting that cannot be used.
    pub fn with_http(config: Config, builder: ClientBuilder) -> Result<Self, ConfigError> {
        Self::build(Context::new(config)?, builder)
    }

    fn build(context: Context, builder: ClientBuilder) -> Result<Self, ConfigError> {
        let mut url = Url::parse(&context.base_url().to_string())
            .map_err(|error| ConfigError::new("base_url", "is not a URL").caused_by(error))?;
        url.set_path(&[url.path().trim_end_matches('/'), GetBizToken::PATH].concat());
        // A proxy is for https alone: over plain http it would see the sign, and this machine is asked directly.
        let tunnelled = context.is_https() && !context.is_loopback();
        let builder = if tunnelled { builder } else { builder.no_proxy() };
        let builder = builder
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(context.connect_timeout());
        // Without a TLS provider reqwest panics; whether it has one depends on the features of other crates.
        let http = catch_unwind(AssertUnwindSafe(|| builder.build()))
            .map_err(|_| {
                ConfigError::new("TLS", "has no provider: install a rustls CryptoProvider for the process")
            })?
            .map_err(|error| ConfigError::new("http", "client cannot be built").caused_by(error))?;
        Ok(Self { context, url, http })
    }

    /// Sends a request, as often as [`Retry`](crate::Retry) says, and gives its result.
    ///
    /// # Errors
    ///
    /// [`Error`], after the last attempt.
    pub async fn send<E: Endpoint>(&self, request: &E) -> Result<E::Response, Error> {
        let mut call = Call::new(&self.context, request);
        loop {
            let attempt = call.next(Moment::now())?;
            let outcome = self.exchange(attempt).await;
            match call.finish(outcome, Moment::now()) {
                Step::Done(result) => return result,
                Step::Retry(wait) => sleep(wait).await,
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

    async fn exchange(&self, attempt: Attempt) -> Result<http::Response<Vec<u8>>, TransportError> {
        let sending = Sending::default();
        let (head, form) = attempt.request.into_parts();
        let mut asked = Cow::Borrowed(&self.url);
        if asked.path() != head.uri.path() {
            asked.to_mut().set_path(head.uri.path());
        }
        let mut request = reqwest::Request::new(head.method, Url::clone(&asked));
        *request.headers_mut() = head.headers;
        *request.body_mut() = Some(sending.body(form));
        *request.timeout_mut() = Some(attempt.budget);
        let mut answer =
            self.http.execute(request).await.map_err(|error| in_head(error, sending.has_begun()))?;
        if answer.url() != &*asked {
            return Err(TransportError::new(TransportKind::Other, "the answer came from another URL"));
        }
        let mut encodings = answer.headers().get_all(CONTENT_ENCODING).iter();
        if encodings.any(|encoding| is_compressed(encoding.as_bytes())) {
            return Err(TransportError::new(
                TransportKind::Other,
                "the answer is compressed, which was not asked for",
            ));
        }
        // hyper's own limit is about 408 KiB.
        let head: usize =
            answer.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        let declared = answer.content_length().unwrap_or_default();
        if head > HEAD_LIMIT || declared > attempt.body_limit as u64 {
            return Err(TransportKind::Limit.into());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(in_body)? {
            if body.len() + chunk.len() > attempt.body_limit {
                return Err(TransportKind::Limit.into());
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = http::Response::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("context", &self.context).finish_non_exhaustive()
    }
}
