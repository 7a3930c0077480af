//! Nothing that holds a secret shows it.

use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use faceid_types::{
    Answer, ApiError, Attempt, AttemptRecord, AuthorizationReason, BizToken, Call, Config, ConfigError,
    Context, Credentials, DecodeError, DecodeFault, Endpoint, Error, ErrorCode, Form, Gauges, GetBizToken,
    Hint, Invalid, Moment, Outcome, Region, Retry, Step, Text, TransportError, TransportKind,
};
use serde_json::json;

use crate::script::{Clock, Reply, answer, echo, shown, text_of};

const SECRET: &str = "marked-secret";
const UUID: &str = "marked-uuid";
const TOKEN: &str = "marked-token";

fn request() -> GetBizToken {
    GetBizToken::new("fake-scene").uuid(UUID)
}

fn context() -> (Context, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let writer = Arc::clone(&told);
    let credentials = Credentials::new("fake-key", SECRET).unwrap();
    let config = Config::new(Region::China, credentials).retry(Retry::default().max_attempts(1)).observer(
        move |record: &AttemptRecord<'_>| {
            let outcome: Outcome = record.outcome;
            writer.lock().unwrap().push(format!("{record:?} {record:#?} {outcome:?}"));
        },
    );
    (Context::new(config).unwrap(), told)
}

fn without_marks(text: &str, sign: &str) {
    for mark in [SECRET, UUID, TOKEN, sign] {
        assert!(!text.contains(mark), "{text}");
    }
}

#[test]
fn nothing_shows_what_it_holds() {
    let (context, told) = context();
    let request = request();
    let clock = Clock::new();
    let gauges: Gauges = context.gauges();
    let credentials = Credentials::new("fake-key", SECRET).unwrap();
    let mut call = Call::new(&context, &request);
    let mut shown = vec![
        format!("{credentials:?} {credentials:#?}"),
        format!("{:?}", Config::new(Region::China, credentials)),
        format!("{context:?} {context:#?} {gauges:?}"),
        format!("{request:?} {request:#?}"),
        format!("{call:?} {call:#?}"),
    ];
    let attempt = call.next(clock.now()).unwrap();
    let sign = text_of(&attempt.request, "sign");
    assert_eq!(text_of(&attempt.request, "uuid"), UUID, "the marks are where they are looked for");
    shown.push(format!("{attempt:?} {attempt:#?} {call:?}"));
    let body = json!({ "biz_token": TOKEN, "request_id": "id-1" }).to_string();
    let step = call.finish(answer(200, body).outcome(), clock.now());
    shown.push(format!("{step:?} {step:#?} {call:?}"));
    let Step::Done(Ok(token)) = step else { panic!("{step:?}") };
    assert_eq!(token.biz_token(), TOKEN);
    shown.push(format!("{token:?} {token:#?}"));

    let mut form = Form::default();
    request.write(&mut form).unwrap();
    form.text("sign", sign.as_str()).file("image", UUID, "image/jpeg", SECRET.as_bytes());
    shown.push(format!("{form:?} {form:#?}"));
    shown.extend(told.lock().unwrap().clone());
    assert!(shown.len() >= 10);
    for text in shown {
        without_marks(&text, &sign);
    }
}

#[test]
fn debug_says_enough_to_be_of_use() {
    let (context, _) = context();
    let mut form = Form::default();
    form.personal("uuid", "marked-uuid");
    for (text, words) in [
        (format!("{context:?}"), &["fake-key", "/faceid", "3.1s", "30s", "Boundary { .. }"][..]),
        (format!("{:?}", request()), &["GetBizToken", "fake-scene", "uuid: Some"]),
        (format!("{:?}", GetBizToken::new("x")), &["uuid: None"]),
        (format!("{form:?}"), &["\"uuid\": \"11 bytes\""]),
        (
            format!("{:?}", BizToken::new(TOKEN, UNIX_EPOCH).with_request_id("id-1").with_time_used(18)),
            &["BizToken", "id-1", "18", "received_at"],
        ),
        (
            format!("{:?}", Call::new(&context, &request()).next(Clock::new().now()).unwrap()),
            &["https://api.megvii.com/faceid/v5/sdk/get_biz_token", "bytes", "10s"],
        ),
        (
            format!("{:?}", ApiError::from_response(403, r#"{"error":"X: y","request_id":"id-1"}"#)),
            &["403", "X: y", "id-1", "36 bytes"],
        ),
        (
            format!("{:?}", TransportError::new(TransportKind::Tls, "unknown issuer")),
            &["TLS was refused: unknown issuer"],
        ),
    ] {
        assert!(words.iter().all(|word| text.contains(word)), "{words:?} in {text}");
    }
}

/// A server that repeats what it was sent, wherever it can.
#[test]
fn what_a_server_repeats_is_replaced() {
    type Body = fn(&str, &str) -> serde_json::Value;
    // what it shows, status, the answer to this sign and uuid, and what stands in their place
    let cases: &[(&str, u16, Body, &str)] = &[
        (
            "the sign in a detail",
            400,
            |sign, _| json!({ "error": format!("BAD_ARGUMENTS: {sign}") }),
            "[sign]",
        ),
        ("run together", 400, |sign, _| json!({ "error": format!("BAD_ARGUMENTS{sign}") }), "[sign]"),
        ("as a reason", 403, |sign, _| json!({ "error": format!("AUTHORIZATION_ERROR:{sign}") }), "[sign]"),
        ("as a code", 403, |sign, _| json!({ "error": sign }), "[sign]"),
        ("twice", 403, |sign, _| json!({ "error": format!("X: {sign} {sign}") }), "[sign] [sign]"),
        (
            "twice, run together",
            403,
            |sign, _| json!({ "error": format!("X: {sign}{sign}.") }),
            "X: [sign]. ",
        ),
        ("after a long text", 403, |sign, _| json!({ "error": format!("{:200}{sign}", "x") }), "[sign]"),
        ("in another member", 403, |sign, _| json!({ "error_message": format!("X {sign}") }), "[sign]"),
        ("in an object", 403, |sign, _| json!({ "error": { "sign": sign } }), "[sign]"),
        ("under 200", 200, |sign, _| json!({ "error": format!("X {sign}"), "biz_token": TOKEN }), "[sign]"),
        ("in an id", 403, |sign, _| json!({ "error": "X", "request_id": sign }), "[sign]"),
        ("in an id with more", 403, |sign, _| json!({ "request_id": format!("1,{sign}") }), "[sign]"),
        ("in the id of an answer that does not read", 200, |sign, _| json!({ "request_id": sign }), "[sign]"),
        (
            "the uuid in a detail",
            400,
            |_, uuid| json!({ "error": format!("BAD_ARGUMENTS: uuid {uuid}") }),
            "[uuid]",
        ),
        ("as a reason", 403, |_, uuid| json!({ "error": format!("AUTHORIZATION_ERROR: {uuid}") }), "[uuid]"),
        ("in an object", 403, |_, uuid| json!({ "error": { "uuid": uuid } }), "[uuid]"),
        ("in an id", 403, |_, uuid| json!({ "request_id": format!("1,{uuid}") }), "[uuid]"),
        ("both", 403, |sign, uuid| json!({ "error": format!("{uuid} {sign}") }), "[uuid] [sign]"),
        ("in other members", 403, |sign, uuid| json!({ "x": sign, "y": uuid, "error": "[uuid]" }), "[uuid]"),
        ("in a page", 200, |sign, uuid| json!([sign, uuid]), "HTTP 200"),
    ];
    for (name, status, body, replaced) in cases {
        let (context, told) = context();
        let mut sign = String::new();
        let error = echo(&context, &request(), |attempt: &Attempt| {
            sign = text_of(&attempt.request, "sign");
            answer(*status, body(&sign, UUID).to_string())
        })
        .unwrap_err();
        assert!(error.to_string().contains(replaced), "{name}: {error}");
        for text in shown(&error).iter().chain(told.lock().unwrap().iter()) {
            without_marks(text, &sign);
        }
        let kept = String::from_utf8(error.body().unwrap().to_vec()).unwrap();
        assert_eq!(kept, body(&sign, UUID).to_string(), "{name}: the bytes are as they came");
    }
}

fn told_of_success(body: impl FnOnce(&str) -> serde_json::Value) -> (Vec<String>, String) {
    let (context, told) = context();
    let mut sign = String::new();
    let token = echo(&context, &request(), |attempt| {
        sign = text_of(&attempt.request, "sign");
        answer(200, body(&sign).to_string())
    });
    let token = token.unwrap();
    let mut shown = told.lock().unwrap().clone();
    shown.push(format!("{token:?}"));
    shown.extend(token.request_id().map(ToOwned::to_owned));
    (shown, sign)
}

#[test]
fn a_success_that_repeats_the_sign_does_not_show_it() {
    let (shown, sign) = told_of_success(|sign| json!({ "biz_token": TOKEN, "request_id": sign }));
    for text in shown {
        without_marks(&text, &sign);
    }
}

/// What an observer and a trace get of a success is as public as what they get of an error.
#[test]
fn a_success_that_repeats_the_uuid_does_not_show_it() {
    let (shown, sign) = told_of_success(|_| json!({ "biz_token": TOKEN, "request_id": format!("1,{UUID}") }));
    for text in shown {
        without_marks(&text, &sign);
    }
}

/// A token goes on to a phone, where no sign may be.
#[test]
fn a_token_that_repeats_the_sign_is_none() {
    // what the server makes of the sign, and whether it is a token
    let cases: [(fn(&str) -> String, bool); 8] = [
        (|sign| sign.into(), false),
        (|sign| format!("1531397038,{sign}"), false),
        (|sign| sign[1..].into(), false),
        (|sign| format!("{}-0000", &sign[..sign.len() / 2]), false),
        (|sign| sign[..16].into(), false),
        (|sign| sign[..15].into(), true),
        (|sign| sign.chars().rev().collect(), true),
        (|_| "1531397038,f0b9eea0-6a2d-486c-a1ba-42fdf843e8cc".into(), true),
    ];
    for (at, (token, expected)) in cases.into_iter().enumerate() {
        let (context, _) = context();
        let result = echo(&context, &request(), |attempt| {
            answer(200, json!({ "biz_token": token(&text_of(&attempt.request, "sign")) }).to_string())
        });
        assert_eq!(result.is_ok(), expected, "case {at}");
        if let Err(error) = result {
            assert!(error.to_string().contains("biz_token repeats the sign"), "{error}");
        }
    }
}

/// A value that looks like an error is one, and no part of it is shown.
#[test]
fn a_code_and_its_detail_show_no_part_of_a_value() {
    // uuid, the error's text, the code as it is shown, and the detail
    let cases = [
        ("USER:12345678", "USER:12345678", "[uuid]", Some("[uuid]")),
        ("USER:12345678", "  USER:12345678 .", "[uuid]", Some("[uuid] .")),
        ("BAD_ARGUMENTS:1234", "BAD_ARGUMENTS:1234", "BAD_ARGUMENTS", Some("[uuid]")),
        (
            "AUTHORIZATION_ERROR:1234",
            "AUTHORIZATION_ERROR:1234",
            "AUTHORIZATION_ERROR: [uuid]",
            Some("[uuid]"),
        ),
        ("1234-5678", "BAD_ARGUMENTS: uuid 1234-5678, 7", "BAD_ARGUMENTS", Some("uuid [uuid], 7")),
        ("1234-5678", "X: X", "X", Some("X")),
        ("1234-5678", "X: 1234-5678 and 1234-5678.", "X", Some("[uuid] and [uuid].")),
        ("1234-5678", " : 1234-5678", " : [uuid]", Some("[uuid]")),
        ("1234-5678", "1234-5678", "[uuid]", None),
    ];
    for (uuid, text, code, detail) in cases {
        let (context, _) = context();
        let request = GetBizToken::new("fake-scene").uuid(uuid);
        let error = echo(&context, &request, |_| answer(403, json!({ "error": text }).to_string()));
        let error = error.unwrap_err();
        let shown = error.code().map(ToString::to_string);
        assert_eq!((shown.as_deref(), error.detail().map(|it| &**it)), (Some(code), detail), "{text}");
        assert!(!error.to_string().contains(uuid), "{error}");
    }
}

/// What a server says as it ends an HTTP/2 connection stands in the library's error.
#[test]
fn a_library_that_repeats_the_sign_does_not_show_it() {
    #[derive(Debug, thiserror::Error)]
    #[error("the exchange failed")]
    struct Outer(#[source] std::io::Error);

    // what the library's error says of sign and uuid, and what is shown of it
    let cases: [(fn(&str) -> String, &str); 5] = [
        (|_| format!("GOAWAY {:?}", http::HeaderValue::from_static(UUID)), "GOAWAY \"[uuid]\""),
        (|sign| format!("GOAWAY (b\"bad sign: {sign}\")"), "GOAWAY (b\"bad sign: [sign]\")"),
        (|sign| format!("GOAWAY {}", &sign[50..70]), "GOAWAY [sign]"),
        (|_| format!("GOAWAY {UUID}"), "GOAWAY [uuid]"),
        (|_| "GOAWAY".into(), "GOAWAY"),
    ];
    for (says, expected) in cases {
        let (context, told) = context();
        let request = request();
        let mut call = Call::new(&context, &request);
        let clock = Clock::new();
        let attempt = call.next(clock.now()).unwrap();
        let sign = text_of(&attempt.request, "sign");
        let outer = Outer(std::io::Error::other(says(&sign)));
        let Step::Done(Err(error)) =
            call.finish(Err(TransportError::new(TransportKind::Other, outer)), clock.now())
        else {
            panic!("no error");
        };
        assert_eq!(error.to_string(), format!("the exchange failed: {expected}"));
        let sources = std::iter::successors(error.source(), |&cause| cause.source());
        let sources = sources.flat_map(|cause| [cause.to_string(), format!("{cause:?}")]);
        for text in sources.chain(shown(&error)).chain(told.lock().unwrap().iter().cloned()) {
            without_marks(&text, &sign);
        }
    }
}

#[test]
fn an_answer_that_does_not_read_does_not_show_the_uuid() {
    let (context, told) = context();
    let id = json!({ "request_id": format!("1,{UUID}") }).to_string();
    let error = echo(&context, &request(), |_| answer(200, id)).unwrap_err();
    for text in shown(&error).iter().chain(told.lock().unwrap().iter()) {
        without_marks(text, "no sign here");
    }
}

/// A backslash before it takes its first character for an escape; a server that cuts it repeats the rest.
#[test]
fn most_of_the_sign_is_replaced_too() {
    let mut escaped = 0;
    for _ in 0..500 {
        let (context, told) = context();
        let mut sign = String::new();
        let error = echo(&context, &request(), |attempt| {
            sign = text_of(&attempt.request, "sign");
            answer(403, format!(r#"{{"error":"X: \{sign}","request_id":"{}"}}"#, &sign[20..60]))
        });
        let error = error.unwrap_err();
        for text in shown(&error).iter().chain(told.lock().unwrap().iter()) {
            assert!((0..sign.len() - 16).all(|at| !text.contains(&sign[at..at + 16])), "{text}");
        }
        if error.to_string().contains("[sign]") {
            escaped += usize::from(error.to_string().starts_with("X: "));
        }
    }
    assert!(escaped > 10, "signs begin with what JSON escapes: {escaped}");
}

/// An id of a user that looks like a code must not turn one error into another.
#[test]
fn a_uuid_that_is_part_of_a_code_changes_nothing() {
    let denied = ErrorCode::AuthorizationError(AuthorizationReason::Denied);
    let cases = [
        ("ERROR", "AUTHORIZATION_ERROR: DENIED", &denied),
        ("AUTHORIZATION_ERROR", "AUTHORIZATION_ERROR: DENIED", &denied),
        ("DENIED", "AUTHORIZATION_ERROR: DENIED", &denied),
        ("CONCURRENCY", "CONCURRENCY_LIMIT_EXCEEDED", &ErrorCode::ConcurrencyLimitExceeded),
        ("uuid", "BAD_ARGUMENTS: uuid", &ErrorCode::BadArguments),
    ];
    for (uuid, text, code) in cases {
        let request = GetBizToken::new("fake-scene").uuid(uuid);
        let error = echo(&context().0, &request, |_| answer(403, json!({ "error": text }).to_string()));
        assert_eq!(error.unwrap_err().code(), Some(code), "{uuid} in {text}");
    }
}

/// A text that is given back inside JSON is escaped there.
#[test]
fn a_uuid_with_quotes_is_replaced_inside_an_object_too() {
    for uuid in [r#"mark"ed\user"#, r#""marked""#, r"marked\"] {
        let request = GetBizToken::new("fake-scene").uuid(uuid);
        for text in [json!(format!("X: {uuid}")), json!({ "uuid": uuid }), json!([uuid])] {
            let body = json!({ "error": text }).to_string();
            let error = echo(&context().0, &request, |_| answer(400, body)).unwrap_err();
            assert!(error.to_string().contains("[uuid]"), "{error}");
            assert!(shown(&error).iter().all(|text| !text.contains("mark")), "{error}");
        }
    }
}

/// An endpoint about a person, as `verify` is.
struct Person {
    uuid: &'static str,
    idcard_number: &'static str,
    photo: &'static [u8],
}

impl Endpoint for Person {
    type Response = String;

    const PATH: &'static str = "/v5/sdk/person";
    const REPEATABLE: bool = false;

    fn write<'a>(&'a self, form: &mut Form<'a>) -> Result<(), Invalid> {
        form.personal("uuid", self.uuid)
            .personal("idcard_number", self.idcard_number)
            .file("image", "photo.jpg", "image/jpeg", self.photo)
            .text("data_type", "no-secret");
        Ok(())
    }

    fn read(answer: &Answer<'_>) -> Result<String, DecodeFault> {
        answer.json()
    }
}

fn repeated(person: &Person, text: &str) -> String {
    let reply = |_: &Attempt| -> Reply { answer(400, json!({ "error": text }).to_string()) };
    echo(&context().0, person, reply).unwrap_err().to_string()
}

#[test]
fn personal_fields_of_any_endpoint_are_replaced() {
    let person =
        Person { uuid: "marked-uuid", idcard_number: "11010519491231002X", photo: b"\xFF\xD8 no text" };
    let shown = repeated(&person, "BAD_ARGUMENTS: 11010519491231002X of marked-uuid, data_type no-secret");
    assert!(shown.starts_with("BAD_ARGUMENTS: [idcard_number] of [uuid], data_type no-secret"), "{shown}");
}

#[test]
fn a_value_inside_another_leaves_nothing_of_it() {
    let person = Person { uuid: "1101", idcard_number: "11010519491231002X", photo: b"" };
    let shown = repeated(&person, "BAD_ARGUMENTS: 11010519491231002X");
    assert!(!shown.contains("19491231"), "a date of birth: {shown}");
}

/// In a text that is cut, what is replaced first does not decide how long it is.
#[test]
fn replacing_makes_no_line_long() {
    let person = Person { uuid: "aaaa", idcard_number: "bbbb", photo: b"" };
    let id = "bbbb".repeat(64);
    let body = json!({ "error": "x".repeat(300), "request_id": id }).to_string();
    let error = echo(&context().0, &person, |_| answer(400, body)).unwrap_err();
    assert!(error.to_string().len() <= 600, "{} bytes", error.to_string().len());
}

#[test]
fn errors_show_no_mark_in_any_variant() {
    let body = json!({ "biz_token": TOKEN, "sign": SECRET, "uuid": UUID }).to_string();
    let errors = [
        Error::from(Invalid::unless_text("uuid", &format!("{UUID}\n")).unwrap_err()),
        Error::from(Invalid::too_long("uuid", 129, 128)),
        Error::from(ApiError::from_response(500, body.as_str())),
        Error::from(DecodeError::new(200, DecodeFault::new("biz_token is empty"), body.as_str())),
        Error::from(DecodeError::new(
            200,
            Answer::new(format!("\"{TOKEN}\"").as_bytes(), UNIX_EPOCH).json::<u8>().unwrap_err(),
            body.as_str(),
        )),
        Error::from(TransportError::from(TransportKind::Timeout)),
        Error::from(TransportError::new(TransportKind::NeverSent, "connection refused")),
    ];
    for error in errors {
        let hint: Hint = error.hint();
        for text in shown(&error).into_iter().chain([format!("{hint} {hint:?}")]) {
            without_marks(&text, "no sign here");
        }
        assert!(std::mem::size_of_val(&error) <= 24);
    }
    let given_twice = |name: &str| match name {
        "FACEID_API_SECRET" | "FACEID_API_SECRET_FILE" | "FACEID_API_KEY" => Some(SECRET.into()),
        "FACEID_REGION" => Some(TOKEN.into()),
        _ => None,
    };
    let error: ConfigError = Config::from_vars(given_twice).unwrap_err();
    without_marks(&format!("{error} {error:?} {error:#?}"), "no sign here");
    // It shows what it holds, but for what a terminal obeys.
    let text = Text::from("\u{1b}\u{202e}\u{9b}");
    assert!(crate::script::is_plain(&format!("{text} {text:?}")));
}

#[test]
fn a_librarys_error_is_a_source_and_its_text_is_cut() {
    let source = std::io::Error::other("x\u{1b}[31m".repeat(1000));
    let error = Error::from(TransportError::new(TransportKind::Interrupted, source));
    assert!(error.to_string().len() <= 320 && crate::script::is_plain(&error.to_string()), "{error}");
    assert!(crate::script::is_plain(&format!("{error:?}")));
    let source = std::error::Error::source(&error).expect("a source");
    assert!(
        source.is::<std::io::Error>()
            || source.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
    );
}

#[test]
fn a_token_is_serialized_for_the_phone() {
    let received_at = UNIX_EPOCH + Duration::from_millis(1_600_000_000_999);
    let bare = BizToken::new(TOKEN, received_at);
    assert_eq!(
        serde_json::to_string(&bare).unwrap(),
        r#"{"biz_token":"marked-token","request_id":null,"time_used":null,"received_at":1600000000,"expires_at":1600003600}"#
    );
    let body = json!({ "biz_token": TOKEN, "request_id": "id-1", "time_used": 18, "uuid": UUID }).to_string();
    let token = echo(&context().0, &request(), |_| answer(200, body)).unwrap();
    assert_eq!(
        serde_json::to_value(&token).unwrap(),
        json!({
            "biz_token": TOKEN,
            "request_id": "id-1",
            "time_used": 18,
            "received_at": 1_600_000_000,
            "expires_at": 1_600_003_600,
        })
    );
    let before = BizToken::new(TOKEN, UNIX_EPOCH - Duration::from_secs(9));
    assert_eq!(serde_json::to_value(before).unwrap()["received_at"], 0);
}

#[test]
fn types_go_where_a_service_takes_them() {
    fn anywhere<T: Send + Sync + Unpin + 'static>() {}
    anywhere::<Answer<'static>>();
    anywhere::<ApiError>();
    anywhere::<Attempt>();
    anywhere::<AttemptRecord<'static>>();
    anywhere::<AuthorizationReason>();
    anywhere::<BizToken>();
    anywhere::<Call<'static, GetBizToken>>();
    anywhere::<Config>();
    anywhere::<ConfigError>();
    anywhere::<Context>();
    anywhere::<Credentials>();
    anywhere::<DecodeError>();
    anywhere::<DecodeFault>();
    anywhere::<Error>();
    anywhere::<ErrorCode>();
    anywhere::<Form<'static>>();
    anywhere::<Gauges>();
    anywhere::<GetBizToken>();
    anywhere::<Hint>();
    anywhere::<Invalid>();
    anywhere::<Moment>();
    anywhere::<Outcome>();
    anywhere::<Region>();
    anywhere::<Retry>();
    anywhere::<Step<BizToken>>();
    anywhere::<Text>();
    anywhere::<TransportError>();
    anywhere::<TransportKind>();

    assert!(size_of::<Error>() <= 24);
    assert!(size_of::<Result<(), Error>>() <= 24);
    let _: SystemTime = Moment::now().wall;
}
