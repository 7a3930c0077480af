//! Clocks that differ, and dates that prove nothing.

use std::io;
use std::time::{Duration, SystemTime};

use faceid_types::Credentials;

use super::TOKEN;
use crate::scene::SECRET;
use crate::{Expect, Peer, Row};

const EXPIRED: Expect = Expect::Api(403, "AUTHORIZATION_ERROR");
const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

pub(super) fn rows() -> Vec<Row> {
    let told = |name: &str, date: fn() -> String| {
        Row::new(name, &[EXPIRED], 1, move |peer| {
            peer.request()?;
            peer.answer("403 Forbidden", &date(), r#"{"error":"AUTHORIZATION_ERROR: EXPIRED_SIGN"}"#)
        })
    };
    vec![
        // Each call is one request but the first, which takes two.
        Row::new("the clock is an hour behind", &[Expect::Token; 3], 4, |peer| service(peer, HOUR, ""))
            .ahead(HOUR),
        Row::new("the clock is just under a day behind", &[Expect::Token; 2], 3, |peer| {
            service(peer, DAY - 60, "")
        })
        .ahead(DAY - 60),
        Row::new("the clock is a day behind", &[EXPIRED], 1, |peer| service(peer, DAY, "")),
        Row::new("the clock is over a day behind", &[EXPIRED], 1, |peer| service(peer, DAY + 60, "")),
        Row::new("an hour behind, by an answer that was stored", &[EXPIRED], 1, |peer| {
            service(peer, HOUR, "age: 3600\r\n")
        }),
        Row::new("an hour behind, by an answer that was just stored", &[EXPIRED], 1, |peer| {
            service(peer, HOUR, "age: 0\r\n")
        }),
        Row::new("the clock is a minute behind", &[Expect::Token; 2], 2, |peer| service(peer, 60, "")),
        told("expired, without a date", String::new),
        told("expired, in 1970", || "date: Thu, 01 Jan 1970 00:00:00 GMT\r\n".into()),
        told("expired, in 9999", || "date: Fri, 31 Dec 9999 23:59:59 GMT\r\n".into()),
        told("expired, and the clocks agree", || date(SystemTime::now())),
        told("expired, an hour ago", || date(SystemTime::now() - Duration::from_secs(HOUR))),
        told("expired, a day ago", || date(SystemTime::now() - Duration::from_secs(DAY + 60))),
        told("expired, at no time", || "date: now\r\n".into()),
        told("expired, at an empty time", || "date: \r\n".into()),
        Row::new("expired again, with a date an hour on", &[EXPIRED], 2, |peer| {
            loop {
                peer.request()?;
                let date = date(SystemTime::now() + Duration::from_secs(HOUR));
                peer.answer("403 Forbidden", &date, r#"{"error":"AUTHORIZATION_ERROR: EXPIRED_SIGN"}"#)?;
            }
        })
        .ahead(HOUR),
        Row::new("a token with a date in 1970, twice", &[Expect::Token; 2], 2, |peer| {
            loop {
                peer.request()?;
                peer.answer("200 OK", "date: Thu, 01 Jan 1970 00:00:00 GMT\r\n", TOKEN)?;
            }
        }),
    ]
}

fn date(at: SystemTime) -> String {
    format!("date: {}\r\n", httpdate::fmt_http_date(at))
}

/// A service whose clock is ahead of this machine's by some seconds.
fn service(peer: &mut Peer, ahead: u64, headers: &str) -> io::Result<()> {
    loop {
        let request = peer.request()?;
        let now = SystemTime::now() + Duration::from_secs(ahead);
        let headers = format!("{}{headers}", date(now));
        let unix = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let sign = peer.received(request).field("sign").unwrap_or_default();
        let credentials = Credentials::new("fake-key", SECRET).expect("a pair");
        if credentials.verify(&sign, unix).is_ok() {
            peer.answer("200 OK", &headers, TOKEN)?;
        } else {
            peer.answer("403 Forbidden", &headers, r#"{"error":"AUTHORIZATION_ERROR: EXPIRED_SIGN"}"#)?;
        }
    }
}
