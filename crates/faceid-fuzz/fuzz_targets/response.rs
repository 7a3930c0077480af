//! Answers: whatever comes, a call ends in a token or in an error that is short, printable and repeats nothing secret.
//!
//! Two bytes of status, then the body. In it a byte 1 stands for the sign that was sent, a byte 2 for the uuid.

#![no_main]

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::LazyLock;
use std::time::{Duration, Instant, UNIX_EPOCH};

use faceid_fuzz::{API_KEY, API_SECRET, NOW, is_plain};
use faceid_types::{Call, Config, Context, Credentials, Error, GetBizToken, Moment, Region, Retry, Step};
use http::{Response, StatusCode};
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::value::RawValue;

const UUID: &str = "marked-uuid";

static CONTEXT: LazyLock<Context> = LazyLock::new(|| {
    let credentials = Credentials::new(API_KEY, API_SECRET).expect("a pair");
    let config = Config::new(Region::Singapore, credentials).retry(Retry::default().max_attempts(1));
    Context::new(config).expect("settings that can be used")
});
static REQUEST: LazyLock<GetBizToken> = LazyLock::new(|| GetBizToken::new("fake-scene").uuid(UUID));
static STEADY: LazyLock<Instant> = LazyLock::new(Instant::now);

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((status, template)) = data.split_first_chunk() else { return Corpus::Reject };
    let status = u16::from_be_bytes(*status);
    let Ok(code) = StatusCode::from_u16(status) else { return Corpus::Reject };

    let now = Moment { wall: UNIX_EPOCH + Duration::from_secs(NOW), steady: *STEADY };
    let mut call = Call::new(&CONTEXT, &*REQUEST);
    let sent = call.next(now).expect("it is right").request;
    let sign = if template.contains(&1) { sign_in(sent.body()) } else { String::new() };
    let mut body = Vec::with_capacity(template.len());
    for &byte in template {
        match byte {
            1 => body.extend_from_slice(sign.as_bytes()),
            2 => body.extend_from_slice(UUID.as_bytes()),
            byte => body.push(byte),
        }
    }
    let mut response = Response::new(body.clone());
    *response.status_mut() = code;

    let Step::Done(result) = call.finish(Ok(response), now) else { panic!("one attempt was allowed") };
    // That a server cannot repeat what it was never sent, an input can that names it.
    let secret = if body.windows(API_SECRET.len()).any(|part| part == API_SECRET.as_bytes()) {
        ""
    } else {
        API_SECRET
    };
    // Of a sign no part either, since a backslash before it takes its first character for an escape.
    let parts = sign.as_bytes().chunks_exact(16).map(|part| std::str::from_utf8(part).expect("base64"));
    let secrets: Vec<&str> = [secret, UUID].into_iter().chain(parts).collect();
    let hides = |text: &str| secrets.iter().all(|secret| secret.is_empty() || !text.contains(secret));
    match result {
        Ok(token) => {
            assert!(code.is_success() && !token.biz_token().is_empty());
            // Not into values, whose depth is limited: members that nobody asked for may be as deep as they like.
            let read: HashMap<String, Box<RawValue>> =
                serde_json::from_str(&String::from_utf8_lossy(&body)).expect("an object");
            let text = |member: &str| read.get(member).map(|raw| raw.get());
            let token_text = text("biz_token").map(serde_json::from_str::<String>);
            assert_eq!(token_text.expect("it is there").expect("a text"), token.biz_token());
            for member in ["error", "error_message"] {
                assert!(matches!(text(member), None | Some("null" | "\"\"")), "a token and an error");
            }
            assert!(
                hides(&format!("{token:?}")) && token.request_id().is_none_or(|id| hides(id) && is_plain(id))
            );
        }
        Err(error) => {
            assert!(!matches!(error, Error::Invalid(_) | Error::Transport(_)));
            assert_eq!(error.status(), Some(status));
            assert_eq!(error.body(), Some(&body[..]));
            assert_eq!(error.attempts(), 1);
            let source = error.source().map(ToString::to_string).unwrap_or_default();
            let detail = error.detail().map(ToString::to_string).unwrap_or_default();
            let code = error.code().map(ToString::to_string).unwrap_or_default();
            let (display, debug) = (error.to_string(), format!("{error:?}"));
            assert!(display.len() <= 600 && debug.len() <= 1200, "{display}\n{debug}");
            for text in [display, debug, source, detail, code] {
                assert!(is_plain(&text) && hides(&text), "{text:?}");
            }
            assert!(error.request_id().is_none_or(|id| is_plain(id) && hides(id)));
        }
    }
    Corpus::Keep
});

/// The value of the first part.
fn sign_in(body: &[u8]) -> String {
    let text = std::str::from_utf8(body).expect("no file is among the fields");
    let (_, value) = text.split_once("\r\n\r\n").expect("a head");
    value.split_once("\r\n").expect("an end").0.to_owned()
}
