//! Answers that are too large, or would become so.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{LIMIT, OTHER, TOKEN, whole};
use crate::{Expect, Row};

const MOST: usize = 256 * 1024;

pub(super) fn rows() -> Vec<Row> {
    let padded = |length: usize| format!("{TOKEN}{}", " ".repeat(length - TOKEN.len()));
    let chunked = |body: &str| {
        format!(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
            body.len()
        )
    };
    let gzipped = |headers: &str, body: &[u8]| Row::bytes(headers, OTHER, 1, whole("200 OK", headers, body));
    let mut rows = vec![
        endless("8 GiB declared", "HTTP/1.1 200 OK\r\ncontent-length: 8589934592\r\n\r\n"),
        endless("8 GiB declared of an error", "HTTP/1.1 403 X\r\ncontent-length: 8589934592\r\n\r\n"),
        endless(
            "all that 64 bits hold declared",
            "HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551615\r\n\r\n",
        ),
        endless("a body without an end", "HTTP/1.1 200 OK\r\n\r\n"),
        endless("an error's body without an end", "HTTP/1.1 500 X\r\n\r\n"),
        endless("a redirect's body without an end", "HTTP/1.1 302 X\r\nlocation: /\r\n\r\n"),
        endless(
            "a body without an end in one chunk",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffff\r\n",
        ),
        Row::new("a body without an end in chunks", &[LIMIT], 1, |peer| {
            peer.request()?;
            peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
            peer.send_without_end(format!("1000\r\n{}\r\n", " ".repeat(4096)))
        }),
        Row::bytes("a body of just the limit", Expect::Token, 1, whole("200 OK", "", padded(MOST))),
        Row::bytes("a body over the limit by one", LIMIT, 1, whole("200 OK", "", padded(MOST + 1))),
        Row::bytes("a body of just the limit, in a chunk", Expect::Token, 1, chunked(&padded(MOST))),
        Row::bytes("a body over the limit by one, in a chunk", LIMIT, 1, chunked(&padded(MOST + 1))),
        Row::bytes(
            "a body over the limit by one, ended by the end",
            LIMIT,
            1,
            format!("HTTP/1.0 200 OK\r\n\r\n{}", padded(MOST + 1)),
        ),
        Row::bytes("gzip, line ends of LF alone", OTHER, 1, {
            let body = gzip(TOKEN.as_bytes());
            let head = format!("HTTP/1.1 200 OK\ncontent-encoding: gzip\ncontent-length: {}\n\n", body.len());
            [head.into_bytes(), body].concat()
        }),
        Row::bytes("a gzip bomb of 200 MB", OTHER, 1, {
            whole("200 OK", "content-encoding: gzip\r\n", gzip(&vec![b' '; 1 << 20]).repeat(200))
        }),
        Row::bytes("a gzip bomb of 200 MB, by its transfer", Expect::Decode, 1, {
            let body = gzip(&vec![b' '; 1 << 20]).repeat(200);
            [&b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n"[..], &body].concat()
        }),
    ];
    for encoding in
        ["gzip", "x-gzip", "GZIP", "br", "deflate", "zstd", "gzip, gzip", "identity, gzip", "unknown"]
    {
        let headers = format!("content-encoding: {encoding}\r\n");
        let mut row = gzipped(&headers, &gzip(TOKEN.as_bytes()));
        row.name = format!("an answer in the encoding {encoding}");
        rows.push(row);
    }
    let mut second =
        gzipped("content-encoding: identity\r\ncontent-encoding: gzip\r\n", &gzip(TOKEN.as_bytes()));
    second.name = "an answer in an encoding that a second header names".into();
    rows.push(second);
    // What ends them is the limit, however slow the machine.
    rows.into_iter().map(|row| row.within(20_000)).collect()
}

fn endless(name: &str, head: &'static str) -> Row {
    Row::new(name, &[LIMIT], 1, move |peer| {
        peer.request()?;
        peer.send(head)?;
        peer.send_without_end([b' '; 4096])
    })
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("into memory")
}
