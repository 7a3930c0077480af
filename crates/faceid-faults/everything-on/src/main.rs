//! An application whose other dependencies switch on decompression, cookies, HTTP/2, system proxies and a second TLS
//! provider. Both clients must pass their suites all the same, and nobody may panic.
//!
//! With `--http2` only the rows of the hostile server that speak HTTP/2, which no client of ours does by itself.

#![forbid(unsafe_code)]

use std::env;
use std::process::ExitCode;
use std::sync::Arc;

use faceid_sandbox::conformance;
use rustls::crypto::CryptoProvider;

fn main() -> ExitCode {
    if env::args().any(|argument| argument == "--http2") {
        return http2();
    }
    // Both providers are built in, and none is installed: rustls could not choose, and ours must not ask it to.
    assert!(CryptoProvider::get_default().is_none());
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let chosen = std::panic::catch_unwind(rustls::ClientConfig::builder);
    std::panic::set_hook(hook);
    assert!(chosen.is_err(), "rustls can choose: nothing is shown");
    drop(reqwest::Client::builder().build().expect("the application's own client"));
    suites("no provider installed");

    // Once the application has chosen, its choice is ours.
    rustls::crypto::aws_lc_rs::default_provider().install_default().expect("the first");
    let chosen = CryptoProvider::get_default().expect("just installed");
    let context = faceid_async::Context::new(faceid_async::Config::at(
        "https://api.test",
        faceid_async::Credentials::new("fake-key", "fake-secret").expect("a pair"),
    ));
    let pem = faceid_faults::Authority::default().pem().as_bytes().to_vec();
    let network = faceid_async::Network::default().roots(faceid_async::Roots::Pem(pem));
    let tls = network.tls_config(&context.expect("a context")).expect("TLS");
    assert!(Arc::ptr_eq(tls.crypto_provider(), chosen));
    suites("aws-lc installed");
    http2()
}

fn http2() -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let ask = faceid_faults::client(|config, _| {
        let http = reqwest::Client::builder().http2_prior_knowledge();
        let client = faceid_async::Client::with_http(config, http).expect("a client");
        let handle = runtime.handle().clone();
        move |request: &_| handle.block_on(client.send(request))
    });
    faceid_faults::run("http2", &faceid_faults::http2_rows(), ask)
}

/// What ureq does for the whole process once it is built with a cookie jar and character sets: it sends cookies back and
/// logs them, and believes what an answer says of its characters. No setting of an agent stops it.
const OF_UREQ: [&str; 3] =
    ["another content type", "a cookie, which is not sent back", "the sign in a cookie"];

fn suites(state: &str) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let rows = faceid_faults::rows_on_hyper();
    let mut of_blocking = faceid_faults::rows();
    of_blocking.retain(|row| !OF_UREQ.contains(&row.name()));

    conformance::run(|config| {
        let client = faceid_blocking::Client::new(config).expect("a client");
        Box::new(move |request: &_| client.send(request))
    });
    let ask = faceid_faults::client(|config, network| {
        let client = faceid_blocking::Client::with_network(config, network).expect("a client");
        move |request: &_| client.send(request)
    });
    assert_eq!(faceid_faults::run("blocking", &of_blocking, ask), ExitCode::SUCCESS, "{state}");
    conformance::run(|config| {
        let client = faceid_async::Client::new(config).expect("a client");
        let handle = runtime.handle().clone();
        Box::new(move |request: &_| handle.block_on(client.send(request)))
    });
    let ask = faceid_faults::client(|config, network| {
        let client = faceid_async::Client::with_network(config, network).expect("a client");
        let handle = runtime.handle().clone();
        move |request: &_| handle.block_on(client.send(request))
    });
    assert_eq!(faceid_faults::run("async", &rows, ask), ExitCode::SUCCESS, "{state}");
    // Clients of the application's own, in which all of that is on.
    conformance::run(|config| {
        let agent = ureq::Agent::new_with_defaults();
        let client = faceid_blocking::Client::with_agent(config, agent).expect("a client");
        Box::new(move |request: &_| client.send(request))
    });
    conformance::run(|config| {
        let client = faceid_async::Client::with_http(config, reqwest::Client::builder()).expect("a client");
        let handle = runtime.handle().clone();
        Box::new(move |request: &_| handle.block_on(client.send(request)))
    });
    println!("{state}: both clients pass both suites");
}
