//! The table: a row a case.

use std::time::Duration;

use faceid_types::{Retry, TransportKind, Validity};
use http::StatusCode;

use super::case::Expected::{Api, Gateway, Invalid, Token, Transport};
use super::case::{Case, NO_ANSWER};
use crate::{
    ConcurrencyStatus, DEMO_API_KEY, DEMO_API_SECRET, Effect, Key, KeyState, Rule, demo_credentials,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = sent();
    cases.extend(errors());
    cases.extend(refused());
    cases.extend(repeated());
    cases.extend(clocks_and_signs());
    cases
}

/// What is sent arrives as it is.
fn sent() -> Vec<Case> {
    let scenes = [
        "活体检测-场景一",
        "😀 é ß \u{a0}",
        r#""quoted" 'scene' \"#,
        "; name=\"uuid\"",
        "%22%0D%0A + & = ?",
        "--faceid-",
        " blanks ",
        "0",
    ];
    let scenes = scenes.map(|scene| Case::new(format!("the scene {scene}")).call(scene, Token, &[200]));
    let mut cases = vec![
        Case::new("a token").call("scene", Token, &[200]),
        Case::new("a uuid of 128 bytes").call_for("x".repeat(128), Token, &[200]),
        Case::new("a uuid of 42 CJK characters").call_for("用".repeat(42), Token, &[200]),
        Case::new("a uuid of 129 bytes is not sent").call_for("x".repeat(129), Invalid("uuid"), &[]),
        Case::new("a uuid of 43 CJK characters is not sent").call_for("用".repeat(43), Invalid("uuid"), &[]),
        Case::new("an empty scene is not sent").call("", Invalid("liveness_id"), &[]),
        Case::new("a line end in a scene is not sent").call("a\r\nb", Invalid("liveness_id"), &[]),
        Case::new("a scene of 250 bytes").call("x".repeat(250), Token, &[200]),
        Case::new("the second brand's prefix").config(|config| config.path_prefix("/finauth")).call(
            "scene",
            Token,
            &[200],
        ),
        Case::new("an unknown prefix").config(|config| config.path_prefix("/other")).call(
            "scene",
            Api("API_NOT_FOUND", 404),
            &[404],
        ),
        (0..10).fold(Case::new("ten calls of one client"), |case, _| case.call("scene", Token, &[200])),
    ];
    cases.extend(scenes);
    cases
}

/// Each documented error, and that none of them is repeated that should not be.
fn errors() -> Vec<Case> {
    let documented = [
        ("MISSING_ARGUMENTS: liveness_id", 400),
        ("BAD_ARGUMENTS: liveness_id", 400),
        ("BAD_ARGUMENTS: sign_version", 400),
        ("AUTHENTICATION_ERROR", 403),
        ("AUTHORIZATION_ERROR: API_KEY_BE_DISCONTINUED", 403),
        ("AUTHORIZATION_ERROR: IP_NOT_ALLOWED", 403),
        ("AUTHORIZATION_ERROR: LIMIT_REACHED", 403),
        ("AUTHORIZATION_ERROR: DENIED", 403),
        ("AUTHORIZATION_ERROR: EXPIRED_SIGN", 403),
        ("AUTHORIZATION_ERROR: INVALID_SIGN", 403),
        ("AUTHORIZATION_ERROR: REPLAY_ATTACK", 403),
        // The page says that others may come.
        ("AUTHORIZATION_ERROR: MOVED_TO_ANOTHER_REGION", 403),
        ("AUTHORIZATION_ERROR: 余额不足", 403),
        ("API_NOT_FOUND", 404),
    ];
    let documented = documented.map(|(error, status)| {
        Case::new(error).call(format!("sandbox:{error}"), Api(error, status), &[status])
    });
    let mut cases = vec![
        Case::new("INTERNAL_ERROR, and one attempt alone")
            .config(|config| config.retry(Retry::default().max_attempts(1)))
            .call("sandbox:INTERNAL_ERROR", Api("INTERNAL_ERROR", 500), &[500]),
        Case::new("CONCURRENCY_LIMIT_EXCEEDED as 403, and one attempt alone")
            .config(|config| config.retry(Retry::default().max_attempts(1)))
            .call("sandbox:CONCURRENCY_LIMIT_EXCEEDED", Api("CONCURRENCY_LIMIT_EXCEEDED", 403), &[403]),
        Case::new("CONCURRENCY_LIMIT_EXCEEDED as 429, and one attempt alone")
            .sandbox(|sandbox| sandbox.concurrency_status(ConcurrencyStatus::TooManyRequests))
            .config(|config| config.retry(Retry::default().max_attempts(1)))
            .call("sandbox:CONCURRENCY_LIMIT_EXCEEDED", Api("CONCURRENCY_LIMIT_EXCEEDED", 429), &[429]),
        Case::new("an error without request_id and time_used")
            .sandbox(|sandbox| sandbox.request_id_on_errors(false).time_used_on_errors(false))
            .call("sandbox:API_NOT_FOUND", Api("API_NOT_FOUND", 404), &[404]),
    ];
    cases.extend(documented);
    cases
}

/// What the sandbox refuses by itself.
fn refused() -> Vec<Case> {
    const INVALID_SIGN: &str = "AUTHORIZATION_ERROR: INVALID_SIGN";
    vec![
        Case::new("a wrong secret").credentials(DEMO_API_KEY, "another-fake-secret").call(
            "scene",
            Api(INVALID_SIGN, 403),
            &[403],
        ),
        Case::new("an unknown key").credentials("another-fake-key", DEMO_API_SECRET).call(
            "scene",
            Api("AUTHENTICATION_ERROR", 403),
            &[403],
        ),
        Case::new("a scene that does not exist")
            .sandbox(|sandbox| sandbox.liveness_ids(vec!["scene".to_owned()]))
            .call("scene", Token, &[200])
            .call("other", Api("BAD_ARGUMENTS: liveness_id", 400), &[400]),
        Case::new("a key that was stopped")
            .sandbox(|sandbox| sandbox.key(Key::new(demo_credentials()).state(KeyState::Discontinued)))
            .call("scene", Api("AUTHORIZATION_ERROR: API_KEY_BE_DISCONTINUED", 403), &[403]),
        Case::new("a key without the right")
            .sandbox(|sandbox| sandbox.key(Key::new(demo_credentials()).state(KeyState::Denied)))
            .call("scene", Api("AUTHORIZATION_ERROR: DENIED", 403), &[403]),
        Case::new("a test key with one call")
            .sandbox(|sandbox| sandbox.key(Key::new(demo_credentials()).quota(1)))
            .call("scene", Token, &[200])
            .call("scene", Api("AUTHORIZATION_ERROR: LIMIT_REACHED", 403), &[403]),
        Case::new("a key with no place for a request")
            .sandbox(|sandbox| sandbox.key(Key::new(demo_credentials()).concurrency(0)))
            .config(|config| config.retry(Retry::default().max_attempts(1)))
            .call("scene", Api("CONCURRENCY_LIMIT_EXCEEDED", 403), &[403]),
        Case::new("a key with one place")
            .sandbox(|sandbox| sandbox.key(Key::new(demo_credentials()).concurrency(1)))
            .call("scene", Token, &[200])
            .call("scene", Token, &[200]),
    ]
}

/// What passes if it is asked again, and what does not.
fn repeated() -> Vec<Case> {
    use TransportKind::{Interrupted, Misframed, Timeout};

    vec![
        Case::new("INTERNAL_ERROR once").call("sandbox:INTERNAL_ERROR*1", Token, &[500, 200]),
        Case::new("INTERNAL_ERROR twice").call("sandbox:INTERNAL_ERROR*2", Token, &[500, 500, 200]),
        Case::new("INTERNAL_ERROR always").call(
            "sandbox:INTERNAL_ERROR",
            Api("INTERNAL_ERROR", 500),
            &[500, 500, 500],
        ),
        Case::new("CONCURRENCY_LIMIT_EXCEEDED once, as 403").call(
            "sandbox:CONCURRENCY_LIMIT_EXCEEDED*1",
            Token,
            &[403, 200],
        ),
        Case::new("CONCURRENCY_LIMIT_EXCEEDED once, as 429")
            .sandbox(|sandbox| sandbox.concurrency_status(ConcurrencyStatus::TooManyRequests))
            .call("sandbox:CONCURRENCY_LIMIT_EXCEEDED*1", Token, &[429, 200]),
        Case::new("a reset once").call("sandbox:reset*1", Token, &[NO_ANSWER, 200]),
        Case::new("a reset once, of a connection that was used before").call("scene", Token, &[200]).call(
            "sandbox:reset*1",
            Token,
            &[NO_ANSWER, 200],
        ),
        Case::new("a reset always").call("sandbox:reset", Transport(Interrupted), &[NO_ANSWER; 3]),
        Case::new("a reset, and no repeat of what may have arrived")
            .config(|config| config.retry(Retry::default().ambiguous(false)))
            .call("sandbox:reset", Transport(Interrupted), &[NO_ANSWER]),
        Case::new("a body that breaks off once").call("sandbox:truncate*1", Token, &[200, 200]),
        Case::new("a body that breaks off, and one attempt alone")
            .config(|config| config.retry(Retry::default().max_attempts(1)))
            .call("sandbox:truncate", Transport(Misframed), &[200])
            .call("scene", Token, &[200]),
        Case::new("a gateway's page once").call("sandbox:html502*1", Token, &[502, 200]),
        Case::new("a gateway's page always").call("sandbox:html502", Gateway(502), &[502; 3]),
        Case::new("a delay that fits").call("sandbox:delay=100ms", Token, &[200]),
        Case::new("an attempt that takes too long once")
            .config(|config| config.attempt_timeout(Duration::from_millis(400)))
            .call("sandbox:delay=5s*1", Token, &[200, 200]),
        Case::new("a deadline shorter than a delay")
            .config(|config| config.deadline(Duration::from_millis(600)))
            .call("sandbox:delay=5s", Transport(Timeout), &[200])
            .call("scene", Token, &[200]),
        Case::new("a fault for all, twice")
            .sandbox(|sandbox| sandbox.rule(Rule::new(Effect::Html(StatusCode::BAD_GATEWAY)).times(2)))
            .call("scene", Token, &[502, 502, 200])
            .call("scene", Token, &[200]),
    ]
}

/// Clocks that are off, and signs that are good for one attempt.
fn clocks_and_signs() -> Vec<Case> {
    const EXPIRED: &str = "AUTHORIZATION_ERROR: EXPIRED_SIGN";
    vec![
        Case::new("a clock an hour behind").clock_offset(3600).call("scene", Token, &[403, 200]).call(
            "scene",
            Token,
            &[200],
        ),
        Case::new("a clock an hour behind, and one attempt alone")
            .clock_offset(3600)
            .config(|config| config.retry(Retry::default().max_attempts(1)))
            .call("scene", Api(EXPIRED, 403), &[403])
            .call("scene", Token, &[200]),
        Case::new("a clock an hour ahead").clock_offset(-3600).call("scene", Token, &[200]),
        Case::new("a clock two days behind is not corrected").clock_offset(2 * 24 * 3600).call(
            "scene",
            Api(EXPIRED, 403),
            &[403],
        ),
        Case::new("signs for two seconds")
            .config(|config| config.validity(Validity::seconds(2).unwrap_or_default()))
            .call("sandbox:INTERNAL_ERROR*2", Token, &[500, 500, 200]),
        Case::new("single-use signs")
            .config(|config| config.validity(Validity::Once))
            .call("scene", Token, &[200])
            .call("scene", Token, &[200]),
        Case::new("single-use signs, each attempt signed anew")
            .config(|config| config.validity(Validity::Once))
            .call("sandbox:INTERNAL_ERROR*2", Token, &[500, 500, 200])
            .call("sandbox:reset*1", Token, &[NO_ANSWER, 200])
            .call("sandbox:truncate*1", Token, &[200, 200]),
        Case::new("single-use signs, and a clock 20 hours behind")
            .config(|config| config.validity(Validity::Once))
            .sandbox(|sandbox| sandbox.single_use_window(Some(Duration::from_secs(300))))
            .clock_offset(20 * 3600)
            .call("scene", Token, &[403, 200])
            .call("scene", Token, &[200]),
    ]
}
