//! Nothing that is public, and no answer, shows a secret, a sign, a uuid or a token of another key than the demo key.

use std::fmt::Debug;
use std::num::NonZeroU32;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use faceid_sandbox::{
    Answers, Broken, Builder, Check, ConcurrencyStatus, Delivery, Effect, Entry, Fault, FaultBy, Field, Key,
    KeyState, Match, NotAFault, NotAnError, Rule, Sandbox, Server, Settings, SignHash, TokenClaims,
    TokenError, Unprinted, VendorError,
};
use faceid_types::{Call, Config, Context, Credentials, GetBizToken, Moment};
use http::Request;
use serde_json::Value;

const SECRET: &str = "marked-secret";
const UUID: &str = "marked-uuid";
const ADMIN: &str = "marked-admin";
const NOW: u64 = 1_700_000_000;

fn debug(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

fn credentials() -> Credentials {
    Credentials::new("fake-key", SECRET).unwrap()
}

fn builder() -> Builder {
    let key = Key::new(credentials()).quota(100).state(KeyState::Active);
    let rule = Rule::new(VendorError::InternalError).uuid(format!("{UUID}-other")).times(1);
    Sandbox::builder().key(key).rule(rule).admin_token(ADMIN).answers(Answers::default()).seed(1)
}

/// A request as a client sends it, and its sign.
fn request(secret: &str, scene: &str) -> (Request<Vec<u8>>, String) {
    let pair = Credentials::new("fake-key", secret).unwrap();
    let context = Context::new(Config::at("http://127.0.0.1:1", pair)).unwrap();
    let now = Moment { wall: UNIX_EPOCH + Duration::from_secs(NOW), ..Moment::now() };
    let request = GetBizToken::new(scene).uuid(UUID);
    let request = Call::new(&context, &request).next(now).unwrap().request;
    let form = String::from_utf8(request.body().clone()).unwrap();
    let sign = form.split("\r\n").nth(3).unwrap().to_owned();
    (request, sign)
}

#[test]
fn nothing_shows_what_it_holds() {
    let sandbox = builder().build();
    let now = UNIX_EPOCH + Duration::from_secs(NOW);
    let mut marks = vec![SECRET.to_owned(), UUID.to_owned(), ADMIN.to_owned()];
    let mut shown = Vec::new();
    let scenes = [
        "fake-scene",
        "sandbox:INTERNAL_ERROR",
        "sandbox:html502",
        "sandbox:reset",
        "sandbox:delay=1s+truncate",
    ];
    for (secret, scene) in
        [SECRET, "another"].into_iter().flat_map(|secret| scenes.map(|scene| (secret, scene)))
    {
        let (request, sign) = request(secret, scene);
        // Half of it is digest enough.
        marks.extend(
            [&sign, &STANDARD.encode(&sign), &STANDARD.encode(STANDARD.encode(&sign))]
                .map(|sign| sign[..40].to_owned()),
        );
        // As it is, with a line end changed, and each field under another name.
        let body = String::from_utf8(request.body().clone()).unwrap();
        let changes = ["\"sign\"", "\"sign_version\"", "\"liveness_id\"", "\"uuid\"", "hmac_sha1", "Content"];
        let bodies = changes.map(|change| body.replacen(change, "x", 1)).into_iter().chain([body.clone()]);
        let sign = &sign;
        // Where a sign does not belong: as another field's value, as a name, in the path.
        let swapped = ["sign_version", "liveness_id"].map(|name| {
            body.replacen("\"sign\"", "\"x\"", 1).replacen(name, "sign", 1).replacen(
                "\"x\"",
                &format!("\"{name}\""),
                1,
            )
        });
        let long_name = format!("{}{sign}", "x".repeat(20));
        let named = [sign, &long_name].map(|name| body.replacen("\"uuid\"", &format!("\"{name}\""), 1));
        // As a scene: in lines so short that none has a whole field of it, encoded again, and where it would be cut.
        let lines: String =
            sign.split_inclusive(|letter: char| letter.is_ascii_lowercase()).collect::<Vec<_>>().join("\r\n");
        let (again, late) = (STANDARD.encode(sign), format!("{}{sign}", "x".repeat(150)));
        let scenes = [lines, STANDARD.encode(&again), again, late];
        let scenes = scenes.map(|scene| body.replacen("\r\nfake-scene\r\n", &format!("\r\n{scene}\r\n"), 1));
        let path = format!("/{sign}");
        let elsewhere = [(body.clone(), path.as_str())];
        let bodies =
            bodies.chain(swapped).chain(named).chain(scenes).map(|body| (body, request.uri().path()));
        for (body, path) in bodies.chain(elsewhere).collect::<Vec<_>>() {
            let (mut head, _) = request.clone().into_parts();
            head.uri = path.parse().unwrap();
            let request = Request::from_parts(head, body.into_bytes());
            let answer = sandbox.answer(&request, now);
            let delivery: Delivery = Delivery::of(&answer);
            shown.push(debug(&delivery));
            shown.push(debug(answer.headers()));
            let read: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
            match read["biz_token"].as_str() {
                Some(token) => {
                    let claims: TokenClaims = sandbox.check_token(token, now).unwrap();
                    let error: TokenError =
                        sandbox.check_token(token, now + Duration::from_secs(7200)).unwrap_err();
                    shown.extend([debug(&claims), format!("{error} {}", debug(&error))]);
                    marks.push(token.to_owned());
                }
                None => shown.push(String::from_utf8_lossy(answer.body()).into_owned()),
            }
        }
    }
    let journal: Vec<Entry> = sandbox.journal();
    assert_eq!(journal.len(), 160);
    for entry in &journal {
        let field: Option<&Field> = entry.form.first();
        let check: Option<Check> = entry.failed;
        let way: Option<FaultBy> = entry.fault_by;
        let hash: Option<&SignHash> = entry.sign_hash.as_ref();
        let token: Option<&Unprinted> = entry.biz_token.as_ref();
        shown.extend([debug(entry), debug(&field), debug(&check), debug(&way), debug(&hash), debug(&token)]);
        shown.extend(
            [&entry.problem, &entry.error, &entry.liveness_id].into_iter().flatten().map(ToString::to_string),
        );
        shown.push(entry.path.to_string());
        for field in &entry.form {
            shown.push(format!("{} {}", field.name, field.value.as_deref().unwrap_or_default()));
        }
    }
    assert!(journal.iter().any(|entry| entry.fault_by.is_some()) && marks.len() > 13, "{}", marks.len());
    shown.extend([debug(&sandbox), debug(sandbox.settings()), debug(&builder())]);
    for text in shown {
        let text: String = text.split_whitespace().collect();
        assert!(marks.iter().all(|mark| !text.contains(mark)), "{text}");
    }
}

#[test]
fn settings_and_faults_show_no_mark() {
    let server: Server = builder().start().unwrap();
    let mut settings = Settings::default();
    settings.concurrency_status = ConcurrencyStatus::Forbidden;
    let rule = Rule::new(VendorError::InternalError).uuid(UUID);
    let matching: &Match = &rule.matching;
    let not_a_fault: NotAFault = format!("sandbox:{UUID}").parse::<Fault>().unwrap_err();
    let not_an_error: NotAnError = UUID.parse::<VendorError>().unwrap_err();
    let refused = serde_json::from_str::<Key>(&format!(r#"{{"api_key":"k","api_secret":"{SECRET}\n"}}"#));
    let unknown = serde_json::from_str::<Key>(&format!(r#"{{"api_key":"k","api_secret":"{SECRET}","x":1}}"#));
    let shown = [
        debug(&server),
        debug(&settings),
        debug(&rule),
        debug(matching),
        format!("{not_a_fault} {}", debug(&not_a_fault)),
        format!("{not_an_error} {}", debug(&not_an_error)),
        debug(&refused.unwrap_err()),
        debug(&unknown.unwrap_err()),
        debug(&Key::new(credentials())),
        debug(&Effect::Slow(NonZeroU32::MIN)),
        debug(&Broken::Reset),
    ];
    for text in shown {
        assert!(![SECRET, UUID, ADMIN].iter().any(|mark| text.contains(mark)), "{text}");
    }
}
