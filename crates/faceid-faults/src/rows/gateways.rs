//! What stands between, and answers in the service's place.

use std::time::{Duration, SystemTime};

use super::{TOKEN, tokens};
use crate::{Expect, Row};

const PAGE: &str =
    "<!DOCTYPE html><html><head><title>Gateway</title></head><body>\u{4e0d}\u{53ef}\u{7528}</body></html>";

pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![
        Row::answer("a page at 200", Expect::Decode, 1, "200 OK", PAGE),
        Row::bytes("204", Expect::Decode, 1, "HTTP/1.1 204 No Content\r\n\r\n"),
        Row::bytes(
            "205 with a length of zero",
            Expect::Decode,
            1,
            "HTTP/1.1 205 X\r\ncontent-length: 0\r\n\r\n",
        ),
        Row::bytes(
            "304, which has no body",
            Expect::Api(304, ""),
            1,
            "HTTP/1.1 304 X\r\ncontent-length: 70\r\n\r\n",
        ),
        Row::answer(
            "413 in plain text",
            Expect::Api(413, ""),
            1,
            "413 Too Large",
            "Request Entity Too Large",
        ),
        Row::answer("407", Expect::Api(407, ""), 1, "407 Proxy Authentication Required", ""),
        Row::answer("429 in plain text, once", Expect::Api(429, ""), 1, "429 Slow", "slow down").attempts(1),
    ];
    for body in ["", PAGE] {
        let what = if body.is_empty() { "empty" } else { "a page" };
        for status in [400, 401, 403, 404, 405, 408, 410, 418, 451, 501, 505, 511, 520] {
            let name = format!("{status}, {what}");
            rows.push(Row::answer(name, Expect::Api(status, ""), 1, format!("{status} Status"), body));
        }
        for status in [500, 502, 504] {
            let name = format!("{status}, {what}, three times");
            rows.push(Row::answer(name, Expect::Api(status, ""), 3, format!("{status} Status"), body));
            rows.push(then_token(&format!("{status}, {what}, then a token"), status, String::new, body));
        }
        rows.push(
            Row::answer(format!("503, {what}, three times"), Expect::Api(503, ""), 3, "503 Status", body)
                .within(8000)
                .slow(),
        );
        rows.push(then_token(&format!("503, {what}, then a token"), 503, String::new, body));
    }
    for status in [429, 503] {
        // Three seconds are told from one by the sign, which is to be made anew.
        let after: [(&str, fn() -> String, u64); 6] = [
            ("a second", || "1".to_owned(), 1000),
            ("three seconds", || "3".to_owned(), 3000),
            ("a date", || date(3), 2000),
            ("a date that is past", || date(0), 0),
            ("no time", || "soon".to_owned(), 0),
            ("less than none", || "-1".to_owned(), 0),
        ];
        for (name, value, apart) in after {
            let name = format!("{status}, to be asked after {name}, then a token");
            let headers = move || format!("retry-after: {}\r\n", value());
            rows.push(then_token(&name, status, headers, "").within(6000).apart(apart));
        }
        for value in ["86400", "99999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            rows.push(Row::new(
                format!("{status}, to be asked after {value}"),
                &[Expect::Api(status, "")],
                1,
                move |peer| {
                    peer.request()?;
                    peer.answer(&format!("{status} Status"), &format!("retry-after: {value}\r\n"), "")
                },
            ));
        }
    }
    rows
}

/// The first request gets that answer, the second one a token.
fn then_token(
    name: &str,
    status: u16,
    headers: impl Fn() -> String + Send + Sync + 'static,
    body: &'static str,
) -> Row {
    Row::new(name, &[Expect::Token], 2, move |peer| {
        if peer.request()? > 0 {
            return peer.answer("200 OK", "", TOKEN);
        }
        peer.answer(&format!("{status} Status"), &headers(), body)?;
        tokens(peer)
    })
}

fn date(seconds: u64) -> String {
    httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(seconds))
}
