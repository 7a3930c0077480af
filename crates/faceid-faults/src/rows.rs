//! The table.

use std::io;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use faceid_types::{Config, Retry, TransportKind};

use crate::suite::{Expect, Row, Tls};
use crate::{Leaf, Peer};

const TOKEN: &str = r#"{"biz_token":"fake-token","request_id":"fake-id","time_used":3}"#;
const TOO_LONG: usize = 256 * 1024 + 1;

const TOKEN_ONLY: &[Expect] = &[Expect::Token];
const DECODE: &[Expect] = &[Expect::Decode];
const INTERRUPTED: &[Expect] = &[Expect::Transport(TransportKind::Interrupted)];
const LIMIT: &[Expect] = &[Expect::Transport(TransportKind::Limit)];
const MISFRAMED: &[Expect] = &[Expect::Transport(TransportKind::Misframed)];
const NEVER_SENT: &[Expect] = &[Expect::Transport(TransportKind::NeverSent)];
const OTHER: &[Expect] = &[Expect::Transport(TransportKind::Other)];
const REFUSED_TLS: &[Expect] = &[Expect::Transport(TransportKind::Tls)];
const TIMEOUT: &[Expect] = &[Expect::Transport(TransportKind::Timeout)];

fn row(
    name: &'static str,
    server: fn(&mut Peer) -> io::Result<()>,
    calls: &'static [Expect],
    requests: usize,
) -> Row {
    Row { name, tls: Tls::Plain, server, config: |config| config, calls, requests }
}

/// Answers each request of a connection with these bytes.
macro_rules! always {
    ($bytes:expr) => {
        |peer| loop {
            peer.request()?;
            peer.send($bytes)?;
        }
    };
}

/// Sends bytes to each request, and ends.
macro_rules! always_end {
    ($bytes:expr) => {
        |peer| {
            peer.request()?;
            peer.send($bytes)
        }
    };
}

/// Answers the first request in one way, and those after it with a token.
macro_rules! once {
    ($peer:ident => $first:expr) => {
        |$peer| loop {
            if $peer.request()? == 0 {
                $first;
            } else {
                $peer.answer("200 OK", "", TOKEN)?;
            }
        }
    };
}

fn short(config: Config) -> Config {
    config.attempt_timeout(Duration::from_millis(300)).retry(Retry::default().max_attempts(1))
}

fn one_attempt(config: Config) -> Config {
    config.retry(Retry::default().max_attempts(1))
}

fn tls(name: &'static str, tls: Tls, calls: &'static [Expect], requests: usize) -> Row {
    Row { tls, ..row(name, token, calls, requests) }
}

fn token(peer: &mut Peer) -> io::Result<()> {
    loop {
        peer.request()?;
        peer.answer("200 OK", "", TOKEN)?;
    }
}

/// All rows.
#[must_use]
pub fn rows() -> Vec<Row> {
    let mut rows = vec![
        // Answers in every legal dress.
        row("a token", token, &[Expect::Token, Expect::Token], 2),
        row(
            "no content type, HTTP/1.0, ended by the end",
            |peer| {
                peer.request()?;
                peer.send(format!("HTTP/1.0 200 OK\r\n\r\n{TOKEN}"))
            },
            TOKEN_ONLY,
            1,
        ),
        row(
            "a byte a segment",
            |peer| {
                peer.request()?;
                for byte in
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{TOKEN}", TOKEN.len()).bytes()
                {
                    peer.send([byte])?;
                }
                Ok(())
            },
            TOKEN_ONLY,
            1,
        ),
        row(
            "chunked, a byte a chunk",
            |peer| {
                peer.request()?;
                peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
                for byte in TOKEN.bytes() {
                    peer.send(format!("1\r\n{}\r\n", char::from(byte)))?;
                }
                peer.send("0\r\n\r\n")
            },
            TOKEN_ONLY,
            1,
        ),
        row(
            "100 and 103 first",
            |peer| {
                peer.request()?;
                peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n")?;
                peer.answer("200 OK", "", TOKEN)
            },
            TOKEN_ONLY,
            1,
        ),
        row(
            "a token of 2xx that is not 200",
            |peer| {
                peer.request()?;
                peer.answer("201 Created", "", TOKEN)
            },
            TOKEN_ONLY,
            1,
        ),
        // What is said rules over the status.
        row(
            "200 with an error",
            |peer| {
                peer.request()?;
                peer.answer("200 OK", "", r#"{"error":"BAD_ARGUMENTS: uuid"}"#)
            },
            &[Expect::Api(200, "BAD_ARGUMENTS")],
            1,
        ),
        row(
            "500 with a token",
            always!("HTTP/1.1 500 X\r\ncontent-length: 26\r\n\r\n{\"biz_token\":\"fake-token\"}"),
            &[Expect::Api(500, "")],
            3,
        ),
        row(
            "a truncated JSON that is framed right",
            |peer| {
                peer.request()?;
                peer.answer("200 OK", "", &TOKEN[..20])
            },
            DECODE,
            1,
        ),
        row(
            "an empty body",
            |peer| {
                peer.request()?;
                peer.answer("200 OK", "", "")
            },
            DECODE,
            1,
        ),
        row(
            "204",
            |peer| {
                peer.request()?;
                peer.send("HTTP/1.1 204 No Content\r\n\r\n")
            },
            DECODE,
            1,
        ),
        // Gateways.
        row(
            "502 in HTML, then a token",
            once!(peer => peer.answer("502 Bad Gateway", "", "<html>")?),
            TOKEN_ONLY,
            2,
        ),
        row(
            "503 three times",
            always!("HTTP/1.1 503 X\r\ncontent-length: 0\r\n\r\n"),
            &[Expect::Api(503, "")],
            3,
        ),
        row(
            "429 with Retry-After past the deadline",
            always!("HTTP/1.1 429 X\r\nretry-after: 86400\r\ncontent-length: 0\r\n\r\n"),
            &[Expect::Api(429, "")],
            1,
        ),
        row("407", always!("HTTP/1.1 407 X\r\ncontent-length: 0\r\n\r\n"), &[Expect::Api(407, "")], 1),
        row(
            "413 in plain text",
            always!("HTTP/1.1 413 X\r\ncontent-length: 5\r\n\r\nlarge"),
            &[Expect::Api(413, "")],
            1,
        ),
        // Connections that end.
        row(
            "an end before the head, then a token",
            |peer| {
                if peer.request()? == 0 {
                    return Ok(());
                }
                peer.answer("200 OK", "", TOKEN)
            },
            TOKEN_ONLY,
            2,
        ),
        row(
            "a reset before the head, then a token",
            |peer| {
                if peer.request()? == 0 {
                    return peer.reset();
                }
                peer.answer("200 OK", "", TOKEN)
            },
            TOKEN_ONLY,
            2,
        ),
        row("an end before the head, always", |peer| peer.request().map(drop), INTERRUPTED, 3),
        row("an end in the head, always", always_end!("HTTP/1.1 200 OK\r\ncontent-le"), INTERRUPTED, 3),
        row(
            "an end in the body, always",
            always_end!("HTTP/1.1 200 OK\r\ncontent-length: 70\r\n\r\n{\"biz"),
            MISFRAMED,
            3,
        ),
        row(
            "an end in a chunk, always",
            always_end!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{\"biz"),
            MISFRAMED,
            3,
        ),
        row(
            "each connection serves one request and then ends",
            |peer| {
                peer.request()?;
                peer.answer("200 OK", "", TOKEN)?;
                Ok(())
            },
            &[Expect::Token; 20],
            20,
        ),
        // Framing.
        row(
            "a chunk that is none",
            always_end!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n"),
            MISFRAMED,
            3,
        ),
        row("a head that is none", always_end!("SMTP ready\r\n\r\n"), MISFRAMED, 3),
        // Sizes.
        row(
            "8 GiB declared",
            |peer| {
                peer.request()?;
                peer.send("HTTP/1.1 200 OK\r\ncontent-length: 8589934592\r\n\r\n")?;
                peer.send_without_end([b' '; 4096], Duration::ZERO)
            },
            LIMIT,
            1,
        ),
        row(
            "a body without an end",
            |peer| {
                peer.request()?;
                peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
                peer.send_without_end(format!("1000\r\n{}\r\n", " ".repeat(4096)), Duration::ZERO)
            },
            LIMIT,
            1,
        ),
        row(
            "an error body without an end",
            |peer| {
                peer.request()?;
                peer.send("HTTP/1.1 500 X\r\n\r\n")?;
                peer.send_without_end([b' '; 4096], Duration::ZERO)
            },
            LIMIT,
            1,
        ),
        row(
            "a body of just the limit",
            |peer| {
                peer.request()?;
                peer.answer("200 OK", "", format!("{TOKEN}{}", " ".repeat(TOO_LONG - 1 - TOKEN.len())))
            },
            TOKEN_ONLY,
            1,
        ),
        row(
            "a body over the limit by one",
            |peer| {
                peer.request()?;
                peer.answer("200 OK", "", format!("{TOKEN}{}", " ".repeat(TOO_LONG - TOKEN.len())))
            },
            LIMIT,
            1,
        ),
        row(
            "a body over the limit by one, in chunks",
            |peer| {
                peer.request()?;
                let body = format!("{TOKEN}{}", " ".repeat(TOO_LONG - TOKEN.len()));
                peer.send(format!(
                    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
                    body.len()
                ))
            },
            LIMIT,
            1,
        ),
        row(
            "a head of 70 kB",
            |peer| {
                peer.request()?;
                let header = format!("x-long: {}\r\n", "x".repeat(7_000));
                peer.answer("200 OK", &header.repeat(10), TOKEN)
            },
            LIMIT,
            1,
        ),
        row(
            "a head without an end",
            |peer| {
                peer.request()?;
                peer.send("HTTP/1.1 200 OK\r\nx: ")?;
                peer.send_without_end([b'x'; 4096], Duration::ZERO)
            },
            LIMIT,
            1,
        ),
        // Time.
        Row {
            config: short,
            ..row(
                "no answer",
                |peer| {
                    peer.request()?;
                    peer.wait();
                    Ok(())
                },
                TIMEOUT,
                1,
            )
        },
        Row {
            config: short,
            ..row(
                "a head that drips",
                |peer| {
                    peer.request()?;
                    peer.send("HTTP/1.1 200 OK\r\nx: ")?;
                    peer.send_without_end("x", Duration::from_millis(20))
                },
                TIMEOUT,
                1,
            )
        },
        Row {
            config: short,
            ..row(
                "a body that drips",
                |peer| {
                    peer.request()?;
                    peer.send("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n")?;
                    peer.send_without_end(" ", Duration::from_millis(20))
                },
                TIMEOUT,
                1,
            )
        },
        Row {
            config: short,
            ..row(
                "informational answers without an end",
                |peer| {
                    peer.request()?;
                    peer.send_without_end("HTTP/1.1 103 Early Hints\r\n\r\n", Duration::from_millis(5))
                },
                TIMEOUT,
                1,
            )
        },
        Row {
            config: |config| short(config).connect_timeout(Duration::from_millis(200)),
            tls: Tls::Raw,
            ..row(
                "a TLS handshake without an answer",
                |peer| {
                    peer.wait();
                    Ok(())
                },
                NEVER_SENT,
                0,
            )
        },
        Row {
            config: short,
            tls: Tls::Raw,
            ..row(
                "a TLS handshake that outlasts the attempt",
                |peer| {
                    peer.wait();
                    Ok(())
                },
                NEVER_SENT,
                0,
            )
        },
        row(
            "the first attempt is slow, the deadline is kept",
            |peer| {
                peer.request()?;
                sleep(Duration::from_secs(4));
                Ok(())
            },
            TIMEOUT,
            1,
        ),
        // TLS.
        tls("a good certificate", Tls::By(Leaf::Good), &[Expect::Token, Expect::Token], 2),
        tls("a certificate for another host", Tls::By(Leaf::OtherHost), REFUSED_TLS, 0),
        tls("an expired certificate", Tls::By(Leaf::Expired), REFUSED_TLS, 0),
        tls("a certificate that is not valid yet", Tls::By(Leaf::NotYetValid), REFUSED_TLS, 0),
        tls("a certificate of an unknown authority", Tls::Unknown, REFUSED_TLS, 0),
        Row {
            tls: Tls::Raw,
            ..row(
                "plain HTTP on the port",
                |peer| peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"),
                REFUSED_TLS,
                0,
            )
        },
        Row { tls: Tls::Raw, ..row("an end in the TLS handshake", |_| Ok(()), NEVER_SENT, 0) },
        Row {
            tls: Tls::Raw,
            ..row("a TLS alert", |peer| peer.send([21, 3, 3, 0, 2, 2, 40]), REFUSED_TLS, 0)
        },
        // Clocks.
        row("the clock is an hour behind", |peer| clock(peer, 3600, ""), &[Expect::Token, Expect::Token], 3),
        row(
            "the clock is over a day behind",
            |peer| clock(peer, 24 * 3600 + 60, ""),
            &[Expect::Api(403, "AUTHORIZATION_ERROR")],
            1,
        ),
        row(
            "the clock is an hour behind, by a stored answer",
            |peer| clock(peer, 3600, "age: 3600\r\n"),
            &[Expect::Api(403, "AUTHORIZATION_ERROR")],
            1,
        ),
        // What a server repeats.
        row(
            "the sign is repeated",
            |peer| {
                let request = peer.request()?;
                let sign = peer.received(request).field("sign").unwrap_or_default();
                peer.answer(
                    "403 Forbidden",
                    "",
                    format!(r#"{{"error":"BAD_ARGUMENTS: {sign}","request_id":"{sign}"}}"#),
                )
            },
            &[Expect::Api(403, "BAD_ARGUMENTS")],
            1,
        ),
        row(
            "the uuid is repeated",
            |peer| {
                peer.request()?;
                peer.answer("400 X", "", r#"{"error":"BAD_ARGUMENTS: uuid marked-user-of-the-suite"}"#)
            },
            &[Expect::Api(400, "BAD_ARGUMENTS")],
            1,
        ),
        row(
            "control characters and bidi marks",
            |peer| {
                peer.request()?;
                peer.answer(
                    "400 X",
                    "",
                    "{\"error\":\"BAD_\\u001b[31m\\u202e\\u0000\",\"request_id\":\"\\u001b\"}",
                )
            },
            &[Expect::Api(400, "BAD_\u{1b}[31m\u{202e}\0")],
            1,
        ),
        row(
            "60 kB of text",
            |peer| {
                peer.request()?;
                peer.answer("400 X", "", format!(r#"{{"error":"BAD_ARGUMENTS: {}"}}"#, "x".repeat(60_000)))
            },
            &[Expect::Api(400, "BAD_ARGUMENTS")],
            1,
        ),
    ];
    rows.extend(redirects());
    rows.push(Row {
        config: one_attempt,
        ..row(
            "gzip that nobody asked for",
            |peer| {
                peer.request()?;
                peer.answer("200 OK", "Content-Encoding: gzip\r\n", GZIPPED)
            },
            OTHER,
            1,
        )
    });
    rows
}

/// The token's answer, compressed.
#[rustfmt::skip]
const GZIPPED: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x4a, 0xca, 0xac, 0x8a, 0x2f, 0xc9,
    0xcf, 0x4e, 0xcd, 0x53, 0xb2, 0x52, 0x4a, 0x4b, 0xcc, 0x4e, 0xd5, 0x85, 0x70, 0x74, 0x94, 0x8a, 0x52, 0x0b,
    0x4b, 0x53, 0x8b, 0x4b, 0xe2, 0x33, 0x53, 0x60, 0x32, 0x40, 0x96, 0x8e, 0x52, 0x49, 0x66, 0x6e, 0x6a, 0x7c,
    0x69, 0x71, 0x2a, 0x50, 0xd4, 0xb8, 0x16, 0x00, 0x0c, 0x82, 0xdb, 0xd2, 0x3f, 0x00, 0x00, 0x00,
];

/// Nothing may arrive at the place a redirect names: here, the same server, which would count it.
fn redirects() -> Vec<Row> {
    macro_rules! redirect {
        ($($status:literal),*) => {
            vec![$(row(
                concat!("a redirect: ", $status),
                |peer| loop {
                    peer.request()?;
                    peer.answer(concat!($status, " Moved"), "location: /faceid/v5/sdk/get_biz_token?again\r\n", "")?;
                },
                &[Expect::Api($status, "")],
                1,
            )),*]
        };
    }
    redirect!(301, 302, 303, 307, 308)
}

/// A service whose clock is ahead of this machine's by some seconds.
fn clock(peer: &mut Peer, ahead: u64, headers: &str) -> io::Result<()> {
    loop {
        let request = peer.request()?;
        let now = SystemTime::now() + Duration::from_secs(ahead);
        let date = format!("date: {}\r\n{headers}", httpdate::fmt_http_date(now));
        let unix = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let sign = peer.received(request).field("sign").unwrap_or_default();
        let expired = faceid_types::Credentials::new("fake-key", "marked-secret-of-the-suite")
            .is_ok_and(|credentials| credentials.verify(&sign, unix).is_err());
        if expired {
            peer.answer("403 Forbidden", &date, r#"{"error":"AUTHORIZATION_ERROR: EXPIRED_SIGN"}"#)?;
        } else {
            peer.answer("200 OK", &date, TOKEN)?;
        }
    }
}
