//! Fields that are refused before anything is signed or sent.

use faceid_types::{Call, Error, GetBizToken, Hint, Invalid};

use crate::script::{Clock, context, parts, request, run};

#[test]
fn what_is_refused_and_what_is_sent() {
    let scene = || GetBizToken::new("fake-scene");
    let uuid = |text: &str| scene().uuid(text);
    // the request, and the field and the words where it is refused
    let cases: &[(GetBizToken, Option<(&str, &str)>)] = &[
        (scene(), None),
        (uuid("u"), None),
        (uuid(&"u".repeat(128)), None),
        (uuid(&"u".repeat(129)), Some(("uuid", "has 129 bytes, and at most 128 are allowed"))),
        (uuid(&"用".repeat(42)), None),
        (uuid(&"用".repeat(43)), Some(("uuid", "has 129 bytes, and at most 128 are allowed"))),
        (uuid(&"u".repeat(1_000_000)), Some(("uuid", "has 1000000 bytes"))),
        (uuid(""), Some(("uuid", "is empty"))),
        (uuid(" "), None),
        (uuid("a\"b\\c&d=e;f%g\u{202E}"), None),
        (uuid("qx\nqx"), Some(("uuid", "contains a control character"))),
        (uuid("qx\rqx"), Some(("uuid", "contains a control character"))),
        (uuid("qx\0qx"), Some(("uuid", "contains a control character"))),
        (uuid("qx\tqx"), Some(("uuid", "contains a control character"))),
        (uuid("qx\u{7F}qx"), Some(("uuid", "contains a control character"))),
        (uuid("qx\u{85}qx"), Some(("uuid", "contains a control character"))),
        (GetBizToken::new(""), Some(("liveness_id", "is empty"))),
        (GetBizToken::new("qx\n"), Some(("liveness_id", "contains a control character"))),
        (GetBizToken::new("\u{1b}qx"), Some(("liveness_id", "contains a control character"))),
        (GetBizToken::new("qx\u{9F}"), Some(("liveness_id", "contains a control character"))),
        (GetBizToken::new("场景-1 / ?"), None),
        (GetBizToken::new("").uuid(""), Some(("liveness_id", "is empty"))),
    ];
    for (request, refused) in cases {
        let context = context();
        let mut call = Call::new(&context, request);
        let Some((field, words)) = refused else {
            let attempt = call.next(Clock::new().now());
            assert!(attempt.is_ok(), "{attempt:?}");
            continue;
        };
        for _ in 0..2 {
            let error = call.next(Clock::new().now()).unwrap_err();
            let shown = format!("{error} {error:?}");
            let Error::Invalid(invalid) = &error else { panic!("{shown}") };
            assert_eq!(invalid.field(), *field);
            assert!(shown.contains(field) && shown.contains(words), "{shown}");
            assert!(shown.contains("nothing was sent") && !shown.contains("qx"), "{shown}");
            assert_eq!(error.hint(), Hint::MendField);
            assert!(error.is_before_send() && !error.is_retryable() && !error.is_signature());
            assert_eq!((error.attempts(), error.status(), error.body()), (0, None, None));
        }
        assert_eq!(context.gauges().retry_quota, 500);
    }
}

#[test]
fn a_field_can_be_mended_and_sent() {
    let refused = request().uuid("");
    let context = context();
    assert!(run(&context, &refused, &mut Clock::new(), []).result.is_err());
    let mended = refused.uuid("user-2");
    let attempt = Call::new(&context, &mended).next(Clock::new().now()).unwrap();
    assert_eq!(parts(&attempt.request)[3].value, b"user-2");
}

#[test]
fn an_endpoint_of_a_users_own_names_its_own_fields() {
    let error = Error::from(Invalid::new("idcard_number", "has 17 digits, and 18 are wanted"));
    assert_eq!(error.to_string(), "idcard_number has 17 digits, and 18 are wanted; nothing was sent");
    let error = Invalid::too_long("biz_no", 129, 128);
    assert_eq!((error.field(), error.to_string().contains("129 bytes")), ("biz_no", true));
    assert_eq!(Invalid::unless_text("x", "text"), Ok(()));
}
