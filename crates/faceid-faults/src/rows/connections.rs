//! Connections that end, and what is left in those that are kept.

use std::io;
use std::thread;
use std::time::Duration;

use super::{INTERRUPTED, MISFRAMED, NEVER_SENT, TOKEN, first, tokens, whole};
use crate::{Expect, Leaf, Peer, Port, Row};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-length: 63\r\n\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

/// When even a busy client has read what was sent.
const READ_BY_THEN: Duration = Duration::from_millis(500);

const CUT_OFF: Expect = Expect::OneOf(&[INTERRUPTED, MISFRAMED]);

pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![Row::new("nobody listens", &[NEVER_SENT], 0, tokens).at(Port::Closed).attempted(3)];
    let until: [(&str, Expect, String); 10] = [
        ("before the head", INTERRUPTED, String::new()),
        ("in the status line", INTERRUPTED, "HTTP/1.1 20".into()),
        ("in the head", INTERRUPTED, "HTTP/1.1 200 OK\r\ncontent-le".into()),
        ("before the head's end", INTERRUPTED, "HTTP/1.1 200 OK\r\ncontent-length: 63\r\n".into()),
        ("after an informational answer", INTERRUPTED, "HTTP/1.1 100 Continue\r\n\r\n".into()),
        ("after the head", MISFRAMED, HEAD.into()),
        ("in the body", MISFRAMED, format!("{HEAD}{}", &TOKEN[..20])),
        ("before the body's last byte", MISFRAMED, format!("{HEAD}{}", &TOKEN[..62])),
        ("in a chunk", MISFRAMED, format!("{CHUNKED}3f\r\n{}", &TOKEN[..20])),
        ("between chunks", MISFRAMED, format!("{CHUNKED}3f\r\n{TOKEN}\r\n")),
    ];
    for (name, expect, bytes) in until {
        let bytes = bytes.into_bytes();
        rows.push(Row::bytes(format!("an end {name}, always"), expect, 3, bytes.as_slice()));
        rows.push(Row::new(format!("an end {name}, then a token"), &[Expect::Token], 2, {
            let bytes = bytes.clone();
            first(move |peer| peer.send(&bytes))
        }));
        // What was sent before a reset may be lost with it, so it may look like a reset before the head.
        if expect == INTERRUPTED {
            rows.push(Row::new(format!("a reset {name}, always"), &[expect], 3, {
                let bytes = bytes.clone();
                move |peer| {
                    peer.request()?;
                    peer.send(&bytes)?;
                    peer.reset()
                }
            }));
        }
        rows.push(Row::new(format!("a reset {name}, then a token"), &[Expect::Token], 2, {
            first(move |peer| {
                peer.send(&bytes)?;
                peer.reset()
            })
        }));
    }
    rows.extend([
        // What was sent before the reset may be lost with it.
        Row::new("a reset in a body without a length", &[CUT_OFF], 3, |peer| {
            peer.request()?;
            peer.send(format!("HTTP/1.1 200 OK\r\n\r\n{TOKEN}"))?;
            thread::sleep(READ_BY_THEN);
            peer.reset()
        }),
        Row::new("a whole answer, then a reset", &[Expect::Token], 1, |peer| {
            peer.request()?;
            peer.answer("200 OK", "", TOKEN)?;
            thread::sleep(READ_BY_THEN);
            peer.reset()
        }),
        Row::new("a connection that went stale", &[Expect::Token; 2], 3, |peer| stale(peer, |_| Ok(()))),
        Row::new("a connection that went stale, reset", &[Expect::Token; 2], 3, |peer| {
            stale(peer, Peer::reset)
        }),
        Row::new("a connection that is half closed", &[Expect::Token; 3], 3, |peer| {
            peer.request()?;
            peer.answer("200 OK", "", TOKEN)?;
            peer.half_close()?;
            peer.wait();
            Ok(())
        })
        .finds_ended(),
        Row::new("a second answer that nobody asked for", &[Expect::Token; 3], 3, |peer| {
            unasked(peer, &whole("200 OK", "", r#"{"biz_token":"of-another-request"}"#))
        }),
        Row::new("the half of a second answer", &[Expect::Token; 3], 3, |peer| {
            unasked(peer, b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n")
        }),
        Row::new("408 on a connection that was idle", &[Expect::Token; 3], 3, |peer| {
            unasked(peer, b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        }),
        Row::new("bytes after the body", &[Expect::Token; 3], 3, |peer| unasked(peer, b"\0\0\0\0")),
        Row::new("a line end after the body", &[Expect::Token; 3], 3, |peer| unasked(peer, b"\r\n")),
        Row::new("a second answer after the last chunk", &[Expect::Token; 3], 3, |peer| {
            loop {
                peer.request()?;
                let another = whole("200 OK", "", r#"{"biz_token":"of-another-request"}"#);
                let answer = format!("{CHUNKED}3f\r\n{TOKEN}\r\n0\r\n\r\n");
                peer.send([answer.as_bytes(), &another].concat())?;
            }
        }),
        Row::new("a second answer after one without a body", &[Expect::Api(304, "")], 1, |peer| {
            loop {
                peer.request()?;
                let another = whole("200 OK", "", TOKEN);
                peer.send([&b"HTTP/1.1 304 X\r\n\r\n"[..], &another].concat())?;
            }
        }),
        Row::new("the answer to a request that failed, with the next one", &[Expect::Token; 2], 3, |peer| {
            // The first request is answered by an error, and once more.
            let request = peer.request()?;
            if request == 0 {
                let failed = whole("500 X", "", "");
                return peer
                    .send([failed, whole("200 OK", "", r#"{"biz_token":"of-another-request"}"#)].concat());
            }
            peer.answer("200 OK", "", TOKEN)?;
            tokens(peer)
        }),
    ]);
    // In records of its own, as far as the first answer leaves room for it in what is read at a time.
    rows.extend([0, 1000, 3000, 3900, 4000, 5000, 6000, 7000, 8000].map(|padding| {
        Row::new(
            format!("a second answer in TLS that nobody asked for, after {padding} bytes"),
            &[Expect::Token; 3],
            3,
            {
                move |peer| {
                    loop {
                        peer.request()?;
                        let padded = format!("{TOKEN}{}", " ".repeat(padding));
                        let another = whole("200 OK", "", r#"{"biz_token":"of-another-request"}"#);
                        peer.send([whole("200 OK", "", padded), another].concat())?;
                    }
                }
            },
        )
        .at(Port::Tls(Leaf::Good))
    }));
    rows
}

/// The first connection serves one request, and takes a second one without an answer.
fn stale(peer: &mut Peer, end: impl Fn(&mut Peer) -> io::Result<()>) -> io::Result<()> {
    if peer.connection > 0 {
        return tokens(peer);
    }
    peer.request()?;
    peer.answer("200 OK", "", TOKEN)?;
    peer.request()?;
    end(peer)
}

/// Each answer has bytes behind it.
fn unasked(peer: &mut Peer, bytes: &[u8]) -> io::Result<()> {
    loop {
        peer.request()?;
        peer.send([whole("200 OK", "", TOKEN).as_slice(), bytes].concat())?;
    }
}
