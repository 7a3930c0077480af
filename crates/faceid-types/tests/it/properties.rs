//! What holds for any answer and any text.

use faceid_types::{ApiError, Call, Context, ErrorCode, Retry, Step, Text, repeats};
use http::{HeaderName, HeaderValue, Response};
use proptest::prelude::*;

use crate::script::{Clock, NOW, config, http_date, is_plain, request, shown};

/// JSON, and what almost is.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(r#""error""#.to_owned()),
        Just(r#""error_message""#.to_owned()),
        Just(r#""biz_token""#.to_owned()),
        Just(r#""request_id""#.to_owned()),
        Just(r#""time_used""#.to_owned()),
        Just(r#""AUTHORIZATION_ERROR: EXPIRED_SIGN""#.to_owned()),
        Just(r#""INTERNAL_ERROR""#.to_owned()),
        Just(r#""\ud800""#.to_owned()),
        Just("null".to_owned()),
        Just("1e999".to_owned()),
        "[{}\\[\\],:\"]",
        "-?[0-9]{1,25}",
        any::<String>().prop_map(|text| serde_json::json!(text).to_string()),
    ];
    let members = proptest::collection::vec(
        (
            prop_oneof![Just("error"), Just("biz_token"), Just("request_id"), Just("time_used"), Just("x")],
            prop_oneof![piece.clone(), any::<u64>().prop_map(|n| n.to_string())],
        ),
        0..6,
    );
    let object = members.prop_map(|members| {
        let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    });
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat().into_bytes()),
        object,
    ]
}

fn headers() -> impl Strategy<Value = Vec<(HeaderName, HeaderValue)>> {
    let name = prop_oneof![Just("date"), Just("age"), Just("retry-after"), Just("content-type"), Just("x")];
    let value = prop_oneof![
        proptest::collection::vec(0x20_u8..0x7F, 0..40),
        proptest::collection::vec(0x80_u8..=0xFF, 0..40),
        "[0-9]{1,30}".prop_map(String::into_bytes),
        (0_u64..253_402_300_800).prop_map(|unix| http_date(unix).into_bytes()),
        (NOW - 100_000..NOW + 100_000).prop_map(|unix| http_date(unix).into_bytes()),
    ];
    let header = (name, value)
        .prop_map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_bytes(&value).unwrap()));
    proptest::collection::vec(header, 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_answer_makes_a_call_panic(status in 100_u16..1000, headers in headers(), body in body(), repeats in 1_u32..4) {
        let context = Context::new(config().retry(Retry::default().max_attempts(repeats))).unwrap();
        let (request, mut clock) = (request(), Clock::new());
        let mut call = Call::new(&context, &request);
        let result = loop {
            let _ = call.next(clock.now()).unwrap();
            let mut response = Response::new(body.clone());
            *response.status_mut() = status.try_into().unwrap();
            response.headers_mut().extend(headers.clone());
            match call.finish(Ok(response), clock.now()) {
                Step::Done(result) => break result,
                Step::Retry(wait) => clock.advance(wait),
            }
        };
        prop_assert!(context.gauges().clock_correction.abs() < 86_400);
        match result {
            Ok(token) => {
                prop_assert!((200..300).contains(&status) && !token.biz_token().is_empty());
                let text = String::from_utf8_lossy(&body);
                prop_assert!(text.trim_start().starts_with('{'), "{text}");
                let absent = [r#""error":null"#, r#""error":"""#].map(|member| text.matches(member).count());
                prop_assert_eq!(text.matches(r#""error":"#).count(), absent.iter().sum::<usize>(), "{}", text);
            }
            Err(error) => {
                prop_assert_eq!(error.status(), Some(status));
                prop_assert_eq!(error.body(), Some(&body[..]));
                prop_assert!(error.attempts() >= 1 && error.attempts() <= repeats);
                prop_assert!(error.to_string().len() <= 600);
                for text in shown(&error) {
                    prop_assert!(is_plain(&text.replace('\n', "")), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn each_text_is_a_code(text in prop_oneof![
        any::<String>(),
        "(BAD_ARGUMENTS|authorization_error|MISSING_ARGUMENTS|INTERNAL_ERROR|:|_| |用|[a-zA-Z]){0,8}",
    ]) {
        let (code, detail) = ErrorCode::parse(&text);
        prop_assert!(detail.is_none_or(|detail| !detail.is_empty() && text.contains(detail)));
        prop_assert!(is_plain(&code.to_string()));
        let debug = format!("{code:?}");
        prop_assert!(is_plain(&debug));
        if let ErrorCode::Other(other) = &code {
            prop_assert!(text.contains(&**other));
        }
        // What it prints is read as the same code, if it was printed whole.
        if !code.to_string().contains('\\') && code.to_string().len() < 200 && !matches!(code, ErrorCode::Other(_)) {
            prop_assert_eq!(ErrorCode::parse(&code.to_string()).0, code);
        }
        let error = ApiError::from_response(400, serde_json::json!({ "error": text }).to_string());
        prop_assert_eq!(error.code().is_none(), text.is_empty());
    }

    #[test]
    fn a_text_is_shown_short_and_printable(text in any::<String>(), times in 1_usize..50) {
        let text = text.repeat(times);
        let wrapped = Text::from(text.as_str());
        let shown = wrapped.to_string();
        prop_assert!(shown.len() <= 256 + 3 && is_plain(&shown), "{shown:?}");
        let debug = format!("{wrapped:?}");
        let quoted = debug.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap();
        prop_assert!(quoted.len() <= 256 + 3 && !quoted.replace("\\\"", "").contains('"'), "{debug}");
        prop_assert_eq!(&*wrapped, &*text);
        // Up to where it is cut, an escape can be told from a text that looks like one.
        if text.len() <= 20 && text.chars().all(|c| c.is_ascii_graphic() && c != '\\') {
            prop_assert_eq!(shown, text);
        }
    }

    /// Of two letters, so that much of the secret is there several times.
    #[test]
    fn what_is_repeated_is_found_and_nothing_else(secret in "[ab]{5,60}", text in "[ab-]{0,80}") {
        let parts = secret.as_bytes().windows((secret.len() - 1).min(16));
        let begins = |at: &usize| parts.clone().any(|part| text.as_bytes()[*at..].starts_with(part));
        let width = parts.clone().next().map_or(0, <[u8]>::len);
        let begun: Vec<_> = (0..text.len()).filter(begins).collect();
        let runs = repeats(text.as_bytes(), secret.as_bytes());
        prop_assert!(runs.windows(2).all(|pair| pair[0].end < pair[1].start), "{:?}", runs);
        prop_assert!(runs.iter().all(|run| begun.iter().any(|at| run.contains(at))), "{:?}", runs);
        for (at, letter) in text.bytes().enumerate() {
            let is_repeated = begun.iter().any(|begin| (*begin..begin + width).contains(&at));
            let is_found = runs.iter().any(|run| run.contains(&at));
            // Letters beside it are taken along.
            prop_assert!(is_found == is_repeated || is_found && letter != b'-', "{}: {:?}", at, runs);
        }
    }
}

/// Whole Unicode: what is shown raw is nothing that turns, hides or breaks a line.
#[test]
fn no_character_is_shown_raw_that_does_not_print() {
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    // As many as are shown without being cut, if each is escaped.
    for some in all.chunks(25) {
        let shown = Text::from(some.iter().collect::<String>()).to_string();
        assert!(is_plain(&shown) && shown.chars().count() >= some.len(), "{shown:?}");
    }
    for character in all.into_iter().filter(|character| !is_plain(&character.to_string())) {
        let body = serde_json::json!({ "request_id": format!("id{character}") }).to_string();
        let error = ApiError::from_response(400, body);
        assert_eq!(error.request_id(), None, "{:x}", u32::from(character));
    }
}
