//! What an answer is read as: tokens, errors in all their spellings, and answers that are neither.

use std::time::{Duration, UNIX_EPOCH};

use faceid_types::{
    Answer, ApiError, AuthorizationReason as Reason, BizToken, DecodeFault, Endpoint as _, Error,
    ErrorCode as Code, GetBizToken, Hint,
};

use crate::script::{NOW, TOKEN, answer, context, echo, is_plain, read, request, shown, unix};

/// `X: y`, `X:y`, `Xy`, in three cases.
fn spellings(code: &str, detail: &str) -> Vec<String> {
    let mixed = |text: &str| -> String {
        let turn = |(nth, c): (usize, char)| if nth % 2 == 0 { c.to_ascii_lowercase() } else { c };
        text.chars().enumerate().map(turn).collect()
    };
    let cased = [code.to_owned(), code.to_ascii_lowercase(), mixed(code)];
    let joined = |code: &String| {
        if detail.is_empty() {
            vec![code.clone(), format!(" {code} "), format!("{code}:"), format!("{code}: ")]
        } else {
            vec![
                format!("{code}: {detail}"),
                format!("{code}:{detail}"),
                format!("{code}{detail}"),
                format!("{code} {detail}"),
                format!(" {code} :\t{detail} "),
            ]
        }
    };
    cased.iter().flat_map(joined).collect()
}

fn api(result: Result<BizToken, Error>) -> Box<ApiError> {
    match result {
        Err(Error::Api(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_documented_error_in_each_spelling() {
    let denied = |reason| Code::AuthorizationError(reason);
    let authorization = "AUTHORIZATION_ERROR";
    // status, code, detail, what they are read as, what to do, whether later may be better, whether it is the signature
    let cases: &[(u16, &str, &str, Code, Hint, bool, bool)] = &[
        (400, "MISSING_ARGUMENTS", "sign", Code::MissingArguments, Hint::MissingArguments, false, false),
        (400, "BAD_ARGUMENTS", "uuid", Code::BadArguments, Hint::BadArguments, false, false),
        (400, "BAD_ARGUMENTS", "sign_version", Code::BadArguments, Hint::BadArguments, false, false),
        (400, "BAD_ARGUMENTS", "liveness_id", Code::BadArguments, Hint::LivenessId, false, false),
        (400, "BAD_ARGUMENTS", "", Code::BadArguments, Hint::BadArguments, false, false),
        (403, "AUTHENTICATION_ERROR", "", Code::AuthenticationError, Hint::KeyAndSecret, false, true),
        (
            403,
            authorization,
            "API_KEY_BE_DISCONTINUED",
            denied(Reason::ApiKeyBeDiscontinued),
            Hint::KeyStopped,
            false,
            false,
        ),
        (403, authorization, "IP_NOT_ALLOWED", denied(Reason::IpNotAllowed), Hint::Address, false, false),
        (403, authorization, "LIMIT_REACHED", denied(Reason::LimitReached), Hint::TestQuota, false, false),
        (403, authorization, "DENIED", denied(Reason::Denied), Hint::NoRight, false, false),
        (403, authorization, "Denied", denied(Reason::Denied), Hint::NoRight, false, false),
        (403, authorization, "EXPIRED_SIGN", denied(Reason::ExpiredSign), Hint::Clock, false, false),
        (403, authorization, "invalid_sign", denied(Reason::InvalidSign), Hint::KeyAndSecret, false, true),
        (403, authorization, "REPLAY_ATTACK", denied(Reason::ReplayAttack), Hint::Replay, false, false),
        (
            403,
            authorization,
            "Moon_Phase",
            denied(Reason::Other("Moon_Phase".into())),
            Hint::Unknown,
            false,
            false,
        ),
        (403, authorization, "", denied(Reason::Other("".into())), Hint::Unknown, false, false),
        (
            403,
            "CONCURRENCY_LIMIT_EXCEEDED",
            "",
            Code::ConcurrencyLimitExceeded,
            Hint::Concurrency,
            true,
            false,
        ),
        (404, "API_NOT_FOUND", "", Code::ApiNotFound, Hint::Path, false, false),
        (500, "INTERNAL_ERROR", "", Code::InternalError, Hint::ServerFault, true, false),
    ];
    for (documented, code, detail, expected, hint, retryable, signature) in cases {
        for text in spellings(code, detail) {
            for member in ["error", "error_message"] {
                let body =
                    serde_json::json!({ member: text, "request_id": "id-1", "time_used": 3 }).to_string();
                // The status says nothing against the error's own text, not even a 200 or a 503.
                for status in [*documented, 200, 403, 429, 500, 503] {
                    let error = api(read(status, body.as_str()));
                    assert_eq!(error.code(), Some(expected), "{status} {text:?}");
                    assert_eq!(
                        error.detail().map(|detail| &**detail),
                        Some(*detail).filter(|detail| !detail.is_empty()),
                        "{status} {text:?}"
                    );
                    assert_eq!(error.message().unwrap(), &*text, "as it was written");
                    assert_eq!(error.status(), status);
                    assert_eq!((error.request_id(), error.time_used()), (Some("id-1"), Some(3)));
                    assert_eq!(error.body(), body.as_bytes());

                    let error = Error::Api(error);
                    assert_eq!(error.hint(), *hint, "{status} {text:?}");
                    assert_eq!(error.is_retryable(), *retryable, "{status} {text:?}");
                    assert_eq!(error.is_signature(), *signature, "{status} {text:?}");
                    assert!(!error.is_before_send());
                    let same = Error::from(ApiError::from_response(status, body.as_str()));
                    assert_eq!(same.code(), error.code(), "for tests of a user's own");
                }
            }
        }
    }
}

#[test]
fn codes_that_are_not_known_stay_readable() {
    // text, code, detail
    let cases = [
        ("MOON_PHASE: full", "MOON_PHASE", Some("full")),
        ("MOON_PHASE:a:b", "MOON_PHASE", Some("a:b")),
        ("moon phase", "moon phase", None),
        (":", ":", None),
        (": x", ": x", Some("x")),
        (" : ", " : ", None),
        (" ", " ", None),
        ("错误：场景", "错误：场景", None),
        ("BAD_ARGUMENTS_TOO", "BAD_ARGUMENTS_TOO", None),
        ("MISSING_ARGUMENT: sign", "MISSING_ARGUMENT", Some("sign")),
        ("INTERNAL_ERROR_2", "INTERNAL_ERROR_2", None),
        ("INTERNAL_ERRORS", "INTERNAL_ERRORS", None),
        ("XINTERNAL_ERROR", "XINTERNAL_ERROR", None),
        ("AUTHENTICATION_ERROR2", "AUTHENTICATION_ERROR2", None),
        // A character that is longer than the code's last byte.
        ("BAD_ARGUMENT\u{17F}", "BAD_ARGUMENT\u{17F}", None),
        ("BAD_ARGUMEN\u{1F600}", "BAD_ARGUMEN\u{1F600}", None),
    ];
    for (text, code, detail) in cases {
        assert_eq!(Code::parse(text), (Code::Other(code.into()), detail), "{text}");
        let error = Error::Api(api(read(400, serde_json::json!({ "error": text }).to_string())));
        assert_eq!(error.code().unwrap().as_str(), code, "{text}");
        assert_eq!(error.hint(), Hint::Unknown, "{text}");
        assert!(error.to_string().starts_with(text), "{error}");
    }
    let (code, detail) = Code::parse("AUTHORIZATION_ERROR: Moon_Phase: full");
    assert_eq!(code.to_string(), "AUTHORIZATION_ERROR: Moon_Phase: full");
    assert_eq!(code.as_str(), "AUTHORIZATION_ERROR");
    assert_eq!(detail, Some("Moon_Phase: full"));
}

#[test]
fn codes_and_reasons_print_as_the_vendor_writes_them() {
    for text in [
        "MISSING_ARGUMENTS",
        "BAD_ARGUMENTS",
        "AUTHENTICATION_ERROR",
        "AUTHORIZATION_ERROR: API_KEY_BE_DISCONTINUED",
        "AUTHORIZATION_ERROR: IP_NOT_ALLOWED",
        "AUTHORIZATION_ERROR: LIMIT_REACHED",
        "AUTHORIZATION_ERROR: DENIED",
        "AUTHORIZATION_ERROR: EXPIRED_SIGN",
        "AUTHORIZATION_ERROR: INVALID_SIGN",
        "AUTHORIZATION_ERROR: REPLAY_ATTACK",
        "CONCURRENCY_LIMIT_EXCEEDED",
        "API_NOT_FOUND",
        "INTERNAL_ERROR",
        "MOON_PHASE",
    ] {
        let (code, detail) = Code::parse(text);
        assert_eq!(code.to_string(), text);
        assert_eq!(code.as_str(), text.split(':').next().unwrap());
        if let Code::AuthorizationError(reason) = &code {
            assert_eq!(Some(reason.as_str()), detail);
        }
    }
}

#[test]
fn answers_without_an_error_code() {
    let cases = [
        (301, "", Hint::Redirect, false),
        (307, "<html>", Hint::Redirect, false),
        (400, "", Hint::Gateway, false),
        (403, "<html>", Hint::Gateway, false),
        (404, "<html>", Hint::Path, false),
        (413, "Request Entity Too Large", Hint::Gateway, false),
        (429, "slow down", Hint::Concurrency, true),
        (500, "{}", Hint::Gateway, true),
        (501, "", Hint::Gateway, false),
        (502, "<html>", Hint::Gateway, true),
        (503, "[]", Hint::Gateway, true),
        (504, TOKEN, Hint::Gateway, true),
        (599, "", Hint::Gateway, false),
        (100, "", Hint::Gateway, false),
        (999, "", Hint::Gateway, false),
    ];
    for (status, body, hint, retryable) in cases {
        let error = Error::Api(api(read(status, body)));
        assert_eq!((error.code(), error.detail()), (None, None), "{status}");
        assert_eq!((error.hint(), error.is_retryable()), (hint, retryable), "{status}");
        assert_eq!((error.status(), error.body()), (Some(status), Some(body.as_bytes())));
        assert!(error.to_string().starts_with("an answer without an error code"), "{error}");
    }
}

#[test]
fn token_or_error() {
    enum Read {
        Token,
        /// An error of this text.
        Error(&'static str),
        /// An error without a text.
        Bare,
        Unreadable,
    }
    use Read::{Bare, Error as Text, Token, Unreadable};
    let cases: &[(u16, &str, Read)] = &[
        (200, r#"{"biz_token":"t"}"#, Token),
        (201, r#"{"biz_token":"t"}"#, Token),
        (200, "\t\r\n {\"biz_token\" : \"t\"} \n", Token),
        (200, r#"{"biz_token":"t","error":null}"#, Token),
        (200, r#"{"biz_token":"t","error":""}"#, Token),
        (200, r#"{"error":"","error_message":null,"biz_token":"t"}"#, Token),
        (200, r#"{"biz_token":"t","new":{"error":"X"},"newer":[1e999]}"#, Token),
        (200, r#"{"biz_token":"t","Error":"X"}"#, Token),
        (200, r#"{"biz_token":"t","error":"X"}"#, Text("X")),
        (200, r#"{"error":"X","biz_token":"t"}"#, Text("X")),
        (200, r#"{"error":"X"}"#, Text("X")),
        (200, r#"{"error_message":"X","biz_token":"t"}"#, Text("X")),
        (200, r#"{"error":"","error_message":"X","biz_token":"t"}"#, Text("X")),
        (200, r#"{"error":"X","error_message":"Y"}"#, Text("X")),
        (200, r#"{"error":null,"error":"X","biz_token":"t"}"#, Text("X")),
        (200, r#"{"error":"X","error":null,"biz_token":"t"}"#, Text("X")),
        (200, r#"{"error":"X","error":"Y","biz_token":"t"}"#, Text("X")),
        (200, r#"{"\u0065rror":"\u0058","biz_token":"t"}"#, Text("X")),
        (200, r#"{"error":{"code":1},"biz_token":"t"}"#, Text(r#"{"code":1}"#)),
        (200, r#"{"error":[],"biz_token":"t"}"#, Text("[]")),
        (200, r#"{"error":7,"biz_token":"t"}"#, Text("7")),
        (200, r#"{"error":true,"biz_token":"t"}"#, Text("true")),
        (500, r#"{"biz_token":"t"}"#, Bare),
        (302, r#"{"biz_token":"t"}"#, Bare),
        (500, r#"{"error":null,"biz_token":"t"}"#, Bare),
        (400, r#"{"error":""}"#, Bare),
        (200, r#"{"biz_token":"t","biz_token":"t"}"#, Unreadable),
        (200, r#"{"biz_token":"t","biz_token":"u"}"#, Unreadable),
        (200, r#"{"biz_token":"t","biz_token":null}"#, Unreadable),
        (200, r#"{"biz_token":""}"#, Unreadable),
        (200, r#"{"biz_token":null}"#, Unreadable),
        (200, r#"{"biz_token":7}"#, Unreadable),
        (200, r#"{"biz_token":true}"#, Unreadable),
        (200, r#"{"biz_token":["t"]}"#, Unreadable),
        (200, r#"{"biz_token":{"biz_token":"t"}}"#, Unreadable),
        (200, r#"{"Biz_Token":"t"}"#, Unreadable),
        (200, r#"{"data":{"biz_token":"t"}}"#, Unreadable),
        (200, r#"[{"biz_token":"t"}]"#, Unreadable),
        (200, r#"{"biz_token":"t"}{}"#, Unreadable),
        (200, r#"{"biz_token":"t"},"#, Unreadable),
        (200, r"{'biz_token':'t'}", Unreadable),
        (200, r#"{"biz_token":"t",}"#, Unreadable),
        (200, "{}", Unreadable),
        (204, "", Unreadable),
    ];
    for (status, body, expected) in cases {
        let result = read(*status, *body);
        if let Err(error) = &result {
            assert_eq!(error.status(), Some(*status), "{body}");
            assert_eq!(error.body(), Some(body.as_bytes()), "{body}");
        }
        match (expected, result) {
            (Token, Ok(token)) => assert_eq!(token.biz_token(), "t", "{body}"),
            (Text(text), Err(Error::Api(error))) => assert_eq!(error.message().unwrap(), *text, "{body}"),
            (Bare, Err(Error::Api(error))) => assert_eq!(error.message(), None, "{body}"),
            (Unreadable, Err(Error::Decode(error))) => {
                let error = Error::Decode(error);
                assert_eq!(error.hint(), Hint::NotTheService);
                assert!(!error.is_retryable() && !error.is_before_send());
            }
            (_, result) => panic!("{status} {body}: {result:?}"),
        }
    }
}

/// Serde reads a struct from an array, too. The service's answer is an object.
#[test]
fn an_array_is_no_token() {
    for body in [r#"["t"]"#, r#" [ "t" ] "#] {
        let result = read(200, body);
        assert!(matches!(&result, Err(Error::Decode(_))), "{body}: {result:?}");
    }
}

#[test]
fn what_a_token_comes_with() {
    let token = read(200, TOKEN).unwrap();
    assert_eq!(token.biz_token(), "1531397038,f0b9eea0");
    assert_eq!(token.request_id(), Some("1531397037,c1223c5b"));
    assert_eq!(token.time_used(), Some(18));
    assert_eq!(unix(token.received_at()), NOW, "as the answer came");
    assert_eq!(unix(token.expires_at()), NOW + 3600);
    let later = |seconds| token.received_at() + Duration::from_secs(seconds);
    assert_eq!(token.remaining(later(0)), BizToken::LIFETIME);
    assert_eq!(token.remaining(later(3599)), Duration::from_secs(1));
    assert_eq!(token.remaining(later(3600)), Duration::ZERO);
    assert_eq!(token.remaining(later(1_000_000)), Duration::ZERO);
}

#[test]
fn an_answer_can_be_read_without_a_call() {
    let received_at = UNIX_EPOCH + Duration::from_secs(NOW);
    let token = GetBizToken::read(&Answer::new(TOKEN.as_bytes(), received_at)).unwrap();
    assert_eq!((token.biz_token(), token.received_at()), ("1531397038,f0b9eea0", received_at));
    assert_eq!((token.request_id(), token.time_used()), (None, None), "a call reads these");
    let fault = GetBizToken::read(&Answer::new(b"{}", received_at)).unwrap_err();
    assert_eq!(fault.to_string(), "a field is missing, repeated or of another type, at line 1 column 2");
    assert_eq!(DecodeFault::new("x is empty").to_string(), "x is empty");
}

#[test]
fn ids_and_times_of_another_kind_are_absent() {
    let id = |value: &str| (format!(r#""request_id":{value}"#), None, None);
    let time = |value: &str| (format!(r#""time_used":{value}"#), None, None);
    let named = |value: &str| (format!(r#""request_id":"{value}""#), Some(value.to_owned()), None);
    let cases: Vec<(String, Option<String>, Option<u64>)> = vec![
        named("1531397037,c1223c5b-c2f6-4bb7-8cbb-8993497ddbe0"),
        named("an id"),
        named("请求7"),
        named(&"i".repeat(256)),
        id(&format!("\"{}\"", "i".repeat(257))),
        id(r#""""#),
        id("null"),
        id("7"),
        id("true"),
        id(r#"["id"]"#),
        id(r#"{"id":1}"#),
        id(r#""a\nb""#),
        id(r#""a\u001bb""#),
        id(r#""a\u0000b""#),
        id(r#""a\u007fb""#),
        id(r#""a\u202eb""#),
        id(r#""a\u200bb""#),
        id(r#""a\u2028b""#),
        id(r#""a\ufeffb""#),
        (r#""request_id":"a","request_id":7"#.into(), None, None),
        (r#""request_id":7,"request_id":"a""#.into(), Some("a".into()), None),
        (r#""time_used":18446744073709551615"#.into(), None, Some(u64::MAX)),
        (r#""time_used":0"#.into(), None, Some(0)),
        (r#""time_used":1,"time_used":2"#.into(), None, Some(2)),
        time("18446744073709551616"),
        time("-1"),
        time("18.0"),
        time("1e3"),
        time(r#""18""#),
        time("null"),
        time("[18]"),
        time("{}"),
    ];
    for (members, request_id, time_used) in cases {
        let token = read(200, format!(r#"{{{members},"biz_token":"t"}}"#)).expect(&members);
        assert_eq!(token.biz_token(), "t");
        assert_eq!(token.request_id(), request_id.as_deref(), "{members}");
        assert_eq!(token.time_used(), time_used, "{members}");

        let error = api(read(403, format!(r#"{{{members},"error":"AUTHENTICATION_ERROR"}}"#)));
        assert_eq!(error.code(), Some(&Code::AuthenticationError), "{members}");
        assert_eq!(error.request_id(), request_id.as_deref(), "{members}");
        assert_eq!(error.time_used(), time_used, "{members}");

        let error = read(200, format!(r#"{{{members},"biz_token":""}}"#)).unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{members}");
        assert_eq!(error.request_id(), request_id.as_deref(), "{members}");
        assert!(shown(&error).iter().all(|shown| is_plain(&shown.replace('\n', ""))), "{members}");
    }
}

/// JSON that a strict reader refuses halfway: the members before and after it are there all the same.
fn members_that_do_not_read() -> [(&'static str, Vec<u8>); 5] {
    let deep = ["[".repeat(200), "]".repeat(200)].concat();
    [
        ("a number out of range", b"1e999".to_vec()),
        ("a lone surrogate", br#""\ud800""#.to_vec()),
        ("too deep a value", deep.into_bytes()),
        ("bytes that are not UTF-8", b"\"\xC4\xE3\"".to_vec()),
        ("a control character", b"\"\x01\"".to_vec()),
    ]
}

#[test]
fn a_member_that_does_not_read_hides_no_other() {
    for (name, value) in members_that_do_not_read() {
        for member in ["request_id", "time_used"] {
            for body in [
                [br#"{"error":"AUTHENTICATION_ERROR",""#, member.as_bytes(), b"\":", &value, b"}"].concat(),
                [b"{\"", member.as_bytes(), b"\":", &value, br#","error":"AUTHENTICATION_ERROR"}"#].concat(),
            ] {
                let error = Error::from(ApiError::from_response(403, body));
                // A raw control character is not JSON at all, whoever reads it.
                let expected = (name != "a control character").then_some(&Code::AuthenticationError);
                assert_eq!(error.code(), expected, "{name} in {member}");
            }
        }
    }
}

#[test]
fn a_token_beside_an_error_that_does_not_read_is_no_success() {
    for (name, value) in members_that_do_not_read() {
        for member in ["error", "error_message"] {
            let body = [b"{\"", member.as_bytes(), b"\":", &value, br#","biz_token":"t"}"#].concat();
            assert!(read(200, body).is_err(), "{name} in {member}");
        }
        for member in ["request_id", "time_used"] {
            let both = br#","biz_token":"t","error":"AUTHENTICATION_ERROR"}"#;
            let body = [b"{\"", member.as_bytes(), b"\":", &value, both].concat();
            assert!(read(200, body).is_err(), "an error beside {name} in {member}");
        }
    }
}

#[test]
fn what_an_error_says_of_itself() {
    let id = r#"{"error":"BAD_ARGUMENTS: sign_version","request_id":"id-1"}"#;
    let cases: &[(u16, &str, &str)] = &[
        (400, r#"{"error":"BAD_ARGUMENTS:uuid"}"#, "BAD_ARGUMENTS:uuid (HTTP 400)"),
        (400, id, "BAD_ARGUMENTS: sign_version (HTTP 400, request_id id-1)"),
        (502, "<html>", "an answer without an error code (HTTP 502)"),
        (
            200,
            r#"{"request_id":"id-1"}"#,
            "the answer does not read: a field is missing, repeated or of another type, at line 1 column 21 (HTTP 200, request_id id-1)",
        ),
        (200, "", "the answer does not read: the JSON breaks off, at line 1 column 0 (HTTP 200)"),
        (200, "<html>", "the answer does not read: it is not JSON, at line 1 column 1 (HTTP 200)"),
        (200, r#"{"biz_token":""}"#, "the answer does not read: biz_token is empty (HTTP 200)"),
    ];
    for (status, body, expected) in cases {
        assert_eq!(read(*status, *body).unwrap_err().to_string(), *expected);
    }
    let run = crate::script::ask(&context(), [answer(500, ""), answer(500, ""), answer(400, id)]);
    let seconds = run.error().elapsed().as_secs_f64();
    assert_eq!(
        run.error().to_string(),
        format!("BAD_ARGUMENTS: sign_version (HTTP 400, request_id id-1, 3 attempts in {seconds:.1} s)")
    );
    assert!(echo(&context(), &request(), |_| answer(200, TOKEN)).is_ok());
}
