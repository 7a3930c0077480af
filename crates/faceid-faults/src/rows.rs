//! The table, a file a subject.
//!
//! A new row goes into the file of its subject: a name, how its calls end, how many requests arrive, and what the
//! server does.

mod clocks;
mod connections;
mod dress;
mod echoes;
mod errors;
mod framing;
mod gateways;
mod http2;
mod json;
mod limits;
mod proxies;
mod redirects;
mod times;
mod tls;

use std::io;

use faceid_types::TransportKind;
pub(crate) use http2::LAST_WORDS;

use crate::{Expect, Peer, Row};

/// All rows that both clients and the program pass.
#[must_use]
pub fn rows() -> Vec<Row> {
    let subjects = [
        dress::rows(),
        errors::rows(),
        json::rows(),
        gateways::rows(),
        redirects::rows(),
        connections::rows(),
        framing::rows(),
        limits::rows(),
        times::rows(),
        tls::rows(),
        proxies::rows(),
        clocks::rows(),
        echoes::rows(),
    ];
    subjects.into_iter().flatten().collect()
}

/// The same for a client on hyper. It ends two of them by time alone, as it limits neither and shows neither to its user;
/// and it takes 408 KiB of a head.
#[must_use]
pub fn rows_on_hyper() -> Vec<Row> {
    let as_hyper_does = |row: Row| match row.name() {
        "informational answers without an end" | "a chunk's length without an end" => row.bounded_by_time(),
        "a head of one header without an end"
        | "headers without an end"
        | "a status line without an end"
        | "empty lines without an end" => row.accepted(408 * 1024),
        _ => row,
    };
    rows().into_iter().map(as_hyper_does).collect()
}

/// Those for an async client that an application has let speak HTTP/2.
#[must_use]
pub fn http2_rows() -> Vec<Row> {
    http2::rows()
}

/// The answer of which `fake-token` is the token.
const TOKEN: &str = r#"{"biz_token":"fake-token","request_id":"fake-id","time_used":3}"#;

const INTERRUPTED: Expect = Expect::Transport(TransportKind::Interrupted);
const LIMIT: Expect = Expect::Transport(TransportKind::Limit);
const MISFRAMED: Expect = Expect::Transport(TransportKind::Misframed);
const NEVER_SENT: Expect = Expect::Transport(TransportKind::NeverSent);
const OTHER: Expect = Expect::Transport(TransportKind::Other);
const REFUSED_TLS: Expect = Expect::Transport(TransportKind::Tls);
pub(crate) const TIMEOUT: Expect = Expect::Transport(TransportKind::Timeout);

/// Answers each request of a connection with a token.
fn tokens(peer: &mut Peer) -> io::Result<()> {
    loop {
        peer.request()?;
        peer.answer("200 OK", "", TOKEN)?;
    }
}

/// The first request of all gets the connection to itself, those after it a token.
fn first(
    then: impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static,
) -> impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static {
    move |peer| {
        loop {
            if peer.request()? == 0 {
                return then(peer);
            }
            peer.answer("200 OK", "", TOKEN)?;
        }
    }
}

/// A whole answer with a length.
fn whole(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_differ_and_most_rows_are_quick() {
        let rows: Vec<Row> = rows().into_iter().chain(http2_rows()).collect();
        let names: HashSet<_> = rows.iter().map(Row::name).collect();
        assert_eq!(names.len(), rows.len());
        let quick = rows.iter().filter(|row| row.quick).count();
        assert!(quick * 10 >= rows.len() * 6, "{quick} of {}", rows.len());
    }

    /// The program ends with the first call that fails.
    #[test]
    fn a_call_that_fails_is_the_last() {
        for row in rows() {
            let tokens = row.calls().iter().take_while(|call| matches!(call, Expect::Token)).count();
            assert!(tokens + 1 >= row.calls().len(), "{}", row.name());
        }
    }
}
