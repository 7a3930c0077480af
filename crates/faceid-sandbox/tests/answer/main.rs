//! What each request gets, without a socket.

mod form;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use faceid_sandbox::{
    Answers, Broken, Builder, ConcurrencyStatus, DEMO_API_SECRET, Delivery, Effect, Entry, Fault, FaultBy,
    Key, KeyState, Rule, Sandbox, TokenError, VendorError, demo_credentials,
};
use faceid_sign::Credentials;
use faceid_types::ErrorCode;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Method, Response};
use proptest::prelude::*;
use serde_json::Value;

use form::{Form, NOW, form, raw, sign};

const INVALID: &str = "AUTHORIZATION_ERROR: INVALID_SIGN";
const EXPIRED: &str = "AUTHORIZATION_ERROR: EXPIRED_SIGN";
const REPLAY: &str = "AUTHORIZATION_ERROR: REPLAY_ATTACK";
const UNAUTHENTICATED: &str = "AUTHENTICATION_ERROR";
const NO_SIGN: &str = "MISSING_ARGUMENTS: sign";

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn ask(sandbox: &Sandbox, form: &Form) -> Response<Vec<u8>> {
    sandbox.answer(&form.request(), at(NOW))
}

fn json(response: &Response<Vec<u8>>) -> Value {
    assert_eq!(response.headers()["content-type"], "application/json");
    serde_json::from_slice(response.body()).unwrap()
}

/// Status and error text; an empty one for a token.
fn outcome(response: &Response<Vec<u8>>) -> (u16, String) {
    let body = json(response);
    let error = body["error"].as_str().unwrap_or_default();
    assert_eq!(body.get("biz_token").is_some(), error.is_empty(), "{body}");
    (response.status().as_u16(), error.to_owned())
}

fn last(sandbox: &Sandbox) -> Entry {
    sandbox.journal().pop().unwrap()
}

/// A text with a right digest over it.
fn signed(raw: &str) -> String {
    let mac = Hmac::<sha1::Sha1>::new_from_slice(DEMO_API_SECRET.as_bytes()).unwrap();
    let mac = mac.chain_update(raw).finalize().into_bytes();
    STANDARD.encode([mac.as_slice(), raw.as_bytes()].concat())
}

/// A name, a request, what it gets, and words that the journal has for it.
type Case<'a> = (&'static str, Form, u16, &'static str, &'a str);

fn check(sandbox: &Sandbox, cases: &[Case<'_>]) {
    for (name, form, status, error, problem) in cases {
        let response = ask(sandbox, form);
        assert_eq!(outcome(&response), (*status, (*error).to_owned()), "{name}");
        let entry = last(sandbox);
        let words = entry.problem.as_deref().unwrap_or_default();
        assert!(
            words.contains(problem) && words.is_empty() == (error.is_empty() && problem.is_empty()),
            "{name}: {entry:?}"
        );
        let hint = response.headers().get("x-faceid-sandbox-hint").map_or("", |hint| hint.to_str().unwrap());
        let by = entry.fault.as_ref().zip(entry.fault_by);
        let on_request = by.map(|(fault, by)| format!("on request, by {}: {fault}", by.name()));
        let words = (!words.is_empty()).then(|| words.replace('场', r"\u{573a}"));
        let told: Vec<_> = on_request.into_iter().chain(words).collect();
        assert_eq!(hint, told.join("; "), "{name}");
    }
}

#[test]
fn where_and_how_it_is_sent() {
    let urlencoded = "sign=x&sign_version=hmac_sha1&liveness_id=scene";
    let cases: &[Case<'_>] = &[
        ("right", form(), 200, "", ""),
        ("the second brand", form().target("/finauth/v5/sdk/get_biz_token"), 200, "", ""),
        ("a query", form().target("/faceid/v5/sdk/get_biz_token?a=b"), 200, "", ""),
        ("no prefix", form().target("/v5/sdk/get_biz_token"), 404, "API_NOT_FOUND", "path"),
        (
            "a prefix twice",
            form().target("/faceid/faceid/v5/sdk/get_biz_token"),
            404,
            "API_NOT_FOUND",
            "path",
        ),
        ("a slash at the end", form().target("/faceid/v5/sdk/get_biz_token/"), 404, "API_NOT_FOUND", "path"),
        ("another version", form().target("/faceid/v3/sdk/get_biz_token"), 404, "API_NOT_FOUND", "path"),
        ("another case", form().target("/faceid/v5/sdk/Get_Biz_Token"), 404, "API_NOT_FOUND", "path"),
        ("the root", form().target("/"), 404, "API_NOT_FOUND", "path"),
        ("GET", form().method(Method::GET), 404, "API_NOT_FOUND", "POST"),
        ("PUT", form().method(Method::PUT), 404, "API_NOT_FOUND", "POST"),
        ("GET elsewhere", form().method(Method::GET).target("/"), 404, "API_NOT_FOUND", "path"),
        ("no content type", form().content_type(""), 400, NO_SIGN, "no Content-Type"),
        ("JSON", form().content_type("application/json").body("{}"), 400, NO_SIGN, "the body is JSON"),
        (
            "urlencoded",
            form().content_type("application/x-www-form-urlencoded; charset=utf-8").body(urlencoded),
            400,
            NO_SIGN,
            "the body is urlencoded",
        ),
        ("multipart/mixed", form().content_type("multipart/mixed; boundary=B"), 400, NO_SIGN, "another type"),
        ("no boundary", form().content_type("multipart/form-data"), 400, NO_SIGN, "names no boundary"),
        (
            "an empty boundary",
            form().content_type("multipart/form-data; boundary=\"\""),
            400,
            NO_SIGN,
            "1 to 70",
        ),
        (
            "another boundary",
            form().content_type("multipart/form-data; boundary=C"),
            400,
            NO_SIGN,
            "does not begin",
        ),
        ("a quoted boundary", form().content_type("Multipart/Form-Data; Boundary=\"B\""), 200, "", ""),
        (
            "a broken header",
            form().content_type("multipart/form-data; boundary"),
            400,
            NO_SIGN,
            "does not read",
        ),
        (
            "a header by hand over a urlencoded body",
            form().body(urlencoded),
            400,
            NO_SIGN,
            "the body is urlencoded under a multipart header",
        ),
        ("the same over JSON", form().body("{\"sign\": \"x\"}"), 400, NO_SIGN, "the body is JSON under"),
        ("over something else", form().body("signature=x"), 400, NO_SIGN, "does not begin"),
        ("an empty body", form().body(""), 400, NO_SIGN, "does not begin"),
        ("encoded", form().encoded("gzip").body("\u{1f}"), 400, NO_SIGN, "there is a Content-Encoding"),
        ("a form that is said to be encoded", form().encoded("gzip"), 200, "", "there is a Content-Encoding"),
        ("said not to be", form().encoded("Identity"), 200, "", ""),
        ("a body that breaks off", form().body("--B\r\nContent-"), 400, NO_SIGN, "breaks off"),
        (
            "JSON beside a uuid in the query",
            form()
                .content_type("application/json")
                .body("{}")
                .target("/faceid/v5/sdk/get_biz_token?uuid=user-qxqx"),
            400,
            NO_SIGN,
            "the body is JSON",
        ),
        (
            "parameters in the query",
            form().without("sign").target("/faceid/v5/sdk/get_biz_token?sign=x"),
            400,
            NO_SIGN,
            "query",
        ),
    ];
    check(&Sandbox::builder().build(), cases);
}

#[test]
fn what_is_in_the_form() {
    let missing = |key| form().without(key);
    let twice = |key| form().and(key, "x");
    let file = |key| form().with("uuid", "user").sent_as_file(key);
    let with = |key, value: &str| form().with(key, value);
    let list_of_64 = format!("does not list: {}", "x".repeat(64));
    let cases: &[Case<'_>] = &[
        ("no sign", missing("sign"), 400, "MISSING_ARGUMENTS: sign", "no sign"),
        (
            "no sign_version",
            missing("sign_version"),
            400,
            "MISSING_ARGUMENTS: sign_version",
            "no sign_version",
        ),
        ("no liveness_id", missing("liveness_id"), 400, "MISSING_ARGUMENTS: liveness_id", "no liveness_id"),
        (
            "neither it nor a right sign",
            missing("liveness_id").with("sign", sign(0, 100, "1").to_lowercase()),
            403,
            UNAUTHENTICATED,
            "",
        ),
        ("nothing", form().body("--B--"), 400, "MISSING_ARGUMENTS: sign", "no sign"),
        ("two signs", twice("sign"), 400, "BAD_ARGUMENTS: sign", "more than once"),
        ("two sign_versions", twice("sign_version"), 400, "BAD_ARGUMENTS: sign_version", "more than once"),
        ("two scenes", twice("liveness_id"), 400, "BAD_ARGUMENTS: liveness_id", "more than once"),
        ("two uuids", form().and("uuid", "a").and("uuid", "a"), 400, "BAD_ARGUMENTS: uuid", "more than once"),
        ("sign as a file", file("sign"), 400, "BAD_ARGUMENTS: sign", "as a file"),
        ("uuid as a file", file("uuid"), 400, "BAD_ARGUMENTS: uuid", "as a file"),
        ("hmac_sha256", with("sign_version", "hmac_sha256"), 400, "BAD_ARGUMENTS: sign_version", "hmac_sha1"),
        ("upper case", with("sign_version", "HMAC_SHA1"), 400, "BAD_ARGUMENTS: sign_version", "hmac_sha1"),
        ("a line end", with("sign_version", "hmac_sha1\n"), 400, "BAD_ARGUMENTS: sign_version", "hmac_sha1"),
        ("an empty scene", with("liveness_id", ""), 400, "BAD_ARGUMENTS: liveness_id", "empty"),
        (
            "a scene that is no text",
            form().with("liveness_id", [0xFF]),
            400,
            "BAD_ARGUMENTS: liveness_id",
            "UTF-8",
        ),
        (
            "a fault that is not whole",
            with("liveness_id", "sandbox:AUTHORIZATION_ERROR"),
            400,
            "BAD_ARGUMENTS: liveness_id",
            "liveness_id: what it is about is missing: write for example AUTHORIZATION_ERROR=DENIED",
        ),
        (
            "a status alone",
            with("liveness_id", "sandbox:503"),
            400,
            "BAD_ARGUMENTS: liveness_id",
            "write for example html503",
        ),
        (
            "a reserved scene",
            with("liveness_id", "sandbox:TEAPOT"),
            400,
            "BAD_ARGUMENTS: liveness_id",
            "a fault is an error of the vendor's list",
        ),
        ("a scene in CJK", with("liveness_id", "场景"), 200, "", ""),
        ("a uuid of 128 bytes", with("uuid", &"x".repeat(128)), 200, "", ""),
        ("a uuid of 129 bytes", with("uuid", &"x".repeat(129)), 400, "BAD_ARGUMENTS: uuid", "129 bytes"),
        ("a uuid of 42 CJK characters", with("uuid", &"用".repeat(42)), 200, "", ""),
        (
            "a uuid of 43 CJK characters",
            with("uuid", &"用".repeat(43)),
            400,
            "BAD_ARGUMENTS: uuid",
            "129 bytes",
        ),
        ("a uuid that is no text", form().with("uuid", [0xC3]), 400, "BAD_ARGUMENTS: uuid", "UTF-8"),
        ("an empty uuid", with("uuid", ""), 200, "", ""),
        ("an unknown field", with("biz_no", "qxqx"), 200, "", "does not list: biz_no"),
        (
            "the first of two things",
            form().encoded("gzip").and("x", "1"),
            200,
            "",
            "there is a Content-Encoding",
        ),
        (
            "a uuid in the query",
            form().target("/faceid/v5/sdk/get_biz_token?uuid=user-qxqx"),
            200,
            "",
            "uuid stands in the URL's query",
        ),
        ("two unknown fields", form().and("x", "1").and("y", "1"), 200, "", "does not list: x"),
        (
            "an unknown field, twice",
            form().and("y", "1").and("x", "1").and("x", "2"),
            400,
            "BAD_ARGUMENTS: x",
            "x is there more than once",
        ),
        ("a strange field", form().and("场", "1"), 200, "", "does not list: 场"),
        ("a long field", form().and(&"x".repeat(99), "1"), 200, "", &list_of_64),
    ];
    check(&Sandbox::builder().build(), cases);

    let strict = Sandbox::builder().unknown_fields(false).liveness_ids(vec!["scene".to_owned()]).build();
    check(
        &strict,
        &[
            ("a known scene", form(), 200, "", ""),
            ("another scene", with("liveness_id", "other"), 400, "BAD_ARGUMENTS: liveness_id", "scenes"),
            ("an unknown field", with("biz_no", "1"), 400, "BAD_ARGUMENTS: biz_no", "does not list"),
            ("a fault", with("liveness_id", "sandbox:delay=0ms"), 200, "", ""),
        ],
    );
}

#[test]
fn signs() {
    let with = |sign: &str| form().with("sign", sign);
    let over = |rest: &str| with(&signed(&raw(rest)));
    let other = "d29ya3MgYXMgdGhlIGRpZ2VzdCFhPW90aGVyJmI9MCZjPTE3MDAwMDAwMDAmZD0x";
    let cases: &[Case<'_>] = &[
        ("another key's", with(other), 403, UNAUTHENTICATED, "is not one of this sandbox's"),
        ("another key's, quoted", with(&format!("b'{other}'")), 403, UNAUTHENTICATED, "Python's b'...'"),
        ("the last second", with(&sign(-99, 100, "1")), 200, "", ""),
        (
            "a second late",
            with(&sign(-100, 100, "1")),
            403,
            EXPIRED,
            "expired 0 s ago, and was issued 100 s ago: an old sign was kept, or the signer's clock is 100 s behind",
        ),
        ("a day late", with(&sign(-86_500, 100, "1")), 403, EXPIRED, "expired 86400 s ago"),
        ("from the future", with(&sign(86_400, 100, "1")), 200, "", ""),
        ("for ten years", with(&sign(0, 315_360_000, "1")), 200, "", ""),
        ("a nonce with zeros", with(&sign(0, 100, "0000000001")), 200, "", ""),
        ("b = c", over("b=1700000000&c=1700000000&d=1"), 403, INVALID, "b is not after c"),
        ("b a duration", over("b=100&c=1700000000&d=1"), 403, INVALID, "b is a duration"),
        ("fields in another order", over("c=1700000000&b=1700000100&d=1"), 403, UNAUTHENTICATED, "order"),
        (
            "a nonce of eleven digits",
            over("b=1700000100&c=1700000000&d=12345678901"),
            403,
            UNAUTHENTICATED,
            "ten digits",
        ),
        ("a text that is not signed", with("c2lnbg=="), 403, UNAUTHENTICATED, "base64"),
        ("empty", with(""), 403, UNAUTHENTICATED, "base64"),
        ("no text", form().with("sign", [0xFF]), 403, UNAUTHENTICATED, "base64"),
        ("a blank before", with(&format!(" {}", sign(0, 100, "1"))), 403, UNAUTHENTICATED, ""),
        ("very long", with(&"A".repeat(1_000_000)), 403, UNAUTHENTICATED, "base64"),
    ];
    check(&Sandbox::builder().build(), cases);
}

#[test]
fn another_key_or_secret() {
    let sandbox = Sandbox::builder()
        .key(Credentials::new("one", "fake-secret-1").unwrap())
        .key(Credentials::new("two", "fake-secret-2").unwrap())
        .build();
    let signed_by = |key: &str, secret: &str| {
        let stamp = faceid_sign::Stamp::new(NOW, faceid_sign::Nonce::new("1").unwrap());
        let credentials = Credentials::new(key, secret).unwrap();
        let sign = credentials.sign(&stamp, faceid_sign::Validity::default());
        form().with("sign", sign.unwrap().expose())
    };
    check(
        &sandbox,
        &[
            ("the first", signed_by("one", "fake-secret-1"), 200, "", ""),
            ("the second", signed_by("two", "fake-secret-2"), 200, "", ""),
            ("mixed up", signed_by("one", "fake-secret-2"), 403, INVALID, "not a pair"),
            ("a line end", signed_by("one", "one"), 403, INVALID, "api_key was used as the secret"),
            (
                "unknown",
                signed_by("three", "fake-secret-1"),
                403,
                UNAUTHENTICATED,
                "not one of this sandbox's",
            ),
            ("the demo key", form(), 403, UNAUTHENTICATED, "not one of this sandbox's"),
        ],
    );
    let keys: Vec<_> = sandbox.journal().into_iter().map(|entry| entry.api_key).collect();
    let keys: Vec<_> = keys.iter().map(Option::as_deref).collect();
    assert_eq!(keys, [Some("one"), Some("two"), Some("one"), Some("one"), None, None]);
}

/// Every slip that the signer's own vectors have, as the journal names it.
#[test]
fn the_journal_names_each_slip() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../faceid-sign/tests/vectors.json")).unwrap();
    let refused = vectors["refused"].as_array().unwrap();
    assert!(refused.len() > 25);
    for vector in refused {
        let text = |name: &str| vector[name].as_str().unwrap();
        let credentials = Credentials::new(text("api_key"), text("api_secret")).unwrap();
        let now = text("now").parse().unwrap();
        let diagnosis = credentials.diagnose(text("sign"), now);
        let sandbox = Sandbox::builder().key(credentials).build();
        let request = form().with("sign", text("sign")).request();
        let response = sandbox.answer(&request, at(now));
        // The sandbox has no limit on what its settings leave open.
        let open = ["from_the_future", "milliseconds"].contains(&text("slip"));
        let entry = last(&sandbox);
        if response.status() == 200 {
            assert!(open, "{}", text("name"));
            assert_eq!(entry.problem.is_some(), text("slip") == "milliseconds", "{}", text("name"));
        } else {
            assert!(entry.problem.is_some(), "{}", text("name"));
        }
        if let Some(problem) = entry.problem {
            assert_eq!(problem, *diagnosis.to_string(), "{}", text("name"));
        }
    }
}

#[test]
fn settings_of_time() {
    const DAY: i64 = 86_400;

    let once = |age: i64| form().with("sign", sign(age, 0, "1"));
    let of = |age: i64, validity: u32| form().with("sign", sign(age, validity, "1"));
    let built = |set: fn(Builder) -> Builder| set(Sandbox::builder()).build();

    let skewed = built(|builder| builder.clock_skew(Duration::from_secs(5)));
    let short = built(|builder| builder.longest_validity(Some(Duration::from_secs(100))));
    let near = built(|builder| builder.furthest_future(Some(Duration::from_secs(60))));
    let strict = built(|builder| builder.single_use_window(Some(Duration::from_secs(60))));
    let endless = built(|builder| builder.single_use_window(None));
    let default = || built(|builder| builder);
    let table: &[(Sandbox, &[Case<'_>])] = &[
        (
            skewed,
            &[
                ("five seconds late", of(-104, 100), 200, "", ""),
                ("six seconds late", of(-105, 100), 403, EXPIRED, "expired 5 s ago"),
            ],
        ),
        (
            short,
            &[
                ("just as long", of(0, 100), 200, "", ""),
                ("longer", of(0, 101), 403, INVALID, "valid for 101 s"),
                ("single use", once(0), 200, "", ""),
            ],
        ),
        (
            near,
            &[
                ("a minute", of(60, 100), 200, "", ""),
                ("more", of(61, 100), 403, EXPIRED, "61 s in the future"),
                ("more, single use", once(61), 403, EXPIRED, "61 s in the future"),
            ],
        ),
        (
            strict,
            &[
                ("a minute old", once(-60), 200, "", ""),
                ("older", once(-61), 403, EXPIRED, "61 s from now"),
                ("a minute ahead", once(60), 200, "", ""),
                ("further", once(61), 403, EXPIRED, "61 s from now"),
                ("not single use", of(-61, 100), 200, "", ""),
            ],
        ),
        (
            endless,
            &[
                ("very old", once(-10_000 * DAY), 200, "", ""),
                ("again", once(-10_000 * DAY), 403, REPLAY, "used before"),
            ],
        ),
        (
            default(),
            &[
                ("a day old", once(-DAY), 200, "", ""),
                ("older", once(-DAY - 1), 403, EXPIRED, "86401 s"),
                ("a day ahead", once(DAY), 200, "", ""),
                ("further", once(DAY + 1), 403, EXPIRED, "86401 s"),
            ],
        ),
    ];
    for (sandbox, cases) in table {
        check(sandbox, cases);
    }
}

#[test]
fn a_single_use_sign_is_used_up_last_and_once() {
    let once = |nonce: &str| form().with("sign", sign(0, 0, nonce));
    let cases: &[Case<'_>] = &[
        // What is refused for anything else has not used it up.
        ("no scene", once("1").without("liveness_id"), 400, "MISSING_ARGUMENTS: liveness_id", ""),
        ("a bad uuid", once("1").with("uuid", [0xFF]), 400, "BAD_ARGUMENTS: uuid", ""),
        ("right", once("1"), 200, "", ""),
        ("again", once("1"), 403, REPLAY, "used before"),
        ("again, with a bad uuid", once("1").with("uuid", [0xFF]), 400, "BAD_ARGUMENTS: uuid", ""),
        ("another nonce", once("2"), 200, "", ""),
        ("a zero before the nonce", once("02"), 200, "", ""),
        ("the other brand", once("02").target("/finauth/v5/sdk/get_biz_token"), 403, REPLAY, "used before"),
        // b and c are the same numbers, but the signed text is another one.
        ("a zero before b", form().with("sign", signed(&raw("b=00&c=1700000000&d=2"))), 200, "", ""),
    ];
    let sandbox = Sandbox::builder().build();
    check(&sandbox, cases);

    let with_fault = once("3").with("liveness_id", "sandbox:INTERNAL_ERROR*1");
    assert_eq!(outcome(&ask(&sandbox, &with_fault)).0, 500);
    assert_eq!(outcome(&ask(&sandbox, &with_fault)), (403, REPLAY.to_owned()));
    let reusable = form();
    for _ in 0..3 {
        assert_eq!(ask(&sandbox, &reusable).status(), 200);
    }

    let won: usize = std::thread::scope(|scope| {
        let burn = || usize::from(ask(&sandbox, &once("4")).status() == 200);
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(burn)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(won, 1, "of eight at once");
}

/// What is forgotten for its age is not taken again by a clock that is set back.
#[test]
fn a_clock_that_goes_back_takes_no_sign_twice() {
    const DAY: u64 = 86_400;

    let sandbox = Sandbox::builder().build();
    let once = |age: u64, nonce: &str| form().with("sign", sign(age.cast_signed(), 0, nonce)).request();
    for nonce in 0..4096 {
        assert_eq!(sandbox.answer(&once(0, &nonce.to_string()), at(NOW)).status(), 200);
    }
    // the machine's time and the sandbox's beyond it, when a sign is made and its nonce, and words of its hint
    let cases = [
        (2 * DAY, -2, 2 * DAY, "1", "issued 172800 s in the future"),
        (2 * DAY, -2, 0, "1", "used before"),
        (2 * DAY, 0, 0, "1", "issued 172800 s ago"),
        (2 * DAY, 0, 2 * DAY, "1", ""),
        (2 * DAY, 0, 2 * DAY, "1", "used before"),
        (2 * DAY, -2, 0, "1", "of its time are forgotten"),
        (2 * DAY, -2, 0, "5000", "of its time are forgotten"),
        (0, 0, 0, "1", "of its time are forgotten"),
        (0, 0, DAY, "1", ""),
    ];
    for (row, (machine, days, made, nonce, words)) in cases.into_iter().enumerate() {
        sandbox.set_clock_offset(days * DAY.cast_signed());
        let answer = sandbox.answer(&once(made, nonce), at(NOW + machine));
        let problem = last(&sandbox).problem.unwrap_or_default();
        assert!(problem.contains(words), "{row}: {problem}");
        assert_eq!(answer.status() == 200, words.is_empty(), "{row}: {problem}");
    }
}

#[test]
fn keys_and_their_limits() {
    let with = |limit: fn(Key) -> Key| Sandbox::builder().key(limit(Key::new(demo_credentials()))).build();
    let bad_sign = || form().with("sign", "x");
    let bad_uuid = || form().with("uuid", [0xFF]);

    check(
        &with(|key| key.state(KeyState::Discontinued)),
        &[
            ("right", form(), 403, "AUTHORIZATION_ERROR: API_KEY_BE_DISCONTINUED", "discontinued"),
            ("the sign comes first", bad_sign(), 403, UNAUTHENTICATED, ""),
            ("the values come later", bad_uuid(), 403, "AUTHORIZATION_ERROR: API_KEY_BE_DISCONTINUED", ""),
        ],
    );
    check(
        &with(|key| key.state(KeyState::Denied)),
        &[("right", form(), 403, "AUTHORIZATION_ERROR: DENIED", "denied")],
    );
    check(
        &with(|key| key.quota(2)),
        &[
            ("a wrong sign does not count", bad_sign(), 403, UNAUTHENTICATED, ""),
            ("a wrong value does", bad_uuid(), 400, "BAD_ARGUMENTS: uuid", ""),
            ("the second", form(), 200, "", ""),
            ("the third", form(), 403, "AUTHORIZATION_ERROR: LIMIT_REACHED", "all calls"),
        ],
    );

    let narrow = with(|key| key.concurrency(2));
    let in_flight = [ask(&narrow, &form()), ask(&narrow, &form())];
    let refused = ask(&narrow, &form());
    assert_eq!(outcome(&refused), (403, "CONCURRENCY_LIMIT_EXCEEDED".to_owned()));
    drop(in_flight);
    assert_eq!(outcome(&ask(&narrow, &bad_uuid())).0, 400);
    assert_eq!(ask(&narrow, &form()).status(), 200, "a refused request takes no place");
    let in_flight = [ask(&narrow, &form()), ask(&narrow, &form())];
    assert_eq!(outcome(&ask(&narrow, &bad_uuid())).1, "CONCURRENCY_LIMIT_EXCEEDED", "before the values");
    drop(in_flight);

    let other_status = Sandbox::builder()
        .key(Key::new(demo_credentials()).concurrency(0))
        .concurrency_status(ConcurrencyStatus::TooManyRequests)
        .build();
    let refused = ask(&other_status, &form());
    assert_eq!(outcome(&refused), (429, "CONCURRENCY_LIMIT_EXCEEDED".to_owned()));
}

#[test]
fn answers_look_as_documented() {
    let sandbox = Sandbox::builder().build();
    let response = ask(&sandbox, &form());
    assert_eq!(response.headers()["date"], "Tue, 14 Nov 2023 22:13:20 GMT");
    let text = String::from_utf8(response.body().clone()).unwrap();
    let body = json(&response);
    for id in ["biz_token", "request_id"] {
        let id = body[id].as_str().unwrap();
        assert!(id.len() == 47 && id.starts_with("1700000000,"), "{id}");
    }
    assert!(text.starts_with(r#"{"biz_token":"1700000000,"#), "{text}");
    assert!(text.contains(r#"","time_used":0,"request_id":"1700000000,"#), "{text}");

    let token = body["biz_token"].as_str().unwrap();
    let valid = sandbox.check_token(token, at(NOW + 3599)).unwrap();
    assert_eq!((valid.issued_at, valid.expires_at), (NOW, NOW + 3600));
    assert_eq!(sandbox.check_token(token, at(NOW + 3600)), Err(TokenError::Expired));
    let other = Sandbox::builder().build();
    assert_eq!(other.check_token(token, at(NOW)), Err(TokenError::Forged));
    let brief = Sandbox::builder().token_lifetime(Duration::from_secs(1)).build();
    let token = json(&ask(&brief, &form()))["biz_token"].as_str().unwrap().to_owned();
    assert_eq!(brief.check_token(&token, at(NOW + 1)), Err(TokenError::Expired));

    let wrong = form().with("sign_version", "x");
    let body = json(&ask(&sandbox, &wrong));
    assert!(body["request_id"].is_string() && body["time_used"].is_u64(), "{body}");
    let bare =
        Sandbox::builder().request_id_on_errors(false).time_used_on_errors(false).hint_header(false).build();
    let answer = ask(&bare, &wrong);
    assert_eq!(answer.headers().get("x-faceid-sandbox-hint"), None);
    assert_eq!(answer.into_body(), br#"{"error":"BAD_ARGUMENTS: sign_version"}"#);

    let odd = form().with("liveness_id", "sandbox:AUTHORIZATION_ERROR: \"\u{7}\\");
    assert_eq!(outcome(&ask(&sandbox, &odd)), (403, "AUTHORIZATION_ERROR: \"\u{7}\\".to_owned()));

    let too_long = ask(&sandbox, &form().body(vec![b'x'; 1024 * 1024 + 1]));
    assert_eq!(too_long.status(), 413);
    assert_eq!(too_long.headers()["content-type"], "text/plain");
    assert_eq!((last(&sandbox).status, last(&sandbox).outcome()), (Some(413), "limit"));
}

#[test]
fn the_answers_to_slips_can_be_set() {
    let mut answers = Answers::default();
    answers.expired = VendorError::AuthenticationError;
    answers.replay = "AUTHORIZATION_ERROR: INVALID_SIGN".parse().unwrap();
    answers.unknown_key = VendorError::AuthorizationError("NO_SUCH_KEY".into());
    answers.wrong_method = VendorError::InternalError;
    let sandbox = Sandbox::builder().answers(answers).build();
    let once = form().with("sign", sign(0, 0, "1"));
    let unknown = STANDARD.encode([&[0; 20], b"a=x&b=0&c=1&d=1".as_slice()].concat());
    check(
        &sandbox,
        &[
            ("expired", form().with("sign", sign(-200, 100, "1")), 403, UNAUTHENTICATED, "expired"),
            ("once", once.clone(), 200, "", ""),
            ("twice", once, 403, INVALID, "used before"),
            ("unknown", form().with("sign", unknown), 403, "AUTHORIZATION_ERROR: NO_SUCH_KEY", "not one"),
            ("GET", form().method(Method::GET), 500, "INTERNAL_ERROR", "POST"),
        ],
    );
}

#[test]
fn the_clock_can_be_set() {
    let sandbox = Sandbox::builder().build();
    // offset, the sign's age, status, Date
    let cases: &[(i64, i64, u16, &str)] = &[
        (0, 0, 200, "Tue, 14 Nov 2023 22:13:20 GMT"),
        (3600, 0, 403, "Tue, 14 Nov 2023 23:13:20 GMT"),
        (3600, 3600, 200, "Tue, 14 Nov 2023 23:13:20 GMT"),
        (-3600, 0, 200, "Tue, 14 Nov 2023 21:13:20 GMT"),
        (i64::MAX, 0, 403, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (i64::MIN, 0, 200, "Thu, 01 Jan 1970 00:00:00 GMT"),
    ];
    for (offset, age, status, date) in cases {
        sandbox.set_clock_offset(*offset);
        let response = ask(&sandbox, &form().with("sign", sign(*age, 100, "1")));
        assert_eq!(response.status(), *status, "{offset}");
        assert_eq!(response.headers()["date"], *date, "{offset}");
        if response.status() == 200 {
            let token = json(&response)["biz_token"].as_str().unwrap().to_owned();
            assert!(sandbox.check_token(&token, at(NOW)).is_ok(), "{offset}");
        }
    }
    let before_the_epoch = UNIX_EPOCH - Duration::from_secs(1);
    sandbox.set_clock_offset(0);
    assert_eq!(sandbox.answer(&form().request(), before_the_epoch).headers()["date"], cases[5].3);
}

#[test]
fn faults() {
    let delivery = |delay, broken| {
        let mut delivery = Delivery::default();
        delivery.delay = Duration::from_millis(delay);
        delivery.broken = broken;
        delivery
    };
    let slow = |rate: u32| {
        let mut delivery = Delivery::default();
        delivery.bytes_per_second = rate.try_into().ok();
        delivery
    };
    // scene, status, delivery
    let cases: &[(&str, u16, Delivery)] = &[
        ("sandbox:INTERNAL_ERROR", 500, delivery(0, None)),
        ("sandbox:html502", 502, delivery(0, None)),
        ("sandbox:delay=200ms", 200, delivery(200, None)),
        ("sandbox:slow=1kB/s", 200, slow(1000)),
        ("sandbox:delay=1s+delay=500ms+INTERNAL_ERROR", 500, delivery(1500, None)),
        ("sandbox:delay=10m+delay=9m-10m+delay=10m", 200, delivery(600_000, None)),
        ("sandbox:truncate+reset*1", 0, delivery(0, Some(Broken::Reset))),
        ("sandbox:reset", 0, delivery(0, Some(Broken::Reset))),
        ("sandbox:truncate", 200, delivery(0, Some(Broken::Truncated))),
    ];
    let sandbox = Sandbox::builder().build();
    for (scene, status, expected) in cases {
        let response = ask(&sandbox, &form().with("liveness_id", *scene));
        assert_eq!(Delivery::of(&response), *expected, "{scene}");
        let entry = last(&sandbox);
        assert_eq!(entry.status.unwrap_or(0), *status, "{scene}");
        assert_eq!((entry.delivery, entry.problem), (*expected, None), "{scene}");
        let length = response.headers().get("content-length");
        let length = length.map(|length| length.to_str().unwrap().parse().unwrap());
        match expected.broken {
            Some(Broken::Reset) => assert!(response.body().is_empty()),
            Some(Broken::Truncated) => {
                assert_eq!(length.map(|length: usize| length / 2), Some(response.body().len()));
            }
            _ => assert!(!response.body().is_empty() && length.is_none()),
        }
    }
    let page = ask(&sandbox, &form().with("liveness_id", "sandbox:html502"));
    assert_eq!(page.headers()["content-type"], "text/html");

    // A fault needs a sign that is right.
    let unsigned = form().with("sign", "x").with("liveness_id", "sandbox:html502");
    assert_eq!(outcome(&ask(&sandbox, &unsigned)), (403, UNAUTHENTICATED.to_owned()));
}

/// Statuses in a row; 0 for a reset.
fn statuses<const N: usize>(sandbox: &Sandbox, form: &Form) -> [u16; N] {
    std::array::from_fn(|_| {
        ask(sandbox, form);
        last(sandbox).status.unwrap_or(0)
    })
}

#[test]
fn faults_are_counted_for_each_who_asks() {
    let asks = |liveness_id: &str, uuid: &str| form().with("liveness_id", liveness_id).with("uuid", uuid);
    let sandbox = Sandbox::builder()
        .key(demo_credentials())
        .key(Credentials::new("other", DEMO_API_SECRET).unwrap())
        .build();
    let other_key = signed(&format!("a=other&b={}&c={NOW}&d=1", NOW + 100));
    let twice = "sandbox:INTERNAL_ERROR*2";
    // a request, what it gets
    let cases = [
        (asks(twice, "a"), 500),
        (asks(twice, "b"), 500),
        (asks(twice, "a").with("sign", other_key), 500),
        (asks("sandbox:INTERNAL_ERROR*1", "a"), 500),
        // Neither a sign that is refused nor a call that is no fault counts.
        (asks(twice, "a").with("sign", sign(-200, 100, "1")), 403),
        (asks("scene", "a"), 200),
        (asks(twice, "a"), 500),
        (asks(twice, "a"), 200),
        (asks(twice, "a"), 500),
        (asks(twice, "b"), 500),
        (asks(twice, "b"), 200),
        (asks("sandbox:html503*1+INTERNAL_ERROR*2", "a"), 503),
        (asks("sandbox:html503*1+INTERNAL_ERROR*2", "a"), 500),
        (asks("sandbox:html503*1+INTERNAL_ERROR*2", "a"), 200),
        (asks("sandbox:delay=1ms+reset*1", "a"), 0),
        (asks("sandbox:delay=1ms+reset*1", "a"), 200),
    ];
    for (at, (form, expected)) in cases.into_iter().enumerate() {
        assert_eq!(statuses(&sandbox, &form), [expected], "request {at}");
    }
}

#[test]
fn a_header_comes_before_a_liveness_id_before_a_rule() {
    const HEADER: &str = "x-faceid-sandbox-fault";
    let sandbox = Sandbox::builder().rule(VendorError::ConcurrencyLimitExceeded).build();
    let (scene, fault) = (form(), form().with("liveness_id", "sandbox:INTERNAL_ERROR"));
    let by_header = |form: &Form, value: &str| {
        let mut request = form.request();
        request.headers_mut().insert(HEADER, value.parse().unwrap());
        sandbox.answer(&request, at(NOW))
    };
    let came_by = || last(&sandbox).fault_by;
    assert_eq!(by_header(&fault, "html504").status(), 504);
    assert_eq!(came_by(), Some(FaultBy::Header));
    assert_eq!(by_header(&scene, "sandbox:AUTHORIZATION_ERROR=DENIED").status(), 403);
    assert_eq!(statuses(&sandbox, &fault), [500]);
    assert_eq!(came_by(), Some(FaultBy::LivenessId));
    assert_eq!(outcome(&ask(&sandbox, &scene)).1, "CONCURRENCY_LIMIT_EXCEEDED");
    assert_eq!(came_by(), Some(FaultBy::Rule(0)));

    let mut twice = form().request();
    twice.headers_mut().append(HEADER, "html503".parse().unwrap());
    twice.headers_mut().append(HEADER, "reset".parse().unwrap());
    assert_eq!(outcome(&sandbox.answer(&twice, at(NOW))), (400, format!("BAD_ARGUMENTS: {HEADER}")));
    assert!(last(&sandbox).problem.is_some_and(|problem| problem.contains("is there more than once")));

    let counted = [(); 3].map(|()| by_header(&scene, "html503*2").status().as_u16());
    assert_eq!(counted, [503, 503, 200], "and a header that is done leaves nothing to a rule");
    assert_eq!(came_by(), None);

    let refused = by_header(&scene, "teapot");
    assert_eq!(outcome(&refused), (400, format!("BAD_ARGUMENTS: {HEADER}")));
    assert!(last(&sandbox).problem.is_some_and(|problem| problem.contains("several joined by +")));
}

#[test]
fn rules() {
    let read = |json: &str| serde_json::from_str::<Rule>(json).unwrap();
    let asks = |liveness_id: &str| form().with("liveness_id", liveness_id).with("uuid", "user-1");
    // a rule, what six requests get
    let cases = [
        (r#"{"fault": "INTERNAL_ERROR"}"#, [500; 6]),
        (r#"{"fault": "INTERNAL_ERROR", "times": 2}"#, [500, 500, 200, 200, 200, 200]),
        (r#"{"fault": "INTERNAL_ERROR*2"}"#, [500, 500, 200, 500, 500, 200]),
        (r#"{"fault": "INTERNAL_ERROR*2", "times": 5}"#, [500, 500, 200, 500, 500, 200]),
        (r#"{"fault": "INTERNAL_ERROR", "match": {"liveness_id": "loan-1"}}"#, [500; 6]),
        (r#"{"fault": "INTERNAL_ERROR", "match": {"liveness_id": "loan-*", "uuid": "user-1"}}"#, [500; 6]),
        (r#"{"fault": "INTERNAL_ERROR", "match": {"liveness_id": "loan"}}"#, [200; 6]),
        (r#"{"fault": "INTERNAL_ERROR", "match": {"uuid": "user-2"}}"#, [200; 6]),
        (r#"{"fault": "INTERNAL_ERROR", "match": {"api_key": "sandbox-demo-key"}}"#, [500; 6]),
        (r#"{"fault": "INTERNAL_ERROR", "match": {"api_key": "other"}}"#, [200; 6]),
        (r#"{"fault": "INTERNAL_ERROR", "probability": 0}"#, [200; 6]),
        (r#"{"fault": "INTERNAL_ERROR", "probability": 1}"#, [500; 6]),
    ];
    for (json, expected) in cases {
        let rule = read(json);
        assert_eq!(read(&serde_json::to_string(&rule).unwrap()), rule, "{json}");
        let sandbox = Sandbox::builder().rule(rule).build();
        assert_eq!(statuses(&sandbox, &asks("loan-1")), expected, "{json}");
    }

    let refused = [
        ("{}", "missing field `fault`"),
        (r#"{"fault": "teapot"}"#, "a fault is an error"),
        (r#"{"fault": "reset", "time": 1}"#, "unknown field `time`"),
        (r#"{"fault": "reset", "match": {"scene": "x"}}"#, "unknown field `scene`"),
        (r#"{"fault": "reset", "probability": 1.5}"#, "a number from 0 to 1"),
        (r#"{"fault": "reset", "times": -1}"#, "invalid value"),
    ];
    for (json, words) in refused {
        let error = serde_json::from_str::<Rule>(json).unwrap_err().to_string();
        assert!(error.contains(words), "{json}: {error}");
    }

    let sandbox = Sandbox::builder().rule(Rule::new(VendorError::InternalError).times(1)).build();
    let second = sandbox.add_rule(Effect::Reset);
    assert_eq!(statuses(&sandbox, &form()), [500, 0, 0]);
    assert!(sandbox.remove_rule(second) && !sandbox.remove_rule(second));
    assert_eq!(statuses(&sandbox, &form()), [200]);
    sandbox.add_rule(Effect::Reset);
    sandbox.clear_rules();
    assert_eq!(statuses(&sandbox, &form()), [200]);
}

#[test]
fn the_same_seed_gives_the_same_draws() {
    let run = |seed: Option<u64>, rule: Rule| {
        let builder = Sandbox::builder().rule(rule);
        let sandbox = seed.into_iter().fold(builder, Builder::seed).build();
        let answers: Vec<_> = (0..64).map(|_| ask(&sandbox, &form())).collect();
        answers.iter().map(|answer| (Delivery::of(answer), answer.body().clone())).collect::<Vec<_>>()
    };
    let delay = "delay=10ms-20ms".parse::<Fault>().unwrap();
    let half = || Rule::new(delay.clone().and(VendorError::InternalError)).probability(0.5);
    assert_eq!(run(Some(1), half()), run(Some(1), half()));
    assert_ne!(run(Some(1), half()), run(Some(2), half()));
    assert_ne!(run(None, half()), run(None, half()));
    assert_ne!(run(Some(1), half()), run(Some(1), half().seed(7)));

    let drawn = Sandbox::builder().build();
    let again = Sandbox::builder().seed(drawn.seed()).build();
    assert_eq!(ask(&drawn, &form()).body(), ask(&again, &form()).body(), "by the seed that it tells");
    assert!(drawn.seed() < 1 << 53, "{}", drawn.seed());

    let drawn = run(Some(1), half());
    let failed = drawn.iter().filter(|(_, body)| !body.starts_with(b"{\"biz_token")).count();
    assert!((16..48).contains(&failed), "{failed} of 64");
    let mut delays: Vec<_> =
        drawn.iter().map(|(delivery, _)| delivery.delay).filter(|by| !by.is_zero()).collect();
    assert_eq!(delays.len(), failed);
    assert!(delays.iter().all(|by| (10..=20).contains(&by.as_millis())), "{delays:?}");
    delays.sort_unstable();
    delays.dedup();
    assert!(delays.len() > 8, "{delays:?}");
}

#[test]
fn a_skewed_clock_is_seen_in_date_and_checks() {
    let sandbox = Sandbox::builder().build();
    // A fault, and the status and the minutes by which the header Date is off in a row of answers.
    let cases = [
        ("sandbox:skew=+1h", [(403, 60), (403, 60), (403, 60)]),
        ("sandbox:skew=+1h*1", [(403, 60), (200, 0), (403, 60)]),
        ("sandbox:skew=-1h*2", [(200, -60), (200, -60), (200, 0)]),
        ("sandbox:skew=+1m+INTERNAL_ERROR*1", [(500, 1), (200, 1), (500, 1)]),
    ];
    for (scene, expected) in cases {
        let found = [(); 3].map(|()| {
            let answer = ask(&sandbox, &form().with("liveness_id", scene));
            let date = httpdate::parse_http_date(answer.headers()["date"].to_str().unwrap()).unwrap();
            let date = date.duration_since(UNIX_EPOCH).unwrap().as_secs();
            (answer.status().as_u16(), (date.cast_signed() - NOW.cast_signed()) / 60)
        });
        assert_eq!(found, expected, "{scene}");
    }
    let answer = ask(&sandbox, &form().with("liveness_id", "sandbox:skew=+1h"));
    assert_eq!(outcome(&answer).1, EXPIRED);
    let hint = answer.headers()["x-faceid-sandbox-hint"].to_str().unwrap();
    assert!(
        hint.starts_with("on request, by liveness_id: sandbox:skew=+3600s; expired 3500 s ago"),
        "{hint}"
    );
}

/// What is wrong hides nothing of the demo key, and shows nothing of another.
#[test]
fn whose_a_refused_request_was() {
    const OTHER: &str = "other-fake-key";

    let demo = sign(0, 100, "1");
    let sign_of = |key: &str| {
        let stamp = faceid_sign::Stamp::new(NOW, faceid_sign::Nonce::new("1").unwrap());
        let credentials = Credentials::new(key, "other-fake-secret").unwrap();
        credentials.sign(&stamp, faceid_sign::Validity::default()).unwrap().expose().to_owned()
    };
    let with = |sign: &str| form().with("sign", sign).with("uuid", "user-qxqx");
    let text = raw("b=1700000100&c=1700000000&d=1");
    let bytes = STANDARD.decode(&demo).unwrap();
    let hex = bytes[..20].iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let hex = STANDARD.encode(hex + &text);
    let escaped = signed(&text.replace('=', "%3D").replace('&', "%26"));
    let forged = sign_of("sandbox-demo-key");
    let sha256 = STANDARD.encode([&[0xA5; 32][..], text.as_bytes(), b"1"].concat());
    let escaped_sign = demo.replace('=', "%3D").replace('+', "%2B") + "%0A";
    let cut = |sign: &str| sign[..sign.len() - 3].to_owned();
    let demo_key = Some("sandbox-demo-key");
    let wrong = |sign: &str| with(sign).with("sign_version", "x");
    // a request that is refused, whose it was, and whether it is shown whole
    let cases = [
        ("right but for its version", wrong(&demo), demo_key, true),
        ("no scene", with(&demo).without("liveness_id"), demo_key, true),
        ("two uuids", with(&demo).and("uuid", "b"), demo_key, true),
        ("another path", with(&demo).target("/faceid/v5/sdk/get_biz_tokens"), demo_key, true),
        ("another method", with(&demo).method(Method::PUT), demo_key, true),
        ("two signs", with(&demo).and("sign", "x"), demo_key, false),
        ("two signs of two keys", with(&demo).and("sign", sign_of(OTHER)), demo_key, false),
        ("the same, the other way", with(&sign_of(OTHER)).and("sign", &*demo), Some(OTHER), false),
        ("two of its signs", with(&demo).and("sign", &*demo), demo_key, true),
        ("two signs in one", with(&format!("{}\r\n{demo}", sign_of("zz-fake"))), None, false),
        ("the same, the other way round", with(&format!("{demo},{}", sign_of("zz-fake"))), None, false),
        (
            "the same, beneath base64",
            with(&STANDARD.encode(format!("{demo}{}", sign_of("zz-fake")))),
            None,
            false,
        ),
        (
            "the second encoded twice",
            with(&format!("{demo} {}", STANDARD.encode(sign_of("zz-fake")))),
            None,
            false,
        ),
        (
            "both encoded twice",
            with(&[&demo, &sign_of("zz-fake")].map(|sign| STANDARD.encode(sign)).join(",")),
            None,
            false,
        ),
        (
            "a bad nonce, and a sign",
            with(&format!("{},{}", signed(&raw("b=1700000100&c=1700000000&d=-5")), sign_of("zz-fake"))),
            None,
            false,
        ),
        ("a part, and a sign", with(&format!("{},{}", &demo[..76], sign_of("zz-fake"))), None, false),
        ("a text, and a sign", with(&format!("{text},{}", sign_of("zz-fake"))), None, false),
        ("a text alone", with(&text), demo_key, true),
        ("another digest, and a sign", with(&format!("{sha256}\r\n{}", sign_of("zz-fake"))), None, false),
        ("another digest", with(&sha256), demo_key, true),
        (
            "another key under its secret",
            with(&signed("a=zz-fake&b=1700000100&c=1700000000&d=-5")),
            None,
            false,
        ),
        ("its own, the same", with(&signed(&raw("b=1700000100&c=1700000000&d=-5"))), demo_key, true),
        ("another secret, in lines", with(&format!("{}\n{}", &forged[..60], &forged[60..])), demo_key, true),
        (
            "text before digest",
            with(&STANDARD.encode([text.as_bytes(), &bytes[..20]].concat())),
            demo_key,
            true,
        ),
        ("digest alone encoded", with(&(STANDARD.encode(&bytes[..20]) + &text)), demo_key, true),
        ("hex", with(&hex), demo_key, true),
        ("a line end", with(&signed(&format!("{text}\n"))), demo_key, true),
        ("escaped fields", with(&escaped), demo_key, true),
        ("base64 twice", with(&STANDARD.encode(&demo)), demo_key, true),
        ("broken into lines", with(&format!("{}\n{}", &demo[..60], &demo[60..])), demo_key, true),
        ("escaped", with(&escaped_sign), demo_key, true),
        ("cut off", with(&cut(&demo)), demo_key, true),
        ("not encoded", form().with("sign", &*bytes).with("uuid", "user-qxqx"), demo_key, true),
        ("the other key", wrong(&sign_of(OTHER)), Some(OTHER), false),
        ("the other key, cut off", with(&cut(&sign_of(OTHER))), None, false),
        ("a key that is not there", with(&cut(&sign_of("sandbox-demo-key-2"))), None, false),
        ("another that ends alike", with(&cut(&sign_of("my-sandbox-demo-key"))), None, false),
        ("no sign", with(&demo).without("sign"), None, false),
        ("no sign at all", with("sandbox-demo-key"), None, false),
    ];
    let other = Credentials::new(OTHER, "other-fake-secret").unwrap();
    let sandbox = Sandbox::builder().key(demo_credentials()).key(other).build();
    for (name, form, api_key, whole) in cases {
        assert_ne!(ask(&sandbox, &form).status(), 200, "{name}");
        let entry = last(&sandbox);
        assert_eq!(entry.api_key.as_deref(), api_key, "{name}");
        assert_eq!(entry.uuid_len, Some(9), "{name}");
        assert_eq!(entry.liveness_id.is_some(), name != "no scene", "{name}");
        for field in &entry.form {
            let open = ["sign_version", "liveness_id"].contains(&&*field.name);
            assert_eq!(field.value.is_some(), whole || open, "{name}: {}", field.name);
        }
    }
    // Beside a sign of the demo key none of another key is shown, wherever it stands.
    for name in ["uuid", "liveness_id", "old_sign", "Sign"] {
        ask(&sandbox, &wrong(&demo).with(name, sign_of("zz-fake")));
        let entry = last(&sandbox);
        let field = entry.form.iter().find(|field| &*field.name == name).unwrap();
        assert_eq!(field.value.as_deref(), Some("(a sign)"), "{name}");
    }
    // Its name alone does not make it the demo key.
    let sandbox = Sandbox::builder().key(Credentials::new("sandbox-demo-key", "fake").unwrap()).build();
    ask(&sandbox, &with(&demo));
    assert_eq!(last(&sandbox).form[0].value, None);
    assert_eq!(last(&sandbox).api_key.as_deref(), demo_key);
}

#[test]
fn the_journal_tells_much_and_nothing_secret() {
    let sandbox = Sandbox::builder().build();
    let asked = form().with("uuid", "user-qxqx").with("sign", sign(-1, 100, "0123456789"));
    ask(&sandbox, &asked);
    ask(&sandbox, &asked.clone().with("sign", sign(0, 0, "7")));
    ask(&sandbox, &asked.clone().with("liveness_id", "场".repeat(100)));
    ask(&sandbox, &form().with("sign", DEMO_API_SECRET));

    let [first, once, long, secret] = &sandbox.journal()[..] else {
        panic!("four entries");
    };
    assert_eq!(first.time, at(NOW));
    assert_eq!(first.api_key.as_deref(), Some("sandbox-demo-key"));
    assert_eq!(first.liveness_id.as_deref(), Some("scene"));
    assert_eq!(first.uuid_len, Some(9));
    assert_eq!(first.nonce.map(|nonce| nonce.to_string()).as_deref(), Some("0123456789"));
    assert_eq!((first.issued_at, first.expires_at), (Some(NOW - 1), Some(NOW + 99)));
    assert_eq!(first.sign_hash, Some(faceid_sandbox::SignHash::of(&sign(-1, 100, "0123456789"))));
    assert_eq!((first.status, &first.error, &first.problem), (Some(200), &None, &None));
    assert!(first.request_id.is_some());
    assert_eq!((once.issued_at, once.expires_at), (Some(NOW), Some(0)));
    assert_ne!(once.sign_hash, first.sign_hash);
    assert_eq!(long.liveness_id.as_deref(), Some(&*"场".repeat(85)), "cut, at a character's edge");
    assert_eq!((secret.api_key.as_ref(), secret.nonce), (None, None));

    let shown = format!("{:?} {:#?} {sandbox:?}", sandbox.journal(), sandbox.journal());
    for hidden in [DEMO_API_SECRET, "user-qxqx", &sign(-1, 100, "0123456789"), &sign(0, 0, "7")] {
        assert!(!shown.contains(hidden), "{shown}");
    }

    sandbox.clear_journal();
    for nonce in 0..10_001 {
        ask(&sandbox, &form().with("sign", sign(0, 100, &nonce.to_string())));
    }
    let journal = sandbox.journal();
    assert_eq!(journal.len(), 10_000);
    assert_eq!(journal[0].nonce.unwrap().as_str(), "1");
}

#[test]
fn a_sandbox_can_be_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<Sandbox>();
    shared::<faceid_sandbox::Server>();
    let sandbox = Sandbox::builder().build();
    ask(&sandbox.clone(), &form());
    assert_eq!(sandbox.journal().len(), 1, "a clone is the same sandbox");
}

proptest! {
    /// Whatever comes, it gets one of the documented statuses, and one entry in the journal.
    #[test]
    fn any_request_is_answered(
        content_type in "(multipart/form-data; boundary=B|[ -~]{0,40})",
        name in "(sign|sign_version|liveness_id|uuid|[ -~]{0,20})",
        value in any::<Vec<u8>>(),
        body in prop::option::weighted(0.2, any::<Vec<u8>>()),
        (age, validity) in (-200_000_i64..200_000, 0..200_u32),
    ) {
        let sandbox = Sandbox::builder().unknown_fields(false).build();
        let mut form = form().with("sign", sign(age, validity, "1")).with(&name, value);
        form.body = body;
        let response = ask(&sandbox, &form.content_type(content_type.trim()));
        let error = outcome(&response).1;
        let known = !matches!(ErrorCode::parse(&error).0, ErrorCode::Other(_));
        prop_assert!(error.is_empty() || known, "{}", error);
        let entry = last(&sandbox);
        prop_assert_eq!(entry.status, Some(response.status().as_u16()));
        prop_assert_eq!(entry.problem.is_some(), !error.is_empty());
        prop_assert_eq!(sandbox.journal().len(), 1);
    }
}
