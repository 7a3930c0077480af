//! Heads and bodies that are put together wrongly.

use super::{INTERRUPTED, LIMIT, MISFRAMED, TOKEN, whole};
use crate::{Expect, Row};

pub(super) fn rows() -> Vec<Row> {
    let head = |headers: &str| format!("HTTP/1.1 200 OK\r\n{headers}\r\n{TOKEN}");
    let length = |length: &str| head(&format!("content-length: {length}\r\n"));
    let chunks =
        |chunks: &str| format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunks}\r\n0\r\n\r\n");
    let line = |line: &str| format!("{line}\r\ncontent-length: 63\r\n\r\n{TOKEN}");
    let misframed: Vec<(&str, String)> = vec![
        ("two lengths that differ", head("content-length: 63\r\ncontent-length: 20\r\n")),
        ("two lengths in one", length("63, 20")),
        ("a length below zero", length("-63")),
        ("a length with a sign", length("+63")),
        ("a length that is no number", length("many")),
        ("a length in hexadecimal", length("0x3f")),
        ("a length past 64 bits", length("18446744073709551679")),
        ("an empty length", length("")),
        ("a chunk that is none", chunks(&format!("xyz\r\n{TOKEN}"))),
        ("a chunk below zero", chunks(&format!("-3f\r\n{TOKEN}"))),
        ("a chunk past 64 bits", chunks(&format!("1000000000000003f\r\n{TOKEN}"))),
        ("a chunk of no length", chunks(&format!("\r\n{TOKEN}"))),
        ("a chunk that is longer than it says", chunks(&format!("20\r\n{TOKEN}"))),
        ("a chunk that is shorter than it says", chunks(&format!("4f\r\n{TOKEN}"))),
        ("a header without a colon", head("x\r\ncontent-length: 63\r\n")),
        ("a header without a name", head(": x\r\ncontent-length: 63\r\n")),
        ("a blank before the colon", head("content-length : 63\r\n")),
        ("a header over two lines", head("x: y\r\n z\r\ncontent-length: 63\r\n")),
        ("NUL in a header", head("x: \0\r\ncontent-length: 63\r\n")),
        ("NUL in a header's name", head("x\0: y\r\ncontent-length: 63\r\n")),
        ("NUL in the status line", line("HTTP/1.1 200 O\0K")),
        ("NUL before the status line", line("\0HTTP/1.1 200 OK")),
        ("a carriage return in a header", head("x: a\rb\r\ncontent-length: 63\r\n")),
        ("HTTP/0.9", TOKEN.into()),
        ("HTTP/0.9 in version 1.1", line("HTTP/0.9 200 OK")),
        ("HTTP/1.2", line("HTTP/1.2 200 OK")),
        ("HTTP/2.0", line("HTTP/2.0 200 OK")),
        ("another protocol's version", line("ICAP/1.0 200 OK")),
        ("a status of two digits", line("HTTP/1.1 20 OK")),
        ("a status of four digits", line("HTTP/1.1 2000 OK")),
        ("a status in letters", line("HTTP/1.1 OK 200")),
        ("a status below 100", line("HTTP/1.1 099 OK")),
        ("a mail server", "220 mail.test ESMTP\r\n\r\n".into()),
        ("a shell", "SSH-2.0-OpenSSH_9.9\r\n\r\n".into()),
        ("a page and no head", "<html>\r\n\r\n".into()),
    ];
    let misframed = misframed.into_iter().map(|(name, bytes)| Row::bytes(name, MISFRAMED, 3, bytes));

    let others = vec![
        Row::bytes(
            "two lengths that are the same",
            Expect::Token,
            1,
            head("content-length: 63\r\ncontent-length: 63\r\n"),
        ),
        Row::bytes("a length that is too short", Expect::Decode, 1, length("20")),
        Row::bytes(
            "a length with chunks, which count",
            Expect::Token,
            1,
            format!(
                "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n3f\r\n{TOKEN}\r\n0\r\n\r\n"
            ),
        ),
        Row::bytes("NUL in the body", Expect::Decode, 1, whole("200 OK", "", "{\"biz_token\":\"a\0\"}")),
        Row::answer("999", Expect::Api(999, ""), 1, "999 Status", ""),
        Row::answer("600", Expect::Api(600, ""), 1, "600 Status", ""),
        Row::bytes(
            "empty lines before the status line",
            Expect::Token,
            1,
            [&b"\r\n\r\n"[..], &whole("200 OK", "", TOKEN)].concat(),
        ),
        Row::bytes("an empty line and no more", INTERRUPTED, 3, "\r\n"),
        Row::bytes("TLS where none was asked for", MISFRAMED, 3, [21, 3, 3, 0, 2, 2, 40, 13, 10, 13, 10]),
        Row::bytes(
            "an upgrade that nobody asked for",
            Expect::Api(101, ""),
            1,
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
        ),
        // Without an end.
        endless("a head of one header without an end", LIMIT, "HTTP/1.1 200 OK\r\nx: ", "x".repeat(4096)),
        endless("headers without an end", LIMITED, "HTTP/1.1 200 OK\r\n", "x-some: value\r\n".repeat(300)),
        endless("a status line without an end", LIMIT, "HTTP/1.1 200 ", "OK".repeat(2048)),
        endless("empty lines without an end", LIMIT, "", "\r\n".repeat(2048)),
        endless(
            "informational answers without an end",
            LIMITED,
            "",
            "HTTP/1.1 103 X\r\nx: y\r\n\r\n".repeat(150),
        ),
        endless("a chunk's length without an end", LIMITED, CHUNKED, "0".repeat(4096)),
        endless("a chunk's extension without an end", LIMITED, &format!("{CHUNKED}3f;"), "x".repeat(4096)),
        endless(
            "trailers without an end",
            LIMITED,
            &format!("{CHUNKED}3f\r\n{TOKEN}\r\n0\r\n"),
            "x: y\r\n".repeat(600),
        ),
        Row::new("a head of 70 kB", &[LIMIT], 1, |peer| {
            peer.request()?;
            peer.answer("200 OK", &format!("x-long: {}\r\n", "x".repeat(7_000)).repeat(10), TOKEN)
        }),
    ];
    misframed.chain(others).collect()
}

const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

/// A library says that there is too much, or that this is no HTTP.
const LIMITED: Expect = Expect::OneOf(&[LIMIT, MISFRAMED]);

fn endless(name: &str, expect: Expect, begin: &str, more: String) -> Row {
    let begin = begin.to_owned();
    Row::new(name, &[expect], 1, move |peer| {
        peer.request()?;
        peer.send(&begin)?;
        peer.send_without_end(&more)
    })
    .attempts(1)
    // What ends it is a limit, however slow the machine.
    .within(20_000)
}
