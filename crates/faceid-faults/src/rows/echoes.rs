//! Servers that repeat what was sent, and that write what a terminal obeys.

use std::io;
use std::time::{Duration, Instant};

use super::{LIMIT, MISFRAMED, OTHER, TIMEOUT, TOKEN};
use crate::scene::UUID;
use crate::{Expect, Peer, Row};

pub(super) fn rows() -> Vec<Row> {
    let refused = |code| Expect::Api(403, code);
    let long = "x".repeat(60_000);
    vec![
        echo("the sign in an error's text", refused("BAD_ARGUMENTS"), 1, |sign| {
            error(&format!("BAD_ARGUMENTS: {sign}"), "fake-id")
        }),
        echo("the sign in the request_id", refused("BAD_ARGUMENTS"), 1, |sign| error("BAD_ARGUMENTS", sign)),
        echo("the sign in a reason", refused("AUTHORIZATION_ERROR"), 1, |sign| {
            error(&format!("AUTHORIZATION_ERROR: {sign}"), "")
        }),
        echo("the sign as the code", refused("[sign]"), 1, |sign| error(sign, "")),
        echo("the sign in an object", refused(r#"{"sign""#), 1, |sign| {
            answer("", &format!(r#"{{"error":{{"sign":"{sign}"}}}}"#))
        }),
        echo("the sign from its second character on", refused("BAD_ARGUMENTS"), 1, |sign| {
            error(&format!("BAD_ARGUMENTS: {}", &sign[1..]), &sign[1..])
        }),
        echo("the sign in a page", refused(""), 1, |sign| answer("", &format!("<html>{sign}</html>"))),
        echo("the sign in a page at 200", Expect::Decode, 1, |sign| {
            format!("HTTP/1.1 200 OK\r\n\r\n<html>{sign}</html>")
        }),
        echo("the sign as the token's type", Expect::Decode, 1, |sign| {
            format!("HTTP/1.1 200 OK\r\n\r\n{{\"biz_token\":[\"{sign}\"]}}")
        }),
        echo("the sign as the token", Expect::Decode, 1, |sign| {
            format!("HTTP/1.1 200 OK\r\n\r\n{{\"biz_token\":\"{sign}\"}}")
        }),
        echo("most of the sign within the token", Expect::Decode, 1, |sign| {
            format!("HTTP/1.1 200 OK\r\n\r\n{{\"biz_token\":\"1530762118,{}\"}}", &sign[1..])
        }),
        echo("the sign beside the token", Expect::Token, 1, |sign| {
            format!("HTTP/1.1 200 OK\r\n\r\n{{\"biz_token\":\"fake-token\",\"sign\":\"{sign}\"}}")
        }),
        echo("the sign in a location", refused(""), 1, |sign| {
            answer(&format!("location: /x?sign={sign}\r\n"), "")
        }),
        echo("the sign in pieces of 40 bytes", refused("BAD_ARGUMENTS"), 1, |sign| {
            let pieces: Vec<_> = sign.as_bytes().chunks(40).map(String::from_utf8_lossy).collect();
            error(&format!("BAD_ARGUMENTS: {}", pieces.join(" ")), "")
        }),
        echo("a third of the sign as the token", Expect::Decode, 1, |sign| {
            format!("HTTP/1.1 200 OK\r\n\r\n{{\"biz_token\":\"{}\"}}", &sign[..40])
        }),
        // What stands where the rest of a sign would is of characters that have a meaning in a head.
        echo("an earlier sign's end behind blanks of base64, as the token", Expect::Decode, 1, |sign| {
            let blanks = ["/".repeat(16), "=".repeat(27)].concat();
            format!("HTTP/1.1 200 OK\r\n\r\n{{\"x\":\"{blanks}\",\"biz_token\":\"{blanks}{}\"}}", &sign[27..])
        }),
        Row::new("nothing but repeats, the last of them late", &[LATE], 1, |peer| {
            let request = peer.request()?;
            let late = Instant::now() + Duration::from_millis(980);
            let sign = peer.received(request).field("sign").unwrap_or_default();
            let headers = format!("x: {} {:y<70}\r\n", &sign[40..56], "y").repeat(95);
            let body =
                error(&format!("BAD_ARGUMENTS: {}", format!("{} ", &sign[40..56]).repeat(15_000)), &sign);
            let (_, body) = body.split_once("\r\n\r\n").unwrap_or_default();
            let head = format!("HTTP/1.1 403 X\r\n{headers}content-length: {}\r\n\r\n", body.len());
            peer.send(head)?;
            let (most, last) = body.split_at(body.len() - 10);
            peer.send(most)?;
            std::thread::sleep(late.saturating_duration_since(Instant::now()));
            peer.send(last)
        })
        .attempts(1)
        .within(1000),
        earlier("the sign of the attempt before, in an error", &[refused("BAD_ARGUMENTS")], |peer| {
            peer.answer("500 X", "", r#"{"error":"INTERNAL_ERROR"}"#)
        }),
        earlier(
            "the sign of an earlier call, in an error",
            &[Expect::Token, refused("BAD_ARGUMENTS")],
            |peer| peer.answer("200 OK", "", TOKEN),
        ),
        Row::answer(
            "an Arabic letter mark in an error",
            refused("BAD_\u{61c}"),
            1,
            "403 X",
            "{\"error\":\"BAD_\u{61c}: \u{61c}\",\"request_id\":\"\u{61c}\"}",
        ),
        Row::answer(
            "an Arabic letter mark as the token",
            Expect::TokenOf("a\u{61c}b"),
            1,
            "200 OK",
            r#"{"biz_token":"a\u061cb"}"#,
        ),
        echo("a header that a form has too", Expect::Token, 1, |_| {
            format!(
                "HTTP/1.1 200 OK\r\nContent-Disposition: inline; filename=f.txt\r\n{}",
                "content-length: 26\r\n\r\n{\"biz_token\":\"fake-token\"}"
            )
        }),
        echo("the sign in a header", refused(""), 1, |sign| answer(&format!("x-sign: {sign}\r\n"), "")),
        echo("the sign in a header's name", MISFRAMED, 3, |sign| answer(&format!("@{sign}: x\r\n"), "")),
        echo("the sign's end behind signs of equality in a header's name", MISFRAMED, 3, |sign| {
            answer(&format!("{}{}: x\r\n", "=".repeat(27), &sign[27..60]), "")
        }),
        echo("the sign in a cookie", refused(""), 1, |sign| {
            answer(&format!("set-cookie: sign={sign}\r\n"), "")
        }),
        echo("the sign as an encoding", OTHER, 1, |sign| {
            answer(&format!("content-encoding: {sign}\r\n"), "")
        }),
        echo("the sign as a length", MISFRAMED, 3, |sign| {
            format!("HTTP/1.1 200 OK\r\ncontent-length: {sign}\r\n\r\n")
        }),
        echo("the sign as the reason phrase", refused(""), 1, |sign| {
            format!("HTTP/1.1 403 {sign}\r\ncontent-length: 0\r\n\r\n")
        }),
        echo("the sign as the status line", MISFRAMED, 3, |sign| format!("{sign}\r\n\r\n")),
        echo("the sign as a chunk's length", MISFRAMED, 3, |sign| {
            format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{sign}\r\n")
        }),
        Row::answer(
            "the uuid in an error's text and id",
            refused("BAD_ARGUMENTS"),
            1,
            "403 X",
            format!(r#"{{"error":"BAD_ARGUMENTS: uuid {UUID}","request_id":"{UUID}"}}"#),
        ),
        Row::answer("the uuid in a page", refused(""), 1, "403 X", format!("<html>{UUID}")),
        echo("the uuid in a header", refused(""), 1, |_| answer(&format!("x-user: {UUID}\r\n"), "")),
        Row::answer(
            "control characters and bidi marks in an error",
            refused("BAD_\u{1b}[31m\u{202e}\0"),
            1,
            "403 X",
            "{\"error\":\"BAD_\\u001b[31m\\u202e\\u0000\",\"request_id\":\"\\u001b\\u202e\"}",
        ),
        Row::answer(
            "C1 control characters and isolates in an error",
            refused("\u{9b}31m\u{2066}"),
            1,
            "403 X",
            "{\"error\":\"\u{9b}31m\u{2066}: \u{85}\",\"request_id\":\"a\u{9b}\"}",
        ),
        Row::answer(
            "a line of a log in an error",
            refused("BAD_ARGUMENTS"),
            1,
            "403 X",
            r#"{"error":"BAD_ARGUMENTS: x\r\n2020-09-13 INFO all is well"}"#,
        ),
        echo("control characters as the reason phrase", refused(""), 1, |_| {
            "HTTP/1.1 403 \u{9b}31m\u{202e}\r\ncontent-length: 0\r\n\r\n".into()
        }),
        echo("control characters in a header", refused(""), 1, |_| answer("x: \u{9b}31m\u{202e}\r\n", "")),
        echo("escapes in a header", MISFRAMED, 3, |_| answer("x: \u{1b}[31m\r\n", "")),
        echo("escapes as the status line", MISFRAMED, 3, |_| "\u{1b}[2J\u{202e}\r\n\r\n".into()),
        echo("escapes in a page", refused(""), 1, |_| answer("", "\u{1b}[2J\u{202e}")),
        Row::answer(
            "escapes as the token",
            Expect::TokenOf("\u{1b}[31m\u{202e}"),
            1,
            "200 OK",
            r#"{"biz_token":"\u001b[31m\u202e"}"#,
        ),
        Row::answer(
            "marks of direction alone as the token",
            Expect::TokenOf("\u{202e}\u{2066}"),
            1,
            "200 OK",
            r#"{"biz_token":"\u202e\u2066"}"#,
        ),
        Row::answer(
            "a line end of Unicode's as the token",
            Expect::TokenOf("a\u{2028}b"),
            1,
            "200 OK",
            r#"{"biz_token":"a\u2028b"}"#,
        ),
        Row::answer(
            "60 kB in an error",
            refused("BAD_ARGUMENTS"),
            1,
            "403 X",
            format!(r#"{{"error":"BAD_ARGUMENTS: {long}"}}"#),
        ),
        Row::answer(
            "60 kB in a request_id",
            refused("BAD_ARGUMENTS"),
            1,
            "403 X",
            format!(r#"{{"error":"BAD_ARGUMENTS","request_id":"{long}"}}"#),
        ),
        Row::answer("60 kB in a page", refused(""), 1, "403 X", long.as_str()),
        Row::bytes(
            "60 kB as the reason phrase",
            // hyper reads over it; to ureq it is a part of the head, which is too long.
            Expect::OneOf(&[Expect::Api(403, ""), LIMIT]),
            1,
            format!("HTTP/1.1 403 {long}\r\ncontent-length: 0\r\n\r\n"),
        ),
        Row::bytes("60 kB as a status line", MISFRAMED, 3, format!("{long}\r\n\r\n")),
    ]
}

/// Just in time, or not.
const LATE: Expect = Expect::OneOf(&[Expect::Api(403, "BAD_ARGUMENTS"), TIMEOUT]);

/// Answers with what it makes of the sign.
fn echo(
    name: &str,
    expect: Expect,
    requests: usize,
    answer: impl Fn(&str) -> String + Send + Sync + 'static,
) -> Row {
    Row::new(name, &[expect], requests, move |peer| {
        let request = peer.request()?;
        let sign = peer.received(request).field("sign").unwrap_or_default();
        peer.send(answer(&sign))
    })
}

/// Repeats the sign of a first request, which is answered otherwise, in the answer to a second one.
fn earlier(name: &str, expect: &[Expect], first: fn(&mut Peer) -> io::Result<()>) -> Row {
    Row::new(name, expect, 2, move |peer| {
        loop {
            if peer.request()? == 0 {
                first(peer)?;
                continue;
            }
            let sign = peer.received(0).field("sign").unwrap_or_default();
            let body = format!(r#"{{"error":"BAD_ARGUMENTS: {sign}","request_id":"{sign}"}}"#);
            peer.answer("403 X", &format!("x-sign: {sign}\r\n"), body)?;
        }
    })
}

fn error(text: &str, request_id: &str) -> String {
    answer("", &format!(r#"{{"error":"{text}","request_id":"{request_id}"}}"#))
}

fn answer(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 403 Forbidden\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}
