//! What errors and hints say, and the parts of values that a user makes for tests.

use std::error::Error as _;
use std::time::{Duration, UNIX_EPOCH};

use faceid_types::{
    ApiError, BizToken, Config, ConfigError, Context, DecodeError, DecodeFault, Error, ErrorCode, Form, Hint,
    Invalid, Region, Text, TransportError, TransportKind,
};

use crate::script::credentials;

#[test]
fn each_kind_of_transport_error_says_what_happened() {
    let cases = [
        (TransportKind::NeverSent, "never_sent", "the service could not be reached", Hint::Unreachable),
        (TransportKind::Tls, "tls", "TLS was refused", Hint::Tls),
        (TransportKind::Timeout, "timeout", "no answer in time", Hint::Slow),
        (TransportKind::Interrupted, "interrupted", "the connection ended before an answer", Hint::Broken),
        (TransportKind::Misframed, "misframed", "the answer is broken off or not HTTP", Hint::Broken),
        (TransportKind::Limit, "limit", "the answer is larger than allowed", Hint::NotTheService),
        (TransportKind::Other, "other", "the exchange failed", Hint::NotTheService),
    ];
    for (kind, name, words, hint) in cases {
        let error = Error::from(TransportError::from(kind));
        assert_eq!((kind.as_str(), error.to_string().as_str(), error.hint()), (name, words, hint));
        let caused = TransportError::new(kind, "the cause");
        assert_eq!(caused.to_string(), format!("{words}: the cause"));
        assert_eq!(format!("{caused:?}"), format!("TransportError({words}: the cause)"));
        let retryable = !matches!(kind, TransportKind::Tls | TransportKind::Limit | TransportKind::Other);
        assert_eq!(
            (error.is_retryable(), error.is_before_send()),
            (retryable, kind == TransportKind::NeverSent)
        );
    }
}

#[test]
fn what_followed_the_code_of_an_error() {
    let api = ApiError::from_response(403, r#"{"error":"AUTHORIZATION_ERROR: EXPIRED_SIGN"}"#);
    let cases = [
        (Error::from(api), Some("EXPIRED_SIGN")),
        (Error::from(ApiError::from_response(500, r#"{"error":"INTERNAL_ERROR"}"#)), None),
        (Error::from(TransportError::from(TransportKind::Timeout)), None),
    ];
    for (error, detail) in &cases {
        assert_eq!(error.detail().map(|text| &**text), *detail, "{error}");
    }
}

/// A program that returns it from `main` shows this.
#[test]
fn a_setting_that_cannot_be_used_is_named_in_debug_too() {
    let error = ConfigError::new("base_url", "is not a URL");
    assert_eq!(format!("{error} {error:?}"), "base_url is not a URL ConfigError(base_url is not a URL)");
}

#[test]
fn each_hint_says_what_to_do() {
    let api = |status, error: &str| {
        Error::from(ApiError::from_response(status, serde_json::json!({ "error": error }).to_string()))
    };
    // the error, and a word of the hint that no other hint has
    let cases = [
        (Error::from(Invalid::new("uuid", "is wrong")), Hint::MendField, "mend the field"),
        (Error::from(Invalid::new("clock", "is wrong")), Hint::Machine, "this machine's clock, or"),
        (Error::from(Invalid::new("random", "is wrong")), Hint::Machine, "random source"),
        (api(400, "MISSING_ARGUMENTS: sign"), Hint::MissingArguments, "dropped the form"),
        (api(400, "BAD_ARGUMENTS: liveness_id"), Hint::LivenessId, "scene's id"),
        (api(400, "BAD_ARGUMENTS: uuid"), Hint::BadArguments, "its form or its length"),
        (api(403, "AUTHENTICATION_ERROR"), Hint::KeyAndSecret, "must be a pair"),
        (api(403, "AUTHORIZATION_ERROR: EXPIRED_SIGN"), Hint::Clock, "out of date"),
        (api(403, "AUTHORIZATION_ERROR: REPLAY_ATTACK"), Hint::Replay, "sign each attempt anew"),
        (api(403, "AUTHORIZATION_ERROR: API_KEY_BE_DISCONTINUED"), Hint::KeyStopped, "was stopped"),
        (api(403, "AUTHORIZATION_ERROR: IP_NOT_ALLOWED"), Hint::Address, "machine's address"),
        (api(403, "AUTHORIZATION_ERROR: LIMIT_REACHED"), Hint::TestQuota, "test key's quota"),
        (api(403, "AUTHORIZATION_ERROR: DENIED"), Hint::NoRight, "no right to this API"),
        (api(403, "AUTHORIZATION_ERROR: MOON_PHASE"), Hint::Unknown, "does not list this error"),
        (api(403, "CONCURRENCY_LIMIT_EXCEEDED"), Hint::Concurrency, "too many requests"),
        (api(404, "API_NOT_FOUND"), Hint::Path, "path prefix"),
        (api(500, "INTERNAL_ERROR"), Hint::ServerFault, "a fault of the service"),
        (Error::from(ApiError::from_response(302, "")), Hint::Redirect, "redirects are not followed"),
        (Error::from(ApiError::from_response(502, "")), Hint::Gateway, "a gateway answered"),
        (Error::from(TransportError::from(TransportKind::NeverSent)), Hint::Unreachable, "name resolution"),
        (Error::from(TransportError::from(TransportKind::Tls)), Hint::Tls, "the certificate"),
        (Error::from(TransportError::from(TransportKind::Timeout)), Hint::Slow, "is not known"),
        (Error::from(TransportError::from(TransportKind::Misframed)), Hint::Broken, "breaks connections off"),
        (Error::from(TransportError::from(TransportKind::Limit)), Hint::NotTheService, "page describes"),
    ];
    for (error, hint, words) in &cases {
        assert_eq!(error.hint(), *hint, "{error}");
        assert!(hint.to_string().contains(words), "{hint}");
        let others = cases.iter().filter(|(_, other, _)| other != hint);
        assert!(others.into_iter().all(|(_, other, _)| !other.to_string().contains(words)), "{words}");
    }
    assert!(Hint::Deadline.to_string().contains("more time"), "{}", Hint::Deadline);
}

#[test]
fn what_an_error_had_cost_is_said() {
    let fault = DecodeFault::new("biz_token is empty");
    let body = br#"{"biz_token":""}"#;
    let error = DecodeError::new(200, fault.clone(), &body[..]);
    assert_eq!((error.status(), error.fault(), error.body()), (200, &fault, &body[..]));
    assert_eq!(error.request_id(), None);
    assert_eq!(error.source().map(ToString::to_string), Some("biz_token is empty".into()));
    assert_eq!(
        format!("{error:?}"),
        r#"DecodeError { status: 200, fault: DecodeFault("biz_token is empty"), request_id: None, body: 16 bytes, .. }"#
    );
    let error = Error::from(error).with_attempts(3, Duration::from_millis(2_540));
    assert_eq!((error.attempts(), error.elapsed()), (3, Duration::from_millis(2_540)));
    assert_eq!(
        error.to_string(),
        "the answer does not read: biz_token is empty (HTTP 200, 3 attempts in 2.5 s)"
    );
    let error = Error::from(ApiError::from_response(429, "")).with_attempts(1, Duration::from_secs(1));
    assert_eq!(error.to_string(), "an answer without an error code (HTTP 429)");
}

#[test]
fn what_a_transport_asks() {
    let cases = [
        (
            Config::new(Region::Indonesia, credentials()),
            "https://api-idn.megvii.com/faceid",
            "api-idn.megvii.com",
            false,
        ),
        (
            Config::at("http://127.0.0.1:8080", credentials()),
            "http://127.0.0.1:8080/faceid",
            "127.0.0.1",
            true,
        ),
        (Config::at("https://[::1]", credentials()), "https://[::1]/faceid", "[::1]", true),
    ];
    for (config, url, host, loopback) in cases {
        let context = Context::new(config.connect_timeout(Duration::from_secs(7))).unwrap();
        assert_eq!(context.base_url().to_string(), url);
        assert_eq!((context.host(), context.is_loopback()), (host, loopback));
        assert_eq!(context.is_https(), url.starts_with("https"));
        assert_eq!(context.connect_timeout(), Duration::from_secs(7));
    }
}

#[test]
fn values_for_a_users_own_tests() {
    let token = BizToken::new("fake-token", UNIX_EPOCH).with_request_id("fake-id").with_time_used(18);
    assert_eq!((token.request_id(), token.time_used()), (Some("fake-id"), Some(18)));
    let mut form = Form::default();
    form.text("a", "1").file("b", "photo.jpg", "image/jpeg", &b"\xFF"[..]);
    let fields: Vec<_> = form.fields().collect();
    assert_eq!(fields, [("a", None, &b"1"[..]), ("b", Some("photo.jpg"), &b"\xFF"[..])]);
    let text = Text::from("as received");
    assert!(text == "as received" && text == *"as received" && text != "as shown" && text != *"as shown");
    let (code, _) = ErrorCode::parse("AUTHORIZATION_ERROR: Moon_Phase");
    let ErrorCode::AuthorizationError(reason) = code else { panic!("{code}") };
    assert_eq!((reason.as_str(), reason.to_string().as_str()), ("Moon_Phase", "Moon_Phase"));
}
