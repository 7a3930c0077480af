//! Bodies that are no JSON, or not the JSON that was expected.

use super::TOKEN;
use crate::{Expect, Row};

const LEVELS: usize = 100_000;

pub(super) fn rows() -> Vec<Row> {
    let levels = |open: &str, close: &str| [open.repeat(LEVELS), close.repeat(LEVELS)].concat();
    let beside = |value: &str| format!(r#"{{"x":{value},"biz_token":"fake-token"}}"#).into_bytes();
    let token = |value: &str| format!(r#"{{"biz_token":{value}}}"#).into_bytes();
    let unread: Vec<(&str, Vec<u8>)> = vec![
        ("empty", vec![]),
        ("blanks", b" \r\n".to_vec()),
        ("truncated", TOKEN[..20].into()),
        ("truncated in an escape", br#"{"biz_token":"fake\u12"#.to_vec()),
        ("a top-level array", br#"["fake-token"]"#.to_vec()),
        ("a top-level text", br#""fake-token""#.to_vec()),
        ("a top-level number", b"7".to_vec()),
        ("top-level null", b"null".to_vec()),
        ("an array, 100 000 levels deep", levels("[", "]").into()),
        ("an array, 100 000 levels deep, that breaks off", "[".repeat(LEVELS).into()),
        ("an object, 40 000 levels deep", [r#"{"a":"#.repeat(40_000), "}".repeat(40_000)].concat().into()),
        ("a token, 100 000 levels deep", token(&levels("[", "]"))),
        ("a token twice", br#"{"biz_token":"fake-token","biz_token":"another"}"#.to_vec()),
        ("NaN", token("NaN")),
        ("minus infinity", token("-Infinity")),
        ("a number out of range", token("1e999")),
        ("a lone surrogate", token(r#""fake\ud800""#)),
        ("surrogates in the wrong order", token(r#""\udc00\ud800""#)),
        ("invalid UTF-8 in the token", b"{\"biz_token\":\"fake\xFF\"}".to_vec()),
        ("a byte order mark", ["\u{FEFF}", TOKEN].concat().into()),
        ("UTF-16, little end first", TOKEN.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16, big end first", TOKEN.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("bytes that are no text", vec![0xFF, 0xFE, 0xC0, 0x80, 0, 0x1B]),
        ("a control character", b"{\"biz_token\":\"fake\n-token\"}".to_vec()),
        ("250 kB of text", vec![b'x'; 250_000]),
        ("a key of 250 kB", format!(r#"{{"{}":1}}"#, "k".repeat(250_000)).into()),
        ("30 000 keys", format!("{{{}}}", vec![r#""k":1"#; 30_000].join(",")).into()),
        ("two answers", [TOKEN, TOKEN].concat().into()),
        ("an answer and more", [TOKEN, "</html>"].concat().into()),
        ("single quotes", b"{'biz_token':'fake-token'}".to_vec()),
        ("a comment", b"{/**/\"biz_token\":\"fake-token\"}".to_vec()),
        ("a comma too many", br#"{"biz_token":"fake-token",}"#.to_vec()),
        ("no token", br#"{"request_id":"fake-id","time_used":3}"#.to_vec()),
        ("a token in other letters", br#"{"BIZ_TOKEN":"fake-token"}"#.to_vec()),
        ("a token that is empty", token(r#""""#)),
        ("a token that is null", token("null")),
        ("a token that is a number", token("7")),
        ("a token that is true", token("true")),
        ("a token that is an array", token(r#"["fake-token"]"#)),
        ("a token that is an object", token(r#"{"biz_token":"fake-token"}"#)),
    ];
    let unread = unread.into_iter().flat_map(|(name, body)| {
        [
            Row::answer(format!("JSON: {name}"), Expect::Decode, 1, "200 OK", body.as_slice()),
            // Where the status says no already, the body only fails to say why.
            Row::answer(format!("JSON at 403: {name}"), Expect::Api(403, ""), 1, "403 Forbidden", body),
        ]
    });

    let with = |member: &str| format!(r#"{{"biz_token":"fake-token",{member}}}"#).into_bytes();
    let read: Vec<(&str, Vec<u8>)> = vec![
        ("a member, 100 000 levels deep", beside(&levels("[", "]"))),
        ("request_id is an array", with(r#""request_id":["fake-id"]"#)),
        ("request_id is a number", with(r#""request_id":7"#)),
        ("request_id is null", with(r#""request_id":null"#)),
        ("request_id is an object", with(r#""request_id":{}"#)),
        ("request_id is twice", with(r#""request_id":"a","request_id":"b""#)),
        ("request_id is 60 kB", with(&format!(r#""request_id":"{}""#, "i".repeat(60_000)))),
        ("time_used is a text", with(r#""time_used":"3""#)),
        ("time_used is negative", with(r#""time_used":-3"#)),
        ("time_used is a fraction", with(r#""time_used":3.5"#)),
        ("time_used is huge", with(&format!(r#""time_used":{}"#, "9".repeat(1000)))),
        ("time_used is an array", with(r#""time_used":[3]"#)),
        ("200 kB of blanks", [TOKEN, &" ".repeat(200_000)].concat().into()),
    ];
    let read = read
        .into_iter()
        .map(|(name, body)| Row::answer(format!("JSON: {name}"), Expect::Token, 1, "200 OK", body));
    unread.chain(read).collect()
}
