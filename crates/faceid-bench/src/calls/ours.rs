//! Our clients.

use std::time::Duration;

use faceid_types::{Call, Config, Context, Credentials, GetBizToken, Moment, Region, Step, TransportKind};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{ConnectionDetails, Connector, TcpConnector};

use super::joined::Joined;
use super::{Plan, in_tasks, in_threads, runtime, while_held};
use crate::form::{LIVENESS_ID, PATH, UUID};
use crate::meter::{Meter, open_sockets};
use crate::{API_KEY, API_SECRET, report};

fn config(url: &str) -> Config {
    Config::at(url.to_owned(), Credentials::new(API_KEY, API_SECRET).expect("a pair"))
}

fn request() -> GetBizToken {
    GetBizToken::new(LIVENESS_ID).uuid(UUID)
}

pub(super) fn waiting(url: &str, plan: Plan) {
    let client = faceid_async::Client::new(config(url)).expect("a client");
    in_tasks(plan, || {
        let client = client.clone();
        move || {
            let client = client.clone();
            async move { drop(client.send(&request()).await.expect("a token")) }
        }
    });
}

/// As the client keeps them.
const IDLE_CONNECTIONS: usize = 64;
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// The same loop over the same library with the same settings, but for the time limits, the client's own lookup of names,
/// and what it looks at: which path a request has, whether it was begun to be sent, whether an answer is what was asked for
/// and no larger than it may be.
pub(super) fn waiting_untimed(url: &str, plan: Plan) {
    let context = Context::new(config(url)).expect("a context");
    let url = reqwest::Url::parse(&[url, PATH].concat()).expect("a URL");
    let builder = reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls()).http1_only();
    let builder = builder.redirect(reqwest::redirect::Policy::none()).retry(reqwest::retry::never());
    let builder = builder.pool_max_idle_per_host(IDLE_CONNECTIONS).pool_idle_timeout(IDLE_TIMEOUT);
    let http = builder.referer(false).build().expect("a client");
    in_tasks(plan, || {
        let (context, url, http) = (context.clone(), url.clone(), http.clone());
        move || {
            // As a client is cloned, with its URL.
            let (context, url, http) = (context.clone(), url.clone(), http.clone());
            async move {
                let request = request();
                let mut call = Call::new(&context, &request);
                let (head, form) = call.next(Moment::now()).expect("an attempt").request.into_parts();
                let mut request = reqwest::Request::new(head.method, url.clone());
                *request.headers_mut() = head.headers;
                *request.body_mut() = Some(form.into());
                let outcome = async {
                    let mut answer = http.execute(request).await?;
                    let mut body = Vec::new();
                    while let Some(chunk) = answer.chunk().await? {
                        body.extend_from_slice(&chunk);
                    }
                    let mut response = http::Response::new(body);
                    *response.status_mut() = answer.status();
                    *response.headers_mut() = std::mem::take(answer.headers_mut());
                    Ok::<_, reqwest::Error>(response)
                };
                let outcome = outcome.await.map_err(|_| TransportKind::Other.into());
                match call.finish(outcome, Moment::now()) {
                    Step::Done(token) => drop(token.expect("a token")),
                    Step::Retry(_) => panic!("a failure"),
                }
            }
        }
    });
}

/// reqwest is built without a TLS provider.
pub(super) fn tls() -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

pub(super) fn waiting_hold(url: &str, plan: Plan) {
    let runtime = runtime(plan);
    let client = faceid_async::Client::new(config(url)).expect("a client");
    runtime.block_on(client.send(&request())).expect("a token");
    while_held(plan, || {
        let client = client.clone();
        runtime.spawn(async move { client.send(&GetBizToken::new("hold").uuid(UUID)).await });
    });
}

pub(super) fn waiting_first(url: &str) {
    let client = faceid_async::Client::new(config(url)).expect("a client");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(client.send(&request())).expect("a token");
    println!("{{}}");
}

pub(super) fn waiting_https(url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let meter = Meter::start();
    let service = Config::new(Region::China, Credentials::new(API_KEY, API_SECRET).expect("a pair"));
    drop(faceid_async::Client::new(service).expect("a client"));
    let roots = meter.cpu_us() / 1e3;
    let network = faceid_async::Network::default().roots(faceid_async::Roots::Pem(certificate()));
    let client = faceid_async::Client::with_network(config(url), &network).expect("a client");
    let meter = Meter::start();
    runtime.block_on(client.send(&request())).expect("a token");
    report::print([("roots_ms", roots), ("request_ms", meter.cpu_us() / 1e3)]);
}

/// The client's first calls, all at once.
pub(super) fn waiting_burst(url: &str, plan: Plan) {
    let network = faceid_async::Network::default().roots(faceid_async::Roots::Pem(certificate()));
    let client = faceid_async::Client::with_network(config(url), &network).expect("a client");
    burst(plan, || {
        let runtime = runtime(plan);
        runtime.block_on(async {
            let call = |client: faceid_async::Client| async move { client.send(&request()).await };
            let calls: Vec<_> = (0..plan.in_flight).map(|_| tokio::spawn(call(client.clone()))).collect();
            for call in calls {
                call.await.expect("a task").expect("a token");
            }
        });
        runtime
    });
}

/// The same in threads.
pub(super) fn blocking_burst(url: &str, plan: Plan) {
    let network = faceid_blocking::Network::default().roots(faceid_blocking::Roots::Pem(certificate()));
    let client = faceid_blocking::Client::with_network(config(url), &network).expect("a client");
    burst(plan, || {
        std::thread::scope(|scope| {
            let call = || drop(client.send(&request()).expect("a token"));
            (0..plan.in_flight).for_each(|_| drop(scope.spawn(call)));
        });
    });
}

/// Each connection is still open at the end: the client keeps as many idle ones, and `calls` gives what they need to live.
fn burst<R>(plan: Plan, calls: impl FnOnce() -> R) {
    let before = open_sockets();
    let meter = Meter::start();
    let alive = calls();
    let (seconds, cpu) = (meter.seconds(), meter.cpu_us());
    let connections = f64::from(open_sockets() - before);
    drop(alive);
    let cpu = cpu / f64::from(plan.in_flight);
    report::print([("ms", seconds * 1e3), ("cpu_us", cpu), ("connections", connections)]);
}

/// Of the server, if it speaks TLS.
fn certificate() -> Vec<u8> {
    let file = std::env::var_os("BENCH_CERTIFICATE").expect("BENCH_CERTIFICATE");
    std::fs::read(file).expect("a certificate")
}

pub(super) fn blocking(url: &str, plan: Plan) {
    let client = faceid_blocking::Client::new(config(url)).expect("a client");
    in_threads(plan, || drop(client.send(&request()).expect("a token")));
}

/// Has a request leave in one write, as the client does.
#[derive(Debug)]
struct Join<C>(C);

impl<C: Connector<()>> Connector<()> for Join<C> {
    type Out = Joined<C::Out>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        Ok(self.0.connect(details, None)?.map(Joined::new))
    }
}

/// The same in threads. What the client sets for each request the agent has here once.
pub(super) fn blocking_untimed(url: &str, plan: Plan) {
    let context = Context::new(config(url)).expect("a context");
    let settings = ureq::Agent::config_builder().proxy(None).http_status_as_error(false).max_redirects(0);
    let settings =
        settings.max_idle_connections(IDLE_CONNECTIONS).max_idle_connections_per_host(IDLE_CONNECTIONS);
    let settings = settings.max_idle_age(IDLE_TIMEOUT);
    let settings = settings.input_buffer_size(14 * 1024).output_buffer_size(4 * 1024);
    let chain = Join(().chain(TcpConnector::default()));
    let agent = ureq::Agent::with_parts(settings.build(), chain, DefaultResolver::default());
    in_threads(plan, || {
        let request = request();
        let mut call = Call::new(&context, &request);
        let attempt = call.next(Moment::now()).expect("an attempt");
        let outcome = agent.run(attempt.request).and_then(|answer| {
            let (head, mut body) = answer.into_parts();
            Ok(http::Response::from_parts(head, body.read_to_vec()?))
        });
        match call.finish(outcome.map_err(|_| TransportKind::Other.into()), Moment::now()) {
            Step::Done(token) => drop(token.expect("a token")),
            Step::Retry(_) => panic!("a failure"),
        }
    });
}

pub(super) fn blocking_hold(url: &str, plan: Plan) {
    let client = faceid_blocking::Client::new(config(url)).expect("a client");
    client.send(&request()).expect("a token");
    while_held(plan, || {
        let client = client.clone();
        std::thread::spawn(move || client.send(&GetBizToken::new("hold").uuid(UUID)));
    });
}

pub(super) fn blocking_first(url: &str) {
    let client = faceid_blocking::Client::new(config(url)).expect("a client");
    client.send(&request()).expect("a token");
    println!("{{}}");
}

pub(super) fn blocking_https(url: &str) {
    let meter = Meter::start();
    let service = Config::new(Region::China, Credentials::new(API_KEY, API_SECRET).expect("a pair"));
    drop(faceid_blocking::Client::new(service).expect("a client"));
    let roots = meter.cpu_us() / 1e3;
    let network = faceid_blocking::Network::default().roots(faceid_blocking::Roots::Pem(certificate()));
    let client = faceid_blocking::Client::with_network(config(url), &network).expect("a client");
    let meter = Meter::start();
    client.send(&request()).expect("a token");
    report::print([("roots_ms", roots), ("request_ms", meter.cpu_us() / 1e3)]);
}
