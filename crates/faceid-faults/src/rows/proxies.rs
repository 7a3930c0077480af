//! Proxies that do not lead to the service.

use std::time::Duration;

use super::{NEVER_SENT, REFUSED_TLS, TOKEN, whole};
use crate::{Expect, Peer, Port, Row};

const DRIP: Duration = Duration::from_millis(20);
const OPEN: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

pub(super) fn rows() -> Vec<Row> {
    // What it says to who asks for a tunnel, before it ends the connection.
    let says = |name: &str, expect: Expect, attempts: usize, bytes: &str| {
        let bytes = bytes.to_owned();
        proxy(name, expect, move |peer| peer.send(&bytes)).attempted(attempts)
    };
    let late = |row: Row| row.attempted(1).within(500);
    vec![
        says("a proxy that ends", NEVER_SENT, 3, ""),
        says("a proxy that breaks off", NEVER_SENT, 3, "HTTP/1.1 200 OK\r\nx: "),
        says(
            "a proxy that asks for a password",
            NEVER_SENT,
            3,
            "HTTP/1.1 407 X\r\ncontent-length: 0\r\n\r\n",
        ),
        says(
            "a proxy that sends elsewhere",
            NEVER_SENT,
            3,
            "HTTP/1.1 302 X\r\nlocation: http://127.0.0.1/\r\n\r\n",
        ),
        proxy("a proxy that answers in place of the service", REFUSED_TLS, |peer| {
            peer.send(OPEN)?;
            peer.read_exactly(&mut [0; 64])?;
            peer.send(whole("200 OK", "", TOKEN))
        })
        .attempted(1),
        proxy("a proxy's head without an end", NEVER_SENT, |peer| {
            peer.send("HTTP/1.1 200 OK\r\nx: ")?;
            peer.send_without_end([b'x'; 4096])
        })
        .attempted(3)
        .within(20_000),
        late(proxy("a proxy that does not answer", NEVER_SENT, |peer| {
            peer.wait();
            Ok(())
        })),
        late(proxy("a proxy whose answer drips", NEVER_SENT, |peer| {
            peer.send("HTTP/1.1 200 OK\r\nx: ")?;
            peer.drip("x", DRIP)
        })),
        proxy("a proxy whose 100 comes in two pieces", NEVER_SENT, |peer| {
            peer.send("HTTP/1.1 100 Continue\r\n")?;
            std::thread::sleep(DRIP);
            peer.send(format!("x: y\r\n\r\n{OPEN}"))
        })
        .attempted(3),
        late(proxy("a proxy whose 100 drips", NEVER_SENT, |peer| {
            peer.send("HTTP/1.1 100 Continue\r\nx: ")?;
            peer.drip("x", DRIP)
        })),
        late(proxy("a tunnel in which TLS drips", NEVER_SENT, |peer| {
            peer.send(OPEN)?;
            peer.read_exactly(&mut [0; 64])?;
            peer.send([22, 3, 3, 64, 0, 2, 0, 63, 252])?;
            peer.drip([0], DRIP)
        })),
    ]
}

fn proxy(
    name: &str,
    expect: Expect,
    serve: impl Fn(&mut Peer) -> std::io::Result<()> + Send + Sync + 'static,
) -> Row {
    Row::new(name, &[expect], 0, move |peer| {
        peer.skim()?;
        serve(peer)
    })
    .at(Port::Proxy)
}
