//! TLS, and what is no TLS.

use super::{MISFRAMED, NEVER_SENT, REFUSED_TLS, TOKEN, tokens};
use crate::{Expect, Leaf, Peer, Port, Row};

pub(super) fn rows() -> Vec<Row> {
    let certificate =
        |name: &str, leaf| Row::new(name, &[REFUSED_TLS], 0, tokens).at(Port::Tls(leaf)).attempted(1);
    // What a server says before it ends. A refusal is final; what was never sent may be sent again.
    let raw = |name: &str, expect, bytes: Vec<u8>| {
        let attempted = if expect == NEVER_SENT { 3 } else { 1 };
        Row::new(name, &[expect], 0, move |peer| peer.send(&bytes)).at(Port::RawTls).attempted(attempted)
    };
    vec![
        Row::new("a good certificate", &[Expect::Token; 2], 2, tokens).at(Port::Tls(Leaf::Good)),
        certificate("a certificate for another host", Leaf::OtherHost),
        certificate("an expired certificate", Leaf::Expired),
        certificate("a certificate that is not valid yet", Leaf::NotYetValid),
        certificate("a certificate signed by itself", Leaf::SelfSigned),
        certificate("a certificate of an unknown authority", Leaf::UnknownAuthority),
        raw("TLS 1.0 alone", REFUSED_TLS, hello(1)),
        raw("TLS 1.1 alone", REFUSED_TLS, hello(2)),
        raw("SSL 3.0 alone", REFUSED_TLS, hello(0)),
        raw("TLS 1.0 alone, told by an alert", REFUSED_TLS, vec![21, 3, 1, 0, 2, 2, 70]),
        raw("an alert: handshake failure", REFUSED_TLS, vec![21, 3, 3, 0, 2, 2, 40]),
        raw("plain HTTP on the port", REFUSED_TLS, b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
        raw("a page on the port", REFUSED_TLS, format!("HTTP/1.1 200 OK\r\n\r\n{TOKEN}").into()),
        raw("an end in the TLS handshake", NEVER_SENT, vec![]),
        raw("an end in a TLS record", NEVER_SENT, vec![22, 3, 3, 0, 80, 2]),
        Row::new("a reset in the TLS handshake", &[NEVER_SENT], 0, Peer::reset).at(Port::RawTls).attempted(3),
        Row::new("a body that is cut off behind TLS", &[MISFRAMED], 3, |peer| {
            peer.request()?;
            peer.send(format!("HTTP/1.1 200 OK\r\n\r\n{}", &TOKEN[..30]))
        })
        .at(Port::Tls(Leaf::Good)),
        Row::new("a body behind TLS whose end nobody vouches for", &[MISFRAMED], 3, |peer| {
            peer.request()?;
            peer.send(format!("HTTP/1.1 200 OK\r\n\r\n{TOKEN}"))
        })
        .at(Port::Tls(Leaf::Good)),
        Row::new("a connection behind TLS that went stale", &[Expect::Token; 2], 3, |peer| {
            if peer.connection > 0 {
                return tokens(peer);
            }
            peer.request()?;
            peer.answer("200 OK", "", TOKEN)?;
            peer.request().map(drop)
        })
        .at(Port::Tls(Leaf::Good)),
    ]
}

/// A server's hello of version 3.x, with a suite that all of them have.
fn hello(minor: u8) -> Vec<u8> {
    let mut hello = vec![22, 3, minor, 0, 42, 2, 0, 0, 38, 3, minor];
    hello.extend([7; 32]);
    // No session, TLS_RSA_WITH_AES_128_CBC_SHA, no compression.
    hello.extend([0, 0, 0x2f, 0]);
    hello
}
