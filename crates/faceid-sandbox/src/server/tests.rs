//! The limits that take long to reach, with less of them.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::Instant;

use faceid_sign::{Stamp, Validity};

use super::*;
use crate::service::UsedSigns;
use crate::{Entry, demo_credentials};

const SHORT: Duration = Duration::from_millis(200);

fn start(sandbox: Sandbox, limits: Limits) -> Server {
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Server::start_with(sandbox, any_port, Listening::default(), limits).unwrap()
}

/// What comes back until the server closes, and how long that takes.
fn exchange(server: &Server, parts: &[&str]) -> (String, Duration) {
    let started = Instant::now();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    for part in parts {
        stream.write_all(part.as_bytes()).unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer, started.elapsed())
}

#[test]
fn a_client_that_dawdles_is_not_waited_for() {
    let limits = Limits { head: SHORT, body: SHORT, ..Limits::default() };
    let server = start(Sandbox::builder().build(), limits);
    let get = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    let post = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf";
    // what is sent, and how the last answer begins
    let cases: &[(&str, &[&str], &str)] = &[
        ("nothing", &[], ""),
        ("half a head", &["POST / HTT"], ""),
        ("half a body", &[post], "HTTP/1.1 408 "),
        ("nothing after a request", &[get], "HTTP/1.1 404 "),
    ];
    for (name, parts, expected) in cases {
        let (answer, took) = exchange(&server, parts);
        assert!(answer.starts_with(expected) && answer.is_empty() == expected.is_empty(), "{name}: {answer}");
        assert!((Duration::from_millis(190)..Duration::from_secs(5)).contains(&took), "{name}: {took:?}");
    }
    let outcomes: Vec<_> = server.sandbox().journal().iter().map(Entry::outcome).collect();
    assert_eq!(outcomes, ["limit", "API_NOT_FOUND"]);
}

/// Nor is one that reads nothing.
#[test]
fn who_takes_nothing_is_left() {
    let sandbox = Sandbox::builder().build();
    let request = http::Request::get("/").body(Vec::new()).unwrap();
    for _ in 0..10_000 {
        assert_eq!(sandbox.answer(&request, std::time::SystemTime::now()).status(), 404);
    }
    let server = start(sandbox, Limits { body: SHORT, connections: 1, ..Limits::default() });
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let list = "GET /__sandbox/journal?limit=10000 HTTP/1.1\r\nhost: localhost\r\n\r\n";
    stream.write_all([list, list].concat().as_bytes()).unwrap();
    let get = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    assert!(exchange(&server, &[get]).0.starts_with("HTTP/1.1 404 "));
}

/// Each byte in time does not make a head that is in time.
#[test]
fn a_head_that_comes_byte_by_byte_is_cut() {
    let server = start(Sandbox::builder().build(), Limits { head: SHORT, ..Limits::default() });
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let started = Instant::now();
    while stream.write_all(b"G").is_ok() && !matches!(stream.read(&mut [0]), Ok(0)) {
        assert!(started.elapsed() < Duration::from_secs(5), "it is not cut");
    }
    assert!(started.elapsed() > Duration::from_millis(150), "{:?}", started.elapsed());
}

/// More than systems let wait by default: those beyond would have to try again, which takes a second.
#[test]
fn a_burst_of_connections_finds_room_to_wait() {
    let server = start(Sandbox::builder().build(), Limits { connections: 1, ..Limits::default() });
    let address = server.address();
    let patience = Duration::from_millis(900);
    let waiting: Vec<_> = (0..300).map(|_| TcpStream::connect_timeout(&address, patience)).collect();
    assert!(waiting.iter().all(Result::is_ok), "{:?}", waiting.iter().find(|stream| stream.is_err()));
}

#[test]
fn connections_beyond_the_limit_wait_for_a_place() {
    let server = start(Sandbox::builder().build(), Limits { connections: 2, ..Limits::default() });
    let get = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let held: Vec<_> = (0..2).map(|_| TcpStream::connect(server.address()).unwrap()).collect();
    let mut waiting = TcpStream::connect(server.address()).unwrap();
    waiting.write_all(get.as_bytes()).unwrap();
    waiting.set_read_timeout(Some(SHORT)).unwrap();
    assert!(waiting.read(&mut [0]).is_err(), "no answer while there is no place");
    drop(held);
    let mut answer = String::new();
    waiting.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    waiting.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
}

/// A server that remembers two single-use signs.
fn of_short_memory() -> Server {
    let mut sandbox = Sandbox::builder().build();
    Arc::get_mut(&mut sandbox.inner).unwrap().used = UsedSigns::new(2);
    start(sandbox, Limits::default())
}

/// A single-use sign that is made so many days from now.
fn once(days: u64) -> String {
    let stamp = Stamp::now().unwrap();
    let stamp = Stamp::new(stamp.issued_at() + days * 86_400, stamp.nonce());
    demo_credentials().sign(&stamp, Validity::Once).unwrap().expose().to_owned()
}

fn ask(server: &Server, namespace: &str, sign: &str, liveness_id: &str) -> String {
    let part = |name: &str, value: &str| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body =
        [part("sign", sign), part("sign_version", "hmac_sha1"), part("liveness_id", liveness_id)].concat();
    let request = format!(
        "POST {namespace}/faceid/v5/sdk/get_biz_token HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         content-type: multipart/form-data; boundary=B\r\ncontent-length: {}\r\n\r\n{body}--B--\r\n",
        body.len() + 7
    );
    exchange(server, &[&request]).0
}

#[test]
fn when_no_sign_can_be_remembered_no_new_one_is_taken() {
    let server = of_short_memory();
    let signs: [String; 3] = std::array::from_fn(|_| once(0));
    // which sign, and what it gets
    let cases = [(0, "biz_token"), (1, "biz_token"), (2, "INTERNAL_ERROR"), (0, "REPLAY_ATTACK")];
    for (sign, expected) in cases {
        let answer = ask(&server, "", &signs[sign], "x");
        assert!(answer.contains(expected), "{sign}: {answer}");
    }
    let journal = server.sandbox().journal();
    assert!(journal[2].problem.as_ref().is_some_and(|problem| problem.contains("no new one is taken")));
}

/// A clock that is ahead does not make the others forget.
#[test]
fn a_sign_is_used_once_whatever_clocks_show() {
    let server = of_short_memory();
    let put = r#"{"offset":259200}"#;
    let set_ahead = format!(
        "PUT /ns/late/__sandbox/clock HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{put}",
        put.len()
    );
    assert!(exchange(&server, &[&set_ahead]).0.starts_with("HTTP/1.1 200 "));
    let (first, skewed) = (once(0), "sandbox:skew=+3d");
    // the namespace, the sign, the scene, and what it gets
    let cases: &[(&str, &str, &str, &str)] = &[
        ("", &first, "x", "biz_token"),
        ("", &first, "x", "REPLAY_ATTACK"),
        ("", &once(3), skewed, "biz_token"),
        ("", &once(3), skewed, "no new one is taken"),
        ("", &first, "x", "REPLAY_ATTACK"),
        ("/ns/late", &once(3), "x", "no new one is taken"),
        ("", &first, "x", "REPLAY_ATTACK"),
        ("/ns/other", &first, "x", "REPLAY_ATTACK"),
    ];
    for (at, (namespace, sign, scene, expected)) in cases.iter().enumerate() {
        let answer = ask(&server, namespace, sign, scene);
        assert!(answer.contains(expected), "request {at}: {answer}");
    }
}
