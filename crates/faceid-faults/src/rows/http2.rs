//! HTTP/2, as far as it takes to end a connection or refuse a request.

use std::io;

use super::{INTERRUPTED, TOKEN};
use crate::scene::UUID;
use crate::{Expect, Peer, Row};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;
const REFUSED_STREAM: u32 = 7;
const ENHANCE_YOUR_CALM: u32 = 11;

/// Before the sign, in what h2 logs of a GOAWAY as it comes: nothing above it can keep it from that.
pub(crate) const LAST_WORDS: &str = "refused sign: ";

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("HTTP/2: a token", &[Expect::Token; 2], 2, |peer| serve(peer, |_| None)),
        Row::new("HTTP/2: REFUSED_STREAM, then a token", &[Expect::Token], 2, |peer| {
            serve(peer, |request| (request == 0).then_some(Refusal::Stream(REFUSED_STREAM)))
        }),
        Row::new("HTTP/2: REFUSED_STREAM, always", &[INTERRUPTED], 3, |peer| {
            serve(peer, |_| Some(Refusal::Stream(REFUSED_STREAM)))
        }),
        Row::new("HTTP/2: GOAWAY, then a token", &[Expect::Token], 2, |peer| {
            serve(peer, |request| (request == 0).then_some(Refusal::Connection(0)))
        }),
        Row::new("HTTP/2: GOAWAY, always", &[INTERRUPTED], 3, |peer| {
            serve(peer, |_| Some(Refusal::Connection(0)))
        }),
        Row::new("HTTP/2: GOAWAY with the sign and the uuid in its data", &[INTERRUPTED], 3, |peer| {
            serve(peer, |_| Some(Refusal::LastWords(ENHANCE_YOUR_CALM)))
        }),
        Row::new("HTTP/2: ENHANCE_YOUR_CALM, then a token", &[Expect::Token], 2, |peer| {
            serve(peer, |request| (request == 0).then_some(Refusal::Connection(ENHANCE_YOUR_CALM)))
        }),
        Row::new("HTTP/2: GOAWAY after the answer", &[Expect::Token; 3], 3, |peer| {
            begin(peer)?;
            let (_, stream) = request(peer)?;
            answer(peer, stream)?;
            frame(peer, GOAWAY, 0, 0, &[stream.to_be_bytes(), [0; 4]].concat())
        }),
    ]
}

/// What a request gets in place of an answer.
enum Refusal {
    /// Its stream is reset.
    Stream(u32),
    /// The connection ends, and none of its streams was processed.
    Connection(u32),
    /// The same, and it is told with the sign and the uuid.
    LastWords(u32),
}

fn serve(peer: &mut Peer, refuse: impl Fn(usize) -> Option<Refusal>) -> io::Result<()> {
    begin(peer)?;
    loop {
        let (number, stream) = request(peer)?;
        match refuse(number) {
            None => answer(peer, stream)?,
            Some(Refusal::Stream(error)) => frame(peer, RST_STREAM, 0, stream, &error.to_be_bytes())?,
            Some(Refusal::Connection(error)) => return end(peer, error, ""),
            Some(Refusal::LastWords(error)) => {
                let sign = peer.received(number).field("sign").unwrap_or_default();
                return end(peer, error, &format!("{LAST_WORDS}{sign} {UUID}"));
            }
        }
    }
}

fn begin(peer: &mut Peer) -> io::Result<()> {
    peer.read_exactly(&mut [0; b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len()])?;
    frame(peer, SETTINGS, 0, 0, &[])
}

/// Reads on until a request is whole, and tells which it is on this server, and its stream.
fn request(peer: &mut Peer) -> io::Result<(usize, u32)> {
    let mut body = Vec::new();
    loop {
        let mut head = [0; 9];
        peer.read_exactly(&mut head)?;
        let [a, b, c, kind, flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        peer.read_exactly(&mut payload)?;
        match kind {
            SETTINGS if flags & ACK == 0 => frame(peer, SETTINGS, ACK, 0, &[])?,
            DATA => body.extend(payload),
            _ => {}
        }
        if matches!(kind, DATA | HEADERS) && flags & END_STREAM != 0 {
            return Ok((peer.keep(String::new(), body), u32::from_be_bytes(stream)));
        }
    }
}

/// 200, which is one byte in HPACK.
fn answer(peer: &mut Peer, stream: u32) -> io::Result<()> {
    frame(peer, HEADERS, END_HEADERS, stream, &[0x88])?;
    frame(peer, DATA, END_STREAM, stream, TOKEN.as_bytes())
}

/// No stream was processed.
fn end(peer: &mut Peer, error: u32, words: &str) -> io::Result<()> {
    frame(peer, GOAWAY, 0, 0, &[&[0; 4], &error.to_be_bytes(), words.as_bytes()].concat())
}

fn frame(peer: &mut Peer, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len()).map_err(io::Error::other)?.to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    peer.send([&head, payload].concat())
}
