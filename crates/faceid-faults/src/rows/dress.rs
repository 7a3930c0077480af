//! Answers in every legal dress.

use super::{TOKEN, tokens, whole};
use crate::{Expect, Row};

pub(super) fn rows() -> Vec<Row> {
    let token = |name: &str, bytes: Vec<u8>| Row::bytes(name, Expect::Token, 1, bytes);
    let body = |name: &str, body: &str| token(name, whole("200 OK", "", body));
    let length = TOKEN.len();
    vec![
        Row::new("a token", &[Expect::Token, Expect::Token], 2, tokens),
        Row::new("each segment is a byte", &[Expect::Token], 1, |peer| {
            peer.request()?;
            whole("200 OK", "", TOKEN).iter().try_for_each(|byte| peer.send([*byte]))
        }),
        Row::new("chunked, a byte a chunk", &[Expect::Token], 1, |peer| {
            peer.request()?;
            peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
            for byte in TOKEN.bytes() {
                peer.send(format!("1\r\n{}\r\n", char::from(byte)))?;
            }
            peer.send("0\r\n\r\n")
        }),
        token(
            "chunked, with extensions and a trailer",
            format!("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n{length:X};a=\"b\"\r\n{TOKEN}\r\n0;c\r\nx: y\r\n\r\n")
                .into(),
        ),
        token(
            "100 and 103 first",
            [
                &b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"[..],
                &whole("200 OK", "", TOKEN),
            ]
            .concat(),
        ),
        token(
            "100 with headers first, twice",
            [
                &b"HTTP/1.1 100 Continue\r\ndate: x\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"[..],
                b"HTTP/1.1 100 \r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n",
                &whole("200 OK", "", TOKEN),
            ]
            .concat(),
        ),
        Row::new("100 with headers first, a segment a byte", &[Expect::Token], 1, |peer| {
            peer.request()?;
            let answer = [&b"HTTP/1.1 100 X\r\nx: y\r\n\r\n"[..], &whole("200 OK", "", TOKEN)].concat();
            answer.iter().try_for_each(|byte| peer.send([*byte]))
        }),
        token("a head of 11 kB", whole("200 OK", &format!("x: {}\r\n", "y".repeat(11_000)), TOKEN)),
        token("HTTP/1.0, ended by the end", format!("HTTP/1.0 200 OK\r\n\r\n{TOKEN}").into()),
        token("HTTP/1.1, ended by the end", format!("HTTP/1.1 200 OK\r\n\r\n{TOKEN}").into()),
        Row::new("HTTP/1.0, kept alive", &[Expect::Token; 2], 2, |peer| {
            loop {
                peer.request()?;
                let head = "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length:";
                peer.send(format!("{head} {}\r\n\r\n{TOKEN}", TOKEN.len()))?;
            }
        }),
        token("no reason phrase", whole("200 ", "", TOKEN)),
        token("no reason phrase, nor the blank before it", whole("200", "", TOKEN)),
        token("201", whole("201 Created", "", TOKEN)),
        token("another content type", whole("200 OK", "content-type: text/html; charset=utf-16\r\n", TOKEN)),
        token("line ends of LF alone", format!("HTTP/1.1 200 OK\ncontent-length: {length}\n\n{TOKEN}").into()),
        token("an encoding that changes nothing", whole("200 OK", "content-encoding: identity\r\n", TOKEN)),
        token(
            "encodings that change nothing, in other spellings",
            whole("200 OK", "content-encoding: Identity, identity\r\ncontent-encoding:\r\n", TOKEN),
        ),
        token("seventy headers", whole("200 OK", &"x-some: value\r\n".repeat(70), TOKEN)),
        token(
            "names in capitals, blanks around values",
            format!("HTTP/1.1 200 OK\r\nCONTENT-LENGTH: \t {length} \t\r\n\r\n{TOKEN}").into(),
        ),
        Row::new("told to close each time", &[Expect::Token; 3], 3, |peer| {
            peer.request()?;
            peer.answer("200 OK", "connection: close\r\n", TOKEN)
        }),
        Row::new("closed each time", &[Expect::Token; 10], 10, |peer| {
            peer.request()?;
            peer.answer("200 OK", "", TOKEN)
        })
        .finds_ended(),
        Row::new("a cookie, which is not sent back", &[Expect::Token; 2], 2, |peer| {
            loop {
                let request = peer.request()?;
                if peer.received(request).head.to_ascii_lowercase().contains("\r\ncookie:") {
                    return Ok(());
                }
                peer.answer("200 OK", "set-cookie: a=b; Path=/\r\n", TOKEN)?;
            }
        }),
        body("a token alone", r#"{"biz_token":"fake-token"}"#),
        body("white space around", "\r\n\t {\"biz_token\" :\n\"fake-token\" } \r\n\t "),
        body("escapes", r#"{"\u0062iz_token":"fake\u002dtoken"}"#),
        body("unknown members", r#"{"x":{"y":[1,null,{"z":true}]},"biz_token":"fake-token","":"","b":1e308}"#),
        body("error null beside a token", r#"{"error":null,"biz_token":"fake-token"}"#),
        body("error empty beside a token", r#"{"error":"","biz_token":"fake-token"}"#),
        body("error_message null beside a token", r#"{"biz_token":"fake-token","error_message":null}"#),
    ]
}
