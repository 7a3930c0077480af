//! Servers that take their time.

use std::io;
use std::time::Duration;

use super::{NEVER_SENT, TIMEOUT, TOKEN, tokens};
use crate::{Leaf, Peer, Port, Row};

const DRIP: Duration = Duration::from_millis(20);

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("no answer", &[TIMEOUT], 1, silent).within(500),
        Row::new("no answer behind TLS", &[TIMEOUT], 1, silent).at(Port::Tls(Leaf::Good)).within(500),
        Row::new("no answer to each attempt", &[TIMEOUT], 2, silent).within(12_000).slow(),
        Row::new("no answer behind TLS for long", &[TIMEOUT], 1, silent)
            .at(Port::Tls(Leaf::Good))
            .attempts(1)
            .within(9_700)
            .slow(),
        Row::new("a request that is not read", &[TIMEOUT], 0, |peer| {
            std::thread::sleep(Duration::from_secs(2));
            peer.send("")
        })
        .attempted(1)
        .within(500),
        drips("a head that drips", "HTTP/1.1 200 OK\r\nx: ", "x"),
        drips("headers that drip", "HTTP/1.1 200 OK\r\n", "x: y\r\n"),
        drips("a body that drips", "HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", " "),
        drips("an error's body that drips", "HTTP/1.1 500 X\r\ncontent-length: 9999\r\n\r\n", " "),
        drips("a body without a length that drips", "HTTP/1.1 200 OK\r\n\r\n", " "),
        drips("chunks that drip", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\n \r\n"),
        drips("informational answers that drip", "", "HTTP/1.1 103 Early Hints\r\n\r\n"),
        drips(
            "the answer, with a body that drips",
            "HTTP/1.1 200 OK\r\n\r\n{\"biz_token\":\"fake-token\"}",
            " ",
        ),
        drips("a head behind TLS that drips", "HTTP/1.1 200 OK\r\nx: ", "x").at(Port::Tls(Leaf::Good)),
        drips("a body behind TLS that drips", "HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", " ")
            .at(Port::Tls(Leaf::Good)),
        Row::new("a body that stops half-way", &[TIMEOUT], 1, |peer| {
            peer.request()?;
            peer.send(format!("HTTP/1.1 200 OK\r\ncontent-length: 63\r\n\r\n{}", &TOKEN[..30]))?;
            peer.wait();
            Ok(())
        })
        .within(500),
        Row::new("a connection that is not answered", &[NEVER_SENT], 0, tokens)
            .at(Port::Full)
            .attempted(1)
            .within(500),
        Row::new("a connection that is not answered, twice", &[NEVER_SENT], 0, tokens)
            .at(Port::Full)
            .attempted(2)
            .within(4500)
            .slow(),
        Row::new("TLS that is not answered", &[NEVER_SENT], 0, |peer| {
            peer.wait();
            Ok(())
        })
        .at(Port::RawTls)
        .attempted(1)
        .within(500),
        Row::new("TLS that is not answered, twice", &[NEVER_SENT], 0, |peer| {
            peer.wait();
            Ok(())
        })
        .at(Port::RawTls)
        .attempted(2)
        .within(4500)
        .slow(),
        Row::new("a TLS handshake that drips", &[NEVER_SENT], 0, |peer| {
            peer.send([22, 3, 3, 64, 0, 2, 0, 63, 252])?;
            peer.drip([0], DRIP)
        })
        .at(Port::RawTls)
        .attempted(1)
        .within(500),
    ]
}

/// Takes a request, and that is all.
fn silent(peer: &mut Peer) -> io::Result<()> {
    peer.request()?;
    peer.wait();
    Ok(())
}

fn drips(name: &str, begin: &'static str, drop: &'static str) -> Row {
    Row::new(name, &[TIMEOUT], 1, move |peer| {
        peer.request()?;
        peer.send(begin)?;
        peer.drip(drop, DRIP)
    })
    .within(500)
}
