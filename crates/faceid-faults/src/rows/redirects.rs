//! Redirects: nothing may arrive where they point.

use crate::{Expect, Leaf, Peer, Port, Row};

/// Where they point.
const TARGETS: [(&str, fn(&Peer) -> String); 8] = [
    ("the same host", |_| "/faceid/v5/sdk/get_biz_token?again".to_owned()),
    ("the same place", |_| String::new()),
    ("another host", |peer| format!("http://{}/", peer.elsewhere())),
    ("another host by https", |peer| format!("https://{}/", peer.elsewhere())),
    ("another host, in short", |peer| format!("//{}/", peer.elsewhere())),
    ("another host, with a user", |peer| format!("http://user:password@{}/", peer.elsewhere())),
    ("a file", |_| "file:///etc/passwd".to_owned()),
    ("nonsense", |_| "http://[".to_owned()),
];

pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for status in [301, 302, 303, 307, 308] {
        for (name, target) in TARGETS {
            rows.push(redirect(format!("{status} to {name}"), status, target));
        }
        let (_, elsewhere) = TARGETS[2];
        rows.push(
            redirect(format!("{status} from https to http"), status, elsewhere).at(Port::Tls(Leaf::Good)),
        );
    }
    rows.push(Row::new("300 with a choice", &[Expect::Api(300, "")], 1, |peer| {
        peer.request()?;
        let headers = format!("location: http://{}/\r\n", peer.elsewhere());
        peer.answer("300 Multiple Choices", &headers, "")
    }));
    rows.push(Row::new("a token, and a place to refresh from", &[Expect::Token], 1, |peer| {
        peer.request()?;
        let place = peer.elsewhere();
        let headers = format!("refresh: 0; url=http://{place}/\r\ncontent-location: http://{place}/\r\n");
        peer.answer("200 OK", &headers, super::TOKEN)
    }));
    rows
}

fn redirect(name: String, status: u16, target: fn(&Peer) -> String) -> Row {
    Row::new(name, &[Expect::Api(status, "")], 1, move |peer| {
        loop {
            peer.request()?;
            let headers = format!("location: {}\r\n", target(peer));
            peer.answer(&format!("{status} Moved"), &headers, "")?;
        }
    })
}
