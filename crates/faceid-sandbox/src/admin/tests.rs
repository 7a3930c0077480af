//! `openapi.json` against the handlers, over a socket: each route stands in it, and each answer is as it says.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use faceid_types::{Call, Config, Context, Credentials, GetBizToken, Moment};
use serde_json::{Value, json};

use super::{Access, router};
use crate::settings::ConcurrencyStatus;
use crate::{Effect, Sandbox, demo_credentials};

const METHODS: [&str; 4] = ["get", "post", "put", "delete"];
const API: &str = "/{brand}/v5/sdk/get_biz_token";

fn document() -> Value {
    serde_json::from_str(include_str!("openapi.json")).unwrap()
}

/// Each operation: method, path, whether it stands below `/ns/{ns}` as well, and the description.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, bool, &Value)> {
    document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        let of_a_space = item.get("servers").is_some();
        METHODS
            .iter()
            .filter_map(move |method| Some((*method, path.as_str(), of_a_space, item.get(*method)?)))
    })
}

struct Answer {
    status: u16,
    content_type: String,
    allow: String,
    body: Vec<u8>,
}

/// What comes back until the server closes; of a stream, what is there at once. In HTTP/1.0, where no answer comes in chunks.
fn exchange(address: SocketAddr, method: &str, path: &str, head: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let head = format!("{} {path} HTTP/1.0\r\n{head}\r\n", method.to_uppercase());
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut received = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut piece) {
        received.extend_from_slice(&piece[..count]);
        if received.windows(11).any(|bytes| bytes == b": connected") {
            break;
        }
    }
    let end = received.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer");
    let head = String::from_utf8(received[..end].to_vec()).unwrap();
    let header = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_default().to_owned()
    };
    Answer {
        status: head[9..12].parse().unwrap(),
        content_type: header("content-type").split(';').next().unwrap().to_owned(),
        allow: header("allow"),
        body: received[end + 4..].to_vec(),
    }
}

fn with_body(body: &[u8]) -> String {
    format!("host: localhost\r\ncontent-length: {}\r\n", body.len())
}

/// Head and body of a right call of the vendor's API.
fn asking(liveness_id: &str) -> (String, Vec<u8>) {
    let context = Context::new(Config::at("http://127.0.0.1", demo_credentials())).unwrap();
    let request = GetBizToken::new(liveness_id).uuid("user-1");
    let request = Call::new(&context, &request).next(Moment::now()).unwrap().request;
    let kind = request.headers()["content-type"].to_str().unwrap();
    (format!("{}content-type: {kind}\r\n", with_body(request.body())), request.body().clone())
}

/// The router itself tells its routes, however they got into it.
#[test]
fn each_route_is_described() {
    let routes = format!(
        "{:?}",
        router(Sandbox::builder().build(), Access::default(), tokio::sync::watch::channel(false).1)
    );
    let (routes, _) = routes.split_once("fallback_router").unwrap();
    let routes = routes.split("RouteId(").filter_map(|rest| rest.split_once("): \"")?.1.split('"').next());
    // The page's own files are no part of the API, nor is what the router needs for itself.
    let is_file =
        |path: &str| path.rsplit('/').next().unwrap().contains('.') && !path.ends_with("openapi.json");
    let routes: BTreeSet<_> = routes.filter(|path| !path.contains("__private__") && !is_file(path)).collect();

    let server = Sandbox::builder().start().unwrap();
    let mut found = BTreeSet::new();
    for route in routes {
        let path = route.replace("{ns}", "test-1").replace("{id}", "1").replace(['{', '}'], "");
        let allow = exchange(server.address(), "BREW", &path, "host: localhost\r\n", b"").allow;
        assert!(!allow.is_empty(), "{route}");
        let methods = allow.split(',').map(str::to_lowercase).filter(|method| method != "head");
        found.extend(methods.map(|method| (method, route.to_owned())));
    }
    let document = document();
    let described: BTreeSet<_> = operations(&document)
        .filter(|(_, path, ..)| *path != API)
        .flat_map(|(method, path, of_a_space, _)| {
            let everywhere = [Some(path.to_owned()), of_a_space.then(|| format!("/ns/{{ns}}{path}"))];
            everywhere.into_iter().flatten().map(move |path| (method.to_owned(), path))
        })
        .collect();
    assert_eq!(found, described);
}

/// Against the schema, whose references are into the document.
fn fits(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let mut schema = schema.clone();
    schema["components"] = document["components"].clone();
    let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap();
    validator.validate(value).map_err(|error| format!("{error} at {}: {value}", error.instance_path()))
}

/// A reference into the document, or the value itself.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    value["$ref"].as_str().map_or(value, |to| document.pointer(&to[1..]).expect(to))
}

#[test]
fn each_answer_is_as_described() {
    let document = document();
    let server = Sandbox::builder().admin_token("fake-token").start().unwrap();
    let other_status =
        Sandbox::builder().concurrency_status(ConcurrencyStatus::TooManyRequests).start().unwrap();
    let mut shown = BTreeSet::new();
    let mut check =
        |address, method: &str, template: &str, path: &str, head: &str, body: &[u8], status: u16| {
            let name = format!("{method} {path} {}", String::from_utf8_lossy(body));
            let answer = exchange(address, method, path, head, body);
            let said = String::from_utf8_lossy(&answer.body).into_owned();
            assert_eq!(answer.status, status, "{name}: {said}");
            let operation = &document["paths"][template][method];
            let responses = operation["responses"].as_object().unwrap();
            let status = status.to_string();
            let key = if responses.contains_key(&status) { status.as_str() } else { "default" };
            let content = &resolved(&document, responses.get(key).expect(&name))["content"];
            if answer.content_type.is_empty() {
                assert!(content.is_null() && said.is_empty(), "{name}: {said}");
            } else {
                let value = match answer.content_type.as_str() {
                    "application/json" => serde_json::from_str(&said).unwrap(),
                    _ => Value::String(said),
                };
                let schema = &content[&answer.content_type]["schema"];
                assert!(!schema.is_null(), "{name}: {} is not described", answer.content_type);
                fits(&document, schema, &value).unwrap_or_else(|error| panic!("{name}: {error}"));
            }
            // What the description allows is taken, and what is refused it does not allow.
            let taken = &operation["requestBody"]["content"]["application/json"]["schema"];
            if let (false, Ok(body)) = (taken.is_null(), serde_json::from_slice::<Value>(body)) {
                match key {
                    "200" | "201" => fits(&document, taken, &body).unwrap(),
                    // Whether a text is a fault, a schema cannot say.
                    "400" if !name.contains("teapot") => {
                        assert!(fits(&document, taken, &body).is_err(), "{name}");
                    }
                    _ => {}
                }
            }
            shown.insert((template.to_owned(), method.to_owned(), key.to_owned()));
        };

    let address = server.address();
    let cases: [(&str, &str, u16); 8] = [
        ("faceid", "any-scene", 200),
        ("finauth", "any-scene", 200),
        ("ns/test-1/faceid", "any-scene", 200),
        ("faceid", "sandbox:BAD_ARGUMENTS=uuid+delay=1ms", 400),
        ("faceid", "sandbox:AUTHORIZATION_ERROR=LIMIT_REACHED", 403),
        ("faceid", "sandbox:API_NOT_FOUND", 404),
        ("faceid", "sandbox:INTERNAL_ERROR", 500),
        ("faceid", "sandbox:html502", 502),
    ];
    for (brand, liveness_id, status) in cases {
        let (head, body) = asking(liveness_id);
        check(address, "post", API, &format!("/{brand}/v5/sdk/get_biz_token"), &head, &body, status);
    }
    let path = "/faceid/v5/sdk/get_biz_token";
    let (head, body) = asking("sandbox:CONCURRENCY_LIMIT_EXCEEDED");
    check(other_status.address(), "post", API, path, &head, &body, 429);
    check(address, "post", API, path, "host: x\r\ncontent-length: 20000000\r\n", b"", 413);
    check(address, "post", API, path, &with_body(b"x"), b"x", 400);

    let of_key = |field: &str, value: Value| {
        let mut key = json!({ "api_key": "k", "api_secret": "fake-secret" });
        key[field] = value;
        key
    };
    let get: &[(&str, &str, u16)] = &[
        ("/__sandbox/journal", "", 200),
        ("/__sandbox/journal", "?limit=2&after=1&outcome=gateway", 200),
        ("/__sandbox/journal", "?api_key=x&liveness_id=y&request_id=z", 200),
        ("/__sandbox/journal", "?limit=-1", 400),
        ("/__sandbox/journal", "?limit=1&limit=1", 400),
        ("/__sandbox/journal", "?outcome=limit&limit=99999999999999999999", 400),
        ("/__sandbox/journal", "?outcome=tokens", 400),
        ("/__sandbox/journal", "?since=1", 400),
        ("/__sandbox/journal/{id}", "/1", 200),
        ("/__sandbox/journal/{id}", "/1000000", 404),
        ("/__sandbox/journal/{id}", "/one", 400),
        ("/__sandbox/events", "", 200),
        ("/__sandbox/rules", "", 200),
        ("/__sandbox/clock", "", 200),
        ("/__sandbox/metrics", "", 200),
        ("/__sandbox/config", "", 200),
        ("/__sandbox/keys", "", 200),
        ("/__sandbox/namespaces", "", 200),
        ("/__sandbox/health", "", 200),
        ("/__sandbox/openapi.json", "", 200),
        ("/__sandbox/", "", 200),
        ("/__sandbox", "", 308),
        ("/ns/{ns}/__sandbox/", "/x/__sandbox/", 200),
        ("/ns/{ns}/__sandbox", "/x/__sandbox", 308),
    ];
    let send: &[(&str, &str, &str, Value, u16)] = &[
        ("post", "/__sandbox/rules", "", json!({ "fault": "reset", "times": 1 }), 201),
        (
            "post",
            "/__sandbox/rules",
            "",
            json!({ "fault": "reset", "match": { "uuid": "x" }, "probability": 0.5, "seed": 1 }),
            201,
        ),
        ("post", "/__sandbox/rules", "", json!({ "fault": "teapot" }), 400),
        ("post", "/__sandbox/rules", "", json!({ "fault": "x".repeat(265) }), 400),
        ("post", "/__sandbox/rules", "", json!({ "fault": "reset", "time": 1 }), 400),
        ("post", "/__sandbox/rules", "", json!({ "fault": "reset", "probability": 2 }), 400),
        (
            "post",
            "/__sandbox/rules",
            "",
            json!({ "fault": "reset", "match": { "api_key": null, "liveness_id": null, "uuid": null }, "times": null,
                "probability": null, "seed": u64::MAX }),
            201,
        ),
        ("post", "/__sandbox/rules", "", json!({ "fault": "reset", "seed": null }), 201),
        ("post", "/__sandbox/rules", "", json!({ "fault": "reset", "seed": TOO_MANY }), 400),
        ("post", "/__sandbox/rules", "", json!({ "fault": "reset", "match": null }), 400),
        ("delete", "/__sandbox/rules/{id}", "/0", Value::Null, 204),
        ("delete", "/__sandbox/rules/{id}", "/0", Value::Null, 404),
        ("delete", "/__sandbox/rules/{id}", "/zero", Value::Null, 400),
        ("put", "/__sandbox/clock", "", json!({ "offset": -60 }), 200),
        ("put", "/__sandbox/clock", "", json!({ "frozen_at": 1_700_000_000 }), 200),
        ("put", "/__sandbox/clock", "", json!({ "offset": 0 }), 200),
        ("put", "/__sandbox/clock", "", json!({ "offset": 0, "frozen_at": null }), 200),
        ("put", "/__sandbox/clock", "", json!({ "offset": null, "frozen_at": 5 }), 200),
        ("put", "/__sandbox/clock", "", json!({ "offset": null, "frozen_at": null }), 400),
        ("put", "/__sandbox/clock", "", json!({ "offset": null }), 400),
        ("put", "/__sandbox/clock", "", json!({}), 400),
        ("put", "/__sandbox/clock", "", json!({ "offset": 1, "frozen_at": 1 }), 400),
        ("put", "/__sandbox/clock", "", json!({ "offset": 253_402_300_800_i64 }), 400),
        ("put", "/__sandbox/clock", "", json!({ "offset": i64::MIN }), 400),
        ("put", "/__sandbox/clock", "", json!({ "frozen_at": 253_402_300_800_i64 }), 400),
        ("put", "/__sandbox/clock", "", json!({ "frozen_at": -1 }), 400),
        ("put", "/__sandbox/clock", "", json!({ "offset": "an hour" }), 400),
        (
            "post",
            "/__sandbox/keys",
            "",
            json!({ "api_key": "k", "api_secret": "fake-secret", "state": "denied", "quota": 1,
                "concurrency": 2, "allowed_ips": ["::1"] }),
            200,
        ),
        ("post", "/__sandbox/keys", "", of_key("quota", json!(u64::MAX)), 200),
        ("post", "/__sandbox/keys", "", of_key("quota", Value::Null), 200),
        ("post", "/__sandbox/keys", "", of_key("quota", json!(TOO_MANY)), 400),
        ("post", "/__sandbox/keys", "", of_key("concurrency", json!(TOO_MANY)), 400),
        ("post", "/__sandbox/keys", "", of_key("api_key", json!("")), 400),
        ("post", "/__sandbox/keys", "", of_key("api_key", json!("a&b")), 400),
        ("post", "/__sandbox/keys", "", of_key("api_key", json!(" k")), 400),
        ("post", "/__sandbox/keys", "", of_key("api_key", json!("k k~'")), 200),
        ("post", "/__sandbox/keys", "", of_key("api_secret", json!("")), 400),
        ("post", "/__sandbox/keys", "", of_key("api_secret", json!("fake-secret\n")), 400),
        ("post", "/__sandbox/keys", "", of_key("api_secret", json!("a fake\nsecret")), 200),
        ("post", "/__sandbox/keys", "", of_key("state", Value::Null), 400),
        ("post", "/__sandbox/keys", "", of_key("allowed_ips", json!(["10.0.0.0/8"])), 400),
        ("post", "/__sandbox/keys", "", of_key("allowed_ips", json!(["10.0.0.1", "::ffff:10.0.0.1"])), 200),
        ("post", "/__sandbox/keys", "", json!({ "api_key": "k" }), 400),
        ("delete", "/__sandbox/keys/{api_key}", "/k%20k~'", Value::Null, 204),
        ("delete", "/__sandbox/keys/{api_key}", "/k", Value::Null, 204),
        ("delete", "/__sandbox/keys/{api_key}", "/k", Value::Null, 404),
        ("post", "/__sandbox/inspect", "", json!({ "sign": "x" }), 200),
        ("post", "/__sandbox/inspect", "", json!({ "sign": STRANGE }), 200),
        ("post", "/__sandbox/inspect", "", json!({ "sign": 1 }), 400),
        ("delete", "/__sandbox/namespaces/{name}", "/test-1", Value::Null, 204),
        ("delete", "/__sandbox/namespaces/{name}", "/test-1", Value::Null, 404),
        ("delete", "/__sandbox/rules", "", Value::Null, 204),
        ("delete", "/__sandbox/journal", "", Value::Null, 204),
        ("post", "/__sandbox/reset", "", Value::Null, 204),
    ];
    let get = get.iter().map(|(path, rest, status)| ("get", *path, *rest, Value::Null, *status));
    // What concerns a space first of all, while that is as it was.
    for (method, template, rest, body, status) in get.chain(send.iter().cloned()) {
        let path = format!("{}{rest}", template.split("/{").next().unwrap());
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        check(address, method, template, &path, &with_body(&body), &body, status);
    }
    // There are no rules now, and the demo key alone.
    let sandbox = server.sandbox();
    for number in 1..1000 {
        sandbox.add_rule(Effect::Reset);
        sandbox.put_key(Credentials::new(format!("k{number}"), "fake-secret").unwrap());
    }
    let key = |name: &str| json!({ "api_key": name, "api_secret": "another-fake-secret" });
    let full = [
        ("/__sandbox/rules", json!({ "fault": "reset" }), 201),
        ("/__sandbox/rules", json!({ "fault": "reset" }), 409),
        ("/__sandbox/keys", key("one-more"), 409),
        ("/__sandbox/keys", key("k999"), 200),
    ];
    for (path, body, status) in full {
        let body = body.to_string().into_bytes();
        check(address, "post", path, path, &with_body(&body), &body, status);
    }

    // Who may not, and where there is no place, is the same for all.
    for number in 0..64 {
        let path = format!("/ns/n{number}/__sandbox/clock");
        let body = br#"{"offset":0}"#;
        check(address, "put", "/__sandbox/clock", &path, &with_body(body), body, 200);
    }
    for (method, template, of_a_space, operation) in operations(&document) {
        let path = template.replace("{id}", "1");
        let responses = &operation["responses"];
        let foreign = ["host: example.com\r\n", "host: localhost\r\norigin: http://localhost:1\r\n"];
        let outside = "host: localhost\r\nx-forwarded-for: 192.0.2.1\r\n";
        if template != API {
            check(address, method, template, &path, foreign[0], b"", 403);
        }
        if responses.get("401").is_some() {
            check(address, method, template, &path, foreign[1], b"", 403);
            check(address, method, template, &path, outside, b"", 401);
        }
        if of_a_space && template != API {
            check(address, method, template, &format!("/ns/a~b{path}"), "host: localhost\r\n", b"", 400);
            check(address, method, template, &format!("/ns/..{path}"), "host: localhost\r\n", b"", 400);
        }
        if responses.get("503").is_some() {
            check(address, method, template, &format!("/ns/other{path}"), "host: localhost\r\n", b"", 503);
        }
        if responses.get("413").is_some() && template != API {
            let long = vec![b' '; 2_000_000];
            check(address, method, template, &path, &with_body(&long), &long, 413);
        }
    }

    let described: BTreeSet<_> = operations(&document)
        .flat_map(|(method, path, _, operation)| {
            let statuses = operation["responses"].as_object().unwrap().keys();
            statuses.map(move |status| (path.to_owned(), method.to_owned(), status.clone()))
        })
        // That takes ten seconds.
        .filter(|(.., status)| status != "408")
        .collect();
    assert_eq!(shown, described);
}

/// One more than the greatest number of 64 bits.
const TOO_MANY: f64 = 18_446_744_073_709_551_616.0;

/// The sign of a key that no sandbox has: of the vendor's own vector.
const STRANGE: &str = "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0JmI9MTUzMDc2MjIxOCZjPTE1MzA3NjIxMTgmZD0wNzk5Njg3MDY2";
