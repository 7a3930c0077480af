//! What a user relies on beyond a single call: sharing, patience, keys, and an agent of one's own.

use std::io;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use faceid_blocking::{
    Client, Config, Credentials, Error, GetBizToken, Network, Proxy, ProxyUrl, Retry, Roots, TransportKind,
};
use faceid_faults::{Authority, Leaf, Peer, Server};

const TOKEN: &str = r#"{"biz_token":"fake-token"}"#;

fn config(server: &Server, scheme: &str) -> Config {
    let credentials = Credentials::new("fake-key", "fake-secret").expect("a pair");
    Config::at(format!("{scheme}://{}", server.address()), credentials).deadline(Duration::from_secs(5))
}

fn client(server: &Server) -> Client {
    Client::new(config(server, "http")).expect("a client")
}

fn request() -> GetBizToken {
    GetBizToken::new("fake-scene")
}

fn tokens(peer: &mut Peer) -> io::Result<()> {
    loop {
        peer.request()?;
        peer.answer("200 OK", "", TOKEN)?;
    }
}

fn kind(result: Result<impl std::fmt::Debug, Error>) -> TransportKind {
    match result {
        Err(Error::Transport(error)) => error.kind(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_can_be_shared() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<Client>();
}

#[test]
fn a_connection_is_kept_and_clones_share_it() {
    let server = Server::start(None, tokens);
    let client = client(&server);
    for _ in 0..10 {
        client.clone().send(&request()).expect("a token");
        client.deadline(Duration::from_secs(1)).send(&request()).expect("a token");
    }
    assert_eq!((server.received().len(), server.connections()), (20, 1));
}

#[test]
fn as_many_idle_connections_are_kept_as_there_were_calls_at_once() {
    const AT_ONCE: usize = 16;
    let server = Server::start(None, |peer| {
        loop {
            peer.request()?;
            thread::sleep(Duration::from_millis(200));
            peer.answer("200 OK", "", TOKEN)?;
        }
    });
    let client = client(&server);
    for _ in 0..2 {
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| client.send(&request()).expect("a token"));
            }
        });
    }
    assert_eq!((server.received().len(), server.connections()), (2 * AT_ONCE, AT_ONCE));
}

#[test]
fn it_works_inside_a_tokio_runtime() {
    let server = Server::start(None, tokens);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let token = runtime.block_on(async { client(&server).send(&request()) });
    assert_eq!(token.expect("a token").biz_token(), "fake-token");
}

#[test]
fn another_key_goes_over_the_same_connection() {
    let server = Server::start(None, tokens);
    let client = client(&server);
    client.send(&request()).expect("a token");
    let tenant = Credentials::new("tenant-key", "tenant-secret").expect("a pair");
    client.with_credentials(tenant.clone()).send(&request()).expect("a token");
    let sign = server.received()[1].field("sign").expect("a sign");
    assert!(tenant.verify(&sign, 0).is_ok());
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_callers_patience_ends_a_call() {
    let server = Server::start(None, |peer| {
        peer.request()?;
        peer.wait();
        Ok(())
    });
    let started = Instant::now();
    let result = client(&server).deadline(Duration::from_millis(200)).send(&request());
    assert_eq!(kind(result), TransportKind::Timeout);
    assert!(started.elapsed() < Duration::from_millis(1200), "{:?}", started.elapsed());
}

#[test]
fn nobody_can_undo_the_safety_of_an_agent() {
    let server = Server::start(None, |peer| {
        loop {
            peer.request()?;
            peer.answer("307 Moved", "location: /elsewhere\r\n", "")?;
        }
    });
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .max_redirects(10)
        .http_status_as_error(true)
        .timeout_global(None)
        .build()
        .into();
    let error =
        Client::with_agent(config(&server, "http"), agent).expect("a client").send(&request()).unwrap_err();
    assert_eq!((error.status(), server.received().len()), (Some(307), 1));
}

#[test]
fn a_client_certificate_is_shown() {
    let authority = Authority::default();
    let server = Server::start(Some(authority.server_that_asks(Leaf::Good)), tokens);
    let network = || Network::default().roots(Roots::Pem(authority.pem().into())).proxy(Proxy::Direct);
    let once = || config(&server, "https").retry(Retry::default().max_attempts(1));

    let (chain, key) = authority.leaf(Leaf::OtherHost);
    let with = Client::with_network(once(), &network().client_certificate(chain, key)).expect("a client");
    assert_eq!(with.send(&request()).expect("a token").biz_token(), "fake-token");
    let without = Client::with_network(once(), &network()).expect("a client");
    assert_eq!(kind(without.send(&request())), TransportKind::Tls);
}

#[test]
fn a_server_is_told_why_it_is_refused() {
    let (told, heard) = mpsc::channel();
    let authority = Authority::default();
    let server = Server::start(Some(authority.server(Leaf::OtherHost)), move |peer| {
        let error = peer.request().err();
        told.send(format!("{error:?}")).map_err(io::Error::other)
    });
    let network = Network::default().roots(Roots::Pem(authority.pem().into())).proxy(Proxy::Direct);
    let once = config(&server, "https").retry(Retry::default().max_attempts(1));
    let client = Client::with_network(once, &network).expect("a client");
    assert_eq!(kind(client.send(&request())), TransportKind::Tls);
    let heard = heard.recv_timeout(Duration::from_secs(10)).expect("a handshake that failed");
    assert!(heard.contains("AlertReceived(BadCertificate)"), "{heard}");
}

#[test]
fn a_proxy_is_a_tunnel_that_sees_neither_sign_nor_answer() {
    let proxy = faceid_faults::proxy();
    let authority = Authority::default();
    let server = Server::start(Some(authority.server(Leaf::Good)), tokens);
    // The name leads to no address: the proxy alone knows where the server is.
    let credentials = Credentials::new("fake-key", "fake-secret").expect("a pair");
    let config = Config::at(format!("https://tunnel.invalid:{}", server.address().port()), credentials);
    let network = Network::default()
        .roots(Roots::Pem(authority.pem().into()))
        .proxy(Proxy::Url(ProxyUrl::new(format!("http://user:fake@{}", proxy.address()))));
    let client = Client::with_network(config, &network).expect("a client");
    assert_eq!(client.send(&request()).expect("a token").biz_token(), "fake-token");
    assert_eq!(client.send(&request()).expect("a token").biz_token(), "fake-token");
    let seen = proxy.received();
    assert_eq!(seen.len(), 1, "one tunnel");
    assert!(seen[0].head.starts_with("CONNECT tunnel.invalid:"), "{}", seen[0].head);
    assert!(
        seen[0].head.to_ascii_lowercase().contains("proxy-authorization: basic dxnlcjpmywtl"),
        "{}",
        seen[0].head
    );
}

/// Whether it leaves in one write, with its head, or in several.
#[test]
fn a_form_of_any_size_arrives_as_it_is() {
    let proxy = faceid_faults::proxy();
    let authority = Authority::default();
    let [plain, behind_tls, behind_a_proxy] = [None, Some(Leaf::Good), Some(Leaf::Good)]
        .map(|leaf| Server::start(leaf.map(|leaf| authority.server(leaf)), tokens));
    let network = || Network::default().roots(Roots::Pem(authority.pem().into()));
    let tunnel = Config::at(
        format!("https://tunnel.invalid:{}", behind_a_proxy.address().port()),
        Credentials::new("fake-key", "fake-secret").expect("a pair"),
    );
    let through = Proxy::Url(ProxyUrl::new(format!("http://{}", proxy.address())));
    let clients = [
        (&plain, Client::new(config(&plain, "http"))),
        (&behind_tls, Client::with_network(config(&behind_tls, "https"), &network().proxy(Proxy::Direct))),
        (&behind_a_proxy, Client::with_network(tunnel, &network().proxy(through))),
    ];
    for (server, client) in clients {
        let client = client.expect("a client");
        // Around what ureq sends at a time, which is 4096 bytes, and beyond.
        for len in (1..30).chain((3000..4200).step_by(7)).chain([8192, 40_000, 300_000]) {
            let liveness_id: String = ('a'..='z').cycle().take(len).collect();
            client.send(&GetBizToken::new(&*liveness_id)).expect("a token");
            let arrived = server.received().pop().and_then(|request| request.field("liveness_id"));
            assert!(arrived.as_ref() == Some(&liveness_id), "{len}: {arrived:?}");
        }
    }
}

/// The whole time is waited in parts, and this is later than the first, as Linux rounds it where a second has 100, 250 or
/// 1000 ticks.
#[test]
fn nothing_is_lost_between_two_waits() {
    const WHOLE: Duration = Duration::from_secs(16);
    const LATE: Duration = Duration::from_millis(14_700);
    // More than a connection holds.
    let liveness_id: String = ('a'..='z').cycle().take(5_000_000).collect();
    let authority = Authority::default();
    thread::scope(|scope| {
        for (leaf, reads_late) in
            [None, Some(Leaf::Good)].into_iter().flat_map(|leaf| [(leaf, true), (leaf, false)])
        {
            let (authority, liveness_id) = (&authority, &liveness_id);
            scope.spawn(move || {
                let server = Server::start(leaf.map(|leaf| authority.server(leaf)), move |peer| {
                    if reads_late {
                        // What TLS is agreed with.
                        peer.send("HTTP/1.1 102 Processing\r\n\r\n")?;
                        thread::sleep(LATE);
                    }
                    peer.request()?;
                    peer.send("HTTP/1.1 200 OK\r\n")?;
                    if !reads_late {
                        thread::sleep(LATE);
                    }
                    peer.send(format!("content-length: {}\r\n\r\n{TOKEN}", TOKEN.len()))
                });
                let network =
                    Network::default().roots(Roots::Pem(authority.pem().into())).proxy(Proxy::Direct);
                let config = config(&server, if leaf.is_some() { "https" } else { "http" })
                    .deadline(WHOLE)
                    .attempt_timeout(WHOLE)
                    .retry(Retry::default().max_attempts(1));
                let client = Client::with_network(config, &network).expect("a client");
                let request = if reads_late { GetBizToken::new(&**liveness_id) } else { request() };
                let started = Instant::now();
                client.send(&request).expect("a token");
                assert!(started.elapsed() > LATE, "{:?}", started.elapsed());
                let arrived = server.received().pop().and_then(|request| request.field("liveness_id"));
                assert!(!reads_late || arrived.as_ref() == Some(liveness_id), "{leaf:?}");
            });
        }
    });
}

/// What counts is the answer, and not what TLS makes of it: here some 23 bytes for each of its own.
#[test]
fn a_tunnel_may_be_longer_than_the_answer() {
    let proxy = faceid_faults::proxy();
    let authority = Authority::default();
    let server = Server::start(Some(authority.server(Leaf::Good)), |peer| {
        peer.request()?;
        let body = format!("{{\"biz_token\":\"fake-token\"}}{}", " ".repeat(14_000));
        peer.send(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()))?;
        body.bytes().try_for_each(|byte| peer.send([byte]))
    });
    let credentials = Credentials::new("fake-key", "fake-secret").expect("a pair");
    let config = Config::at(format!("https://tunnel.invalid:{}", server.address().port()), credentials);
    let network = Network::default()
        .roots(Roots::Pem(authority.pem().into()))
        .proxy(Proxy::Url(ProxyUrl::new(format!("http://{}", proxy.address()))));
    let client = Client::with_network(config, &network).expect("a client");
    assert_eq!(client.send(&request()).expect("a token").biz_token(), "fake-token");
}

#[test]
fn a_proxy_that_refuses_gets_no_password_shown() {
    // It repeats what it was sent.
    let proxy = Server::start(None, |peer| {
        let request = peer.request()?;
        let head = peer.received(request).head;
        peer.answer("407 Proxy Authentication Required", "x-seen: dXNlcjptYXJrZWQtcGFzcw==\r\n", head)
    });
    let authority = Authority::default();
    let credentials = Credentials::new("fake-key", "marked-secret").expect("a pair");
    let config = Config::at("https://tunnel.invalid", credentials).retry(Retry::default().max_attempts(1));
    let (chain, key) = authority.leaf(Leaf::Good);
    let network = Network::default()
        .roots(Roots::Pem(authority.pem().into()))
        .client_certificate(chain, key.clone())
        .proxy(Proxy::Url(ProxyUrl::new(format!("http://user:marked-pass@{}", proxy.address()))));
    let client = Client::with_network(config, &network).expect("a client");
    let error = client.send(&request().uuid("marked-uuid")).expect_err("no tunnel");
    assert!(proxy.received()[0].head.contains("dXNlcjptYXJrZWQtcGFzcw=="), "it was given");
    let mut shown =
        format!("{client:?} {client:#?} {network:?} {error} {error:?} {error:#?} {}", error.hint());
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        shown = format!("{shown} {error} {error:?}");
        source = error.source();
    }
    for mark in ["marked", "dXNlcjptYXJrZWQtcGFzcw", &key[40..60]] {
        assert!(!shown.contains(mark), "{shown}");
    }
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    let server = Server::start(None, tokens);
    let pem = |text: &str| Network::default().roots(Roots::Pem(text.into())).proxy(Proxy::Direct);
    let broken = "-----BEGIN CERTIFICATE-----\nqxqx\n-----END CERTIFICATE-----\n";
    let (chain, _) = Authority::default().leaf(Leaf::Good);
    let cases = [
        (pem("no certificate"), "roots"),
        (pem(broken), "roots"),
        (pem(&chain).client_certificate("", ""), "client_certificate"),
        (pem(&chain).client_certificate(chain.clone(), "no key"), "client_certificate"),
        (
            pem(&chain).client_certificate(chain.clone(), Authority::default().leaf(Leaf::Good).1),
            "client_certificate",
        ),
    ];
    for (network, setting) in cases {
        let error = Client::with_network(config(&server, "https"), &network).expect_err(setting);
        assert_eq!(error.setting(), setting, "{error}");
    }
    let remote = Config::at("https://api.test", Credentials::new("k", "s").expect("a pair"));
    for url in ["socks5://proxy.test", "http://", "http://a b"] {
        let network =
            Network::default().roots(Roots::Pem(chain.clone().into())).proxy(Proxy::Url(ProxyUrl::new(url)));
        assert_eq!(Client::with_network(remote.clone(), &network).expect_err(url).setting(), "proxy");
    }
    let plain = Config::at("http://api.test", Credentials::new("k", "s").expect("a pair"));
    assert_eq!(Client::new(plain).expect_err("plain http").setting(), "base_url");
}

#[test]
fn calls_in_flight_are_counted() {
    let server = Server::start(None, |peer| {
        peer.request()?;
        thread::sleep(Duration::from_millis(400));
        peer.answer("200 OK", "", TOKEN)
    });
    let client = Arc::new(client(&server));
    let calling = thread::spawn({
        let client = Arc::clone(&client);
        move || client.send(&request())
    });
    thread::sleep(Duration::from_millis(150));
    assert_eq!(client.gauges().in_flight, 1);
    calling.join().expect("no panic").expect("a token");
    assert_eq!(client.gauges().in_flight, 0);
}

#[test]
fn no_limit_is_a_limit_too() {
    let server = Server::start(None, tokens);
    let config = config(&server, "http").attempt_timeout(Duration::MAX).deadline(Duration::MAX);
    let client = Client::new(config.connect_timeout(Duration::MAX)).expect("a client");
    assert_eq!(client.send(&request()).expect("a token").biz_token(), "fake-token");
}

/// The server may close a connection that is idle for longer; one that is used after all would fail.
#[test]
fn a_connection_that_was_idle_for_15_s_is_not_used_again() {
    let server = Server::start(None, tokens);
    let client = client(&server);
    client.send(&request()).expect("a token");
    thread::sleep(Duration::from_secs(16));
    client.send(&request()).expect("a token");
    assert_eq!(server.connections(), 2);
}

#[test]
fn the_proxy_of_an_agent_does_not_see_plain_http() {
    let (server, proxy) = (Server::start(None, tokens), faceid_faults::proxy());
    let through = ureq::Proxy::new(&format!("http://{}", proxy.address())).expect("a proxy");
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(Some(through)).build().into();
    let client = Client::with_agent(config(&server, "http"), agent).expect("a client");
    assert_eq!(client.send(&request()).expect("a token").biz_token(), "fake-token");
    assert_eq!(proxy.connections(), 0);
}
