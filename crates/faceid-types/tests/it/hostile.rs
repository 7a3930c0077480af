//! Bodies that no service should send: they are kept, they are not shown, and nothing panics.

use faceid_types::{Error, ErrorCode};

use crate::script::{TOKEN, error as error_of, is_plain, read, shown};

/// Stands in each body where nothing of it may be shown.
const MARK: &str = "qxqx";
const LEVELS: usize = 100_000;

fn deep(open: &str, close: &str) -> String {
    [open.repeat(LEVELS), close.repeat(LEVELS)].concat()
}

fn utf16(text: &str, mark: u16, bytes: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(mark).chain(text.encode_utf16()).flat_map(bytes).collect()
}

/// None of them is an answer of the service, and none has an error text that could be shown.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let token = r#"{"biz_token":"qxqx"}"#;
    let failed = r#"{"error":"INTERNAL_ERROR: qxqx"}"#;
    vec![
        ("empty", vec![]),
        ("blanks", b" \r\n\t".to_vec()),
        ("plain text", b"qxqx Request Entity Too Large".to_vec()),
        ("a page", b"<!DOCTYPE html><html><script>qxqx</script></html>".to_vec()),
        ("terminal escapes", b"\x1b[2J\x1b]0;qxqx\x07\x9b".to_vec()),
        ("zero bytes", b"qxqx\0\0\0\0".to_vec()),
        ("not UTF-8", b"\xFF\xFEqxqx\xC0\x80\xED\xA0\x80".to_vec()),
        ("a token that is not UTF-8", b"{\"biz_token\":\"qxqx\xFF\"}".to_vec()),
        ("UTF-8 with a byte order mark", ["\u{FEFF}", token].concat().into_bytes()),
        ("an error with a byte order mark", ["\u{FEFF}", failed].concat().into_bytes()),
        ("UTF-16, little end first", utf16(token, 0xFEFF, u16::to_le_bytes)),
        ("UTF-16, big end first", utf16(token, 0xFEFF, u16::to_be_bytes)),
        ("an error in UTF-16", utf16(failed, 0xFEFF, u16::to_le_bytes)),
        ("a lone surrogate", br#"{"biz_token":"qxqx\ud800"}"#.to_vec()),
        ("surrogates in the wrong order", br#"{"biz_token":"qxqx\udc00\ud800"}"#.to_vec()),
        ("an escape that is cut off", br#"{"biz_token":"qxqx\u12"#.to_vec()),
        ("a control character", b"{\"biz_token\":\"qxqx\n\"}".to_vec()),
        ("not a number", br#"{"biz_token":NaN,"x":"qxqx"}"#.to_vec()),
        ("infinity", br#"{"biz_token":-Infinity,"x":"qxqx"}"#.to_vec()),
        ("a large number", [b"{\"biz_token\":", "9".repeat(10_000).as_bytes(), b"}"].concat()),
        ("a number out of range", br#"{"biz_token":1e999,"x":"qxqx"}"#.to_vec()),
        ("a top-level array", br#"[["qxqx"]]"#.to_vec()),
        ("a top-level text", br#""qxqx""#.to_vec()),
        ("a top-level number", b"7".to_vec()),
        ("top-level null", b"null".to_vec()),
        ("repeated keys", br#"{"biz_token":"qxqx","biz_token":"qxqx"}"#.to_vec()),
        ("a deep array", deep("[", "]").into_bytes()),
        ("a deep array that breaks off", "[".repeat(LEVELS).into_bytes()),
        ("a deep object", deep(r#"{"qxqx":"#, "}").into_bytes()),
        ("a deep object that breaks off", r#"{"biz_token":"#.repeat(LEVELS).into_bytes()),
        ("a deep token", format!(r#"{{"biz_token":{}}}"#, deep("[", "]")).into_bytes()),
        (
            "a deep token of objects",
            format!(r#"{{"biz_token":{}1{}}}"#, r#"{"a":"#.repeat(LEVELS), "}".repeat(LEVELS)).into_bytes(),
        ),
        ("a large text", vec![b'q'; 4 << 20]),
        ("a large key", format!(r#"{{"{}":1}}"#, MARK.repeat(1 << 18)).into_bytes()),
        ("many keys", format!("{{{}}}", vec![r#""qxqx":1"#; 100_000].join(",")).into_bytes()),
        ("two answers", [token, token].concat().into_bytes()),
        ("base64 of an answer", b"eyJiaXpfdG9rZW4iOiJxeHF4In0=".to_vec()),
    ]
}

/// Short and printable, whatever the body.
fn check(name: &str, error: &Error) {
    let display = error.to_string();
    assert!(display.len() <= 600, "{name}: {} bytes: {display:.700}", display.len());
    assert!(!display.contains('\n'), "{name}: {display}");
    assert!(format!("{error:?}").len() <= 1200, "{name}: {error:?}");
    for text in shown(error) {
        assert!(is_plain(&text.replace('\n', "")), "{name}: {text:?}");
    }
}

#[test]
fn they_are_kept_and_not_shown() {
    for (name, body) in bodies() {
        for status in [200, 204, 302, 400, 403, 413, 500, 502] {
            let error = read(status, body.as_slice()).expect_err(name);
            assert_eq!(error.status(), Some(status), "{name}");
            assert!(error.body() == Some(&body), "{name}: the body is kept");
            assert_eq!(matches!(error, Error::Decode(_)), status < 300, "{name}: {error}");
            assert_eq!((error.code(), error.detail()), (None, None), "{name}");
            check(name, &error);
            for text in shown(&error) {
                assert!(!text.contains("qx") && !text.contains("html"), "{name}: {text}");
            }
        }
    }
}

#[test]
fn answers_that_break_off_at_any_byte() {
    let failed = r#"{"error":"AUTHORIZATION_ERROR: 拒绝","request_id":"id-1","time_used":3}"#;
    for (status, whole) in [(200, TOKEN), (403, failed)] {
        for end in 0..whole.len() {
            let body = &whole.as_bytes()[..end];
            let error = read(status, body).unwrap_err();
            assert_eq!((error.status(), error.body()), (Some(status), Some(body)), "{end}");
            assert_eq!((error.code(), error.request_id()), (None, None), "{end}");
            check("broken off", &error);
        }
    }
}

#[test]
fn a_deep_member_that_nobody_asked_for_does_no_harm() {
    for value in [deep("[", "]"), format!("{}1{}", r#"{"a":"#.repeat(LEVELS), "}".repeat(LEVELS))] {
        let token = read(200, format!(r#"{{"x":{value},"biz_token":"t"}}"#)).unwrap();
        assert_eq!(token.biz_token(), "t");
        let error = read(403, format!(r#"{{"x":{value},"error":"API_NOT_FOUND"}}"#)).unwrap_err();
        assert_eq!(error.code(), Some(&ErrorCode::ApiNotFound));
        check("deep", &error);
        for member in ["error", "error_message", "request_id", "time_used"] {
            let body = format!(r#"{{"{member}":{value}}}"#);
            for status in [200, 403] {
                let error = read(status, body.as_str()).unwrap_err();
                assert_eq!(error.body(), Some(body.as_bytes()));
                check(member, &error);
            }
        }
    }
}

#[test]
fn what_a_server_writes_is_cut_and_escaped() {
    let texts = [
        "x".repeat(4 << 20),
        "用".repeat(100_000),
        "\u{1b}[31m".repeat(100),
        "\r\n2020-09-13 INFO forged".to_owned(),
        "\u{202E}\u{2066}\u{200B}\u{FEFF}\u{E0041}".repeat(50),
        "a\u{300}".repeat(300),
        "'\"\\".repeat(200),
        "\u{10FFFF}\u{E000}".repeat(100),
        format!("BAD_ARGUMENTS: {}", "\0".repeat(1000)),
        format!("AUTHORIZATION_ERROR: {}", "\u{9B}".repeat(1000)),
    ];
    for text in &texts {
        for id in [Some("i".repeat(256)), None] {
            let body = serde_json::json!({ "error": text, "request_id": id }).to_string();
            let error = read(400, body).unwrap_err();
            check("an error's text", &error);
            let Error::Api(error) = &error else { panic!("{error}") };
            let message = error.message().unwrap();
            assert_eq!(message, &**text, "whole for whoever asks for it");
            assert!(message.to_string().len() <= 256 + "...".len());
            assert_eq!(error.request_id(), id.as_deref());
        }
    }
    let cases = [(255, false), (256, false), (257, true)];
    for (len, cut) in cases {
        let error = read(400, serde_json::json!({ "error": "x".repeat(len) }).to_string()).unwrap_err();
        assert_eq!(error.to_string().contains("..."), cut, "{len}");
    }
    assert!(error_of(400, "x").outcome().is_ok());
}
