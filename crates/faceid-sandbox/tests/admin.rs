//! The sandbox's own API over a socket: who may call it, and what it does. Its shapes are checked against its
//! description in `src/admin/tests.rs`.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use faceid_sandbox::{Fault, Key, KeyState, Rule, Sandbox, Server, demo_credentials};
use faceid_sign::{Stamp, Validity};
use faceid_types::{Call, Config, Context, GetBizToken, Moment};
use http::Request;
use serde_json::{Value, json};

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream
}

/// A request with this head, and the answer's status and body.
fn exchange(server: &Server, head: &str, body: &[u8]) -> (u16, String) {
    let mut stream = connect(server);
    let head = format!("{head}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

/// In HTTP/1.0, where no answer comes in chunks.
fn call(server: &Server, line: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let (status, body) = exchange(server, &format!("{line} HTTP/1.0\r\nhost: localhost"), body.as_bytes());
    (status, if body.is_empty() { Value::Null } else { serde_json::from_str(&body).unwrap() })
}

/// A right call of the vendor's API.
fn asking(liveness_id: &str) -> Request<Vec<u8>> {
    let context = Context::new(Config::at("http://127.0.0.1", demo_credentials())).unwrap();
    let request = GetBizToken::new(liveness_id).uuid("user-1");
    Call::new(&context, &request).next(Moment::now()).unwrap().request
}

/// The status of one.
fn ask(server: &Server, namespace: &str, liveness_id: &str) -> u16 {
    let request = asking(liveness_id);
    let kind = request.headers()["content-type"].to_str().unwrap();
    let line = format!("POST {namespace}{} HTTP/1.1", request.uri().path());
    exchange(server, &format!("{line}\r\nhost: any.name\r\ncontent-type: {kind}"), request.body()).0
}

#[test]
fn who_may_call() {
    let closed = Sandbox::builder().start().unwrap();
    let open = Sandbox::builder().admin_token("fake-token").allow_host("faceid.test").start().unwrap();
    let elsewhere = "host: localhost\r\nx-forwarded-for: 192.0.2.1";
    let with = |more: &str| format!("{elsewhere}\r\nauthorization: {more}");
    let of = |host: &str, origin: &str| format!("host: {host}\r\norigin: {origin}");
    // a name, the sandbox, the head, the status
    let cases: &[(&str, &Server, &str, u16)] = &[
        ("localhost", &closed, "host: localhost", 200),
        ("with a port", &closed, "host: LocalHost:8080", 200),
        ("an address", &closed, "host: 127.0.0.1:8080", 200),
        ("an address of IPv6", &closed, "host: [::1]:8080", 200),
        ("a rebound name", &closed, "host: evil.example", 403),
        ("a name that begins well", &closed, "host: localhost.evil.example", 403),
        ("a name that was not allowed", &closed, "host: faceid.test", 403),
        ("a name that was", &open, "host: FaceID.test:80", 200),
        ("a name that is not that one", &open, "host: x.faceid.test", 403),
        ("no name", &closed, "x: y", 403),
        ("two names", &closed, "host: localhost\r\nhost: localhost", 403),
        ("its own page", &closed, &of("localhost:80", "http://localhost:80"), 200),
        ("another port's page", &closed, &of("localhost:80", "http://localhost:81"), 403),
        ("another name's page", &closed, &of("localhost", "https://evil.example"), 403),
        ("its own page by another scheme", &closed, &of("localhost", "ftp://localhost"), 403),
        ("a page without an origin", &closed, &of("localhost", "null"), 403),
        ("typed into a browser", &closed, "host: localhost\r\nsec-fetch-site: none", 200),
        ("its own page, without an origin", &closed, "host: localhost\r\nsec-fetch-site: same-origin", 200),
        ("an image on another page", &closed, "host: localhost\r\nsec-fetch-site: cross-site", 403),
        ("an image on another port's page", &closed, "host: localhost\r\nsec-fetch-site: same-site", 403),
        ("through a proxy", &closed, elsewhere, 403),
        ("through a proxy of the standard", &closed, "host: localhost\r\nforwarded: for=192.0.2.1", 403),
        ("a token that there is not", &closed, &with("Bearer fake-token"), 403),
        ("no token", &open, elsewhere, 401),
        ("the token", &open, &with("bearer fake-token"), 200),
        ("another token", &open, &with("Bearer fake-tokem"), 401),
        ("half a token", &open, &with("Bearer fake"), 401),
        ("an empty token", &open, &with("Bearer "), 401),
        ("another scheme", &open, &with("Basic fake-token"), 401),
        (
            "the token on another origin's page",
            &open,
            &with("Bearer fake-token\r\norigin: https://evil.example"),
            403,
        ),
    ];
    for (name, server, head, expected) in cases {
        let (status, body) = exchange(server, &format!("GET /__sandbox/keys HTTP/1.1\r\n{head}"), b"");
        assert_eq!(status, *expected, "{name}: {body}");
        assert_eq!(body.contains("sandbox-demo-key"), *expected == 200, "{name}: {body}");
    }
    // The vendor's API is for whoever has a key, by whatever name.
    assert_eq!(ask(&closed, "", "any-scene"), 200);
}

#[test]
fn what_it_changes() {
    let server = Sandbox::builder().start().unwrap();
    // a call, its body, what becomes of it, and what a request then gets
    let cases: &[(&str, Value, u16, u16)] = &[
        ("POST /__sandbox/rules", json!({ "fault": "INTERNAL_ERROR" }), 201, 500),
        ("DELETE /__sandbox/rules", Value::Null, 204, 200),
        ("PUT /__sandbox/clock", json!({ "offset": 3600 }), 200, 403),
        ("PUT /__sandbox/clock", json!({ "frozen_at": 1_700_000_000 }), 200, 200),
        ("PUT /__sandbox/clock", json!({ "frozen_at": 4_000_000_000_u64 }), 200, 403),
        ("POST /__sandbox/reset", Value::Null, 204, 200),
        (
            "POST /__sandbox/keys",
            json!({ "api_key": "sandbox-demo-key", "api_secret": "sandbox-demo-secret", "quota": 1 }),
            200,
            200,
        ),
        ("POST /__sandbox/rules", json!({ "fault": "teapot" }), 400, 403),
        ("POST /__sandbox/reset", Value::Null, 204, 200),
        ("DELETE /__sandbox/keys/sandbox-demo-key", Value::Null, 204, 403),
    ];
    for (line, body, status, then) in cases {
        assert_eq!(call(&server, line, body).0, *status, "{line} {body}");
        assert_eq!(ask(&server, "", "any-scene"), *then, "after {line} {body}");
    }
}

#[test]
fn what_is_refused_is_named() {
    let server = Sandbox::builder().start().unwrap();
    let key = |field: &str, value: Value| {
        let mut key = json!({ "api_key": "k", "api_secret": "fake-secret" });
        key[field] = value;
        key
    };
    let outcomes = "outcome: one of token, MISSING_ARGUMENTS, BAD_ARGUMENTS, AUTHENTICATION_ERROR, \
                    AUTHORIZATION_ERROR, CONCURRENCY_LIMIT_EXCEEDED, API_NOT_FOUND, INTERNAL_ERROR, gateway, reset, \
                    limit is wanted";
    // a call, its body, and words of what is said
    let cases: &[(&str, Value, &str)] = &[
        ("GET /__sandbox/journal?limit=-1", Value::Null, "limit: a whole number from 0 on is wanted"),
        ("GET /__sandbox/journal?after=x", Value::Null, "after: a whole number"),
        ("GET /__sandbox/journal?outcome=403", Value::Null, outcomes),
        ("GET /__sandbox/journal?since=1", Value::Null, "other than limit, after, outcome"),
        ("GET /__sandbox/journal?api_key=a&api_key=a", Value::Null, "api_key: it is there more than once"),
        ("GET /__sandbox/journal/one", Value::Null, "the path: its last part is no id"),
        ("POST /__sandbox/rules", json!([{ "fault": "reset" }]), "the body: a JSON object is wanted"),
        ("POST /__sandbox/rules", json!(["reset"]), "the body: a JSON object is wanted"),
        ("PUT /__sandbox/clock", json!({}), "offset or frozen_at is wanted"),
        ("PUT /__sandbox/clock", json!({ "offset": 1, "frozen_at": 1 }), "and not both"),
        ("PUT /__sandbox/clock", json!({ "offset": i64::MAX }), "offset: seconds from -253402300799 to"),
        ("PUT /__sandbox/clock", json!({ "frozen_at": u64::MAX }), "frozen_at: a UNIX time in seconds up to"),
        ("PUT /__sandbox/clock", json!({ "frozen_at": -1 }), "frozen_at: invalid value"),
        ("POST /__sandbox/rules", json!({ "fault": "sandbox:503" }), "fault: a gateway's page is html"),
        ("POST /__sandbox/rules", json!({ "fault": "reset", "times": -1 }), "times: invalid value"),
        ("POST /__sandbox/rules", json!({ "fault": "reset", "times": 0 }), "times: a number of 1 or more"),
        (
            "POST /__sandbox/rules",
            json!({ "fault": "reset", "match": { "liveness_id": "" } }),
            "match.liveness_id: a text is wanted that is not empty",
        ),
        (
            "POST /__sandbox/rules",
            json!({ "fault": "reset", "probability": 2 }),
            "probability: a number from 0",
        ),
        ("POST /__sandbox/rules", json!({ "fault": "reset", "match": { "uuid": 1 } }), "match.uuid: invalid"),
        (
            "POST /__sandbox/keys",
            key("allowed_ips", json!(["::1", "10.0.0.0/8"])),
            "allowed_ips[1]: invalid IP",
        ),
        ("POST /__sandbox/keys", key("quota", json!("many")), "quota: invalid type"),
        ("POST /__sandbox/keys", key("state", json!("on")), "state: unknown variant"),
    ];
    for (line, body, words) in cases {
        let (status, answer) = call(&server, line, body);
        let error = answer["error"].as_str().unwrap();
        assert!(status == 400 && error.contains(words), "{line} {body}: {status} {error}");
    }
}

#[test]
fn namespaces_are_apart() {
    let server = Sandbox::builder().start().unwrap();
    assert_eq!(call(&server, "POST /ns/a/__sandbox/rules", &json!({ "fault": "reset" })).0, 201);
    assert_eq!(call(&server, "POST /ns/b/__sandbox/rules", &json!({ "fault": "html502" })).0, 201);
    assert_eq!((ask(&server, "/ns/b", "scene"), ask(&server, "/ns/c", "scene")), (502, 200));
    assert_eq!(ask(&server, "", "scene"), 200);
    let journal = |namespace: &str| {
        let (_, journal) = call(&server, &format!("GET {namespace}/__sandbox/journal"), &Value::Null);
        journal["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["outcome"].clone())
            .collect::<Vec<_>>()
    };
    let outcomes = ["", "/ns/a", "/ns/b", "/ns/c"].map(journal);
    assert_eq!(outcomes, [vec![json!("token")], vec![], vec![json!("gateway")], vec![json!("token")]]);
    assert_eq!(call(&server, "DELETE /__sandbox/namespaces/b", &Value::Null).0, 204);
    assert_eq!(ask(&server, "/ns/b", "scene"), 200, "made anew, without its rule");
}

/// Nobody takes all the places by a typo or by a page's images.
#[test]
fn looking_makes_no_namespace() {
    let server = Sandbox::builder().start().unwrap();
    let api = "/faceid/v5/sdk/get_biz_token";
    // a request, its status, and the namespaces that there are then
    let cases: &[(&str, u16, &[&str])] = &[
        ("GET /ns/t/", 404, &[]),
        ("POST /ns/t/", 404, &[]),
        (&format!("GET /ns/t{api}"), 404, &[]),
        (&format!("POST /ns/t{api}s"), 404, &[]),
        ("GET /ns/t/__sandbox/", 200, &[]),
        ("GET /ns/t/__sandbox/journal", 200, &[]),
        ("GET /ns/t/__sandbox/journal/1", 404, &[]),
        ("GET /ns/t/__sandbox/rules", 200, &[]),
        ("GET /ns/t/__sandbox/clock", 200, &[]),
        ("GET /ns/t/__sandbox/metrics", 200, &[]),
        ("DELETE /ns/t/__sandbox/rules", 204, &[]),
        ("DELETE /ns/t/__sandbox/journal", 204, &[]),
        ("POST /ns/t/__sandbox/reset", 204, &[]),
        (&format!("POST /ns/t{api} HTTP/1.1\r\nsec-fetch-site: cross-site\r\nx:"), 400, &[]),
        (&format!("POST /ns/t{api}"), 400, &["t"]),
    ];
    for (line, status, namespaces) in cases {
        let found = exchange(&server, &format!("{line} HTTP/1.1\r\nhost: localhost"), b"").0;
        assert_eq!((found, &*server.sandbox().namespaces()), (*status, &*to_owned(namespaces)), "{line}");
    }
    assert_eq!(call(&server, "POST /ns/r/__sandbox/rules", &json!({ "fault": "reset" })).0, 201);
    assert_eq!(call(&server, "PUT /ns/c/__sandbox/clock", &json!({ "offset": 1 })).0, 200);
    assert_eq!(server.sandbox().namespaces(), ["c", "r", "t"]);
    // What came to none is found where somebody looks.
    let paths: Vec<_> = server.sandbox().journal().iter().map(|entry| entry.path.to_string()).collect();
    let (right, wrong) = (format!("/ns/t{api}"), format!("/ns/t{api}s"));
    assert_eq!(paths, ["/ns/t/", "/ns/t/", &right, &wrong, &right]);
}

fn to_owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// By the namespace's clock and into its journal, as any other.
#[test]
fn what_is_too_long_is_its_namespace_s() {
    let server = Sandbox::builder().start().unwrap();
    assert_eq!(call(&server, "PUT /ns/a/__sandbox/clock", &json!({ "frozen_at": 1_700_000_000 })).0, 200);
    for namespace in ["a", "b"] {
        let mut stream = connect(&server);
        let head = format!("POST /ns/{namespace}/faceid/v5/sdk/get_biz_token HTTP/1.1\r\nhost: x\r\n");
        let head = format!("{head}expect: 100-continue\r\ncontent-length: 3000000\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        let frozen = answer.contains("\r\ndate: Tue, 14 Nov 2023 22:13:20 GMT\r\n");
        assert_eq!(frozen, namespace == "a", "{answer}");
    }
    let sandbox = server.sandbox();
    // There is no b: that it is not made for this is as with all that is no call.
    let counts = [sandbox.namespace_journal_after("a", 0).len(), sandbox.journal().len()];
    assert_eq!((counts, sandbox.namespaces()), ([1, 1], vec!["a".to_owned()]));
}

/// Also where the start was another than the machine's own time.
#[test]
fn reset_is_as_at_the_start() {
    let server = Sandbox::builder().clock_offset(3600).start().unwrap();
    let offset = |namespace: &str| {
        let (_, clock) = call(&server, &format!("GET {namespace}/__sandbox/clock"), &Value::Null);
        clock["offset"].clone()
    };
    assert_eq!((offset(""), offset("/ns/a")), (json!(3600), json!(3600)));
    for namespace in ["", "/ns/a"] {
        assert_eq!(
            call(&server, &format!("PUT {namespace}/__sandbox/clock"), &json!({ "offset": 0 })).0,
            200
        );
        assert_eq!(ask(&server, namespace, "any-scene"), 200);
        assert_eq!(call(&server, &format!("POST {namespace}/__sandbox/reset"), &Value::Null).0, 204);
        assert_eq!(offset(namespace), json!(3600));
        assert_eq!(ask(&server, namespace, "any-scene"), 403, "what was signed just now has expired");
    }
}

/// As the service's own: but a seed that somebody chose has all come again.
#[test]
fn ids_repeat_by_a_chosen_seed_alone() {
    for (seed, distinct) in [(None, 6), (Some(1), 2)] {
        let builder = Sandbox::builder().frozen_at(1_700_000_000);
        let server = match seed {
            Some(seed) => builder.seed(seed),
            None => builder,
        };
        let server = server.start().unwrap();
        let mut ids = HashSet::new();
        for (namespace, end) in [("", "POST /__sandbox/reset"), ("/ns/a", "DELETE /__sandbox/namespaces/a")] {
            for _ in 0..3 {
                assert_eq!(ask(&server, namespace, "scene"), 200);
                let (_, journal) = call(&server, &format!("GET {namespace}/__sandbox/journal"), &Value::Null);
                ids.insert(journal["entries"][0]["request_id"].as_str().unwrap().to_owned());
                assert_eq!(call(&server, end, &Value::Null).0, 204);
            }
        }
        assert_eq!(ids.len(), distinct, "{seed:?}");
    }
}

/// A count that is over is no reason for a rule to stand in the way of the next.
#[test]
fn a_rule_happens_when_something_does() {
    let server = Sandbox::builder()
        .rule(Rule::new("INTERNAL_ERROR*1".parse::<Fault>().unwrap()).times(2))
        .rule("AUTHORIZATION_ERROR=DENIED*2".parse::<Fault>().unwrap())
        .start()
        .unwrap();
    let statuses: Vec<_> = (0..4).map(|_| ask(&server, "", "scene")).collect();
    assert_eq!(statuses, [500, 403, 403, 200]);
    let (_, answer) = call(&server, "GET /__sandbox/rules", &Value::Null);
    let happened: Vec<_> =
        answer["rules"].as_array().unwrap().iter().map(|rule| rule["happened"].clone()).collect();
    assert_eq!(happened, [json!(1), json!(2)]);
}

/// Each rule has counts of its own, and so has what requests ask for themselves.
#[test]
fn rules_count_apart() {
    let server = Sandbox::builder().start().unwrap();
    let once = || "INTERNAL_ERROR*1".parse::<Fault>().unwrap();
    let first = server.sandbox().add_rule(once());
    let head =
        "POST /faceid/v5/sdk/get_biz_token HTTP/1.1\r\nhost: x\r\nx-faceid-sandbox-fault: INTERNAL_ERROR*1";
    let request = asking("scene");
    let kind = request.headers()["content-type"].to_str().unwrap();
    assert_eq!(exchange(&server, &format!("{head}\r\ncontent-type: {kind}"), request.body()).0, 500);
    assert_eq!(ask(&server, "", "scene"), 500, "the header's was another");
    assert!(server.sandbox().remove_rule(first));
    let [second, third] = [(); 2].map(|()| server.sandbox().add_rule(once()));
    let statuses: Vec<_> = (0..3).map(|_| ask(&server, "", "scene")).collect();
    assert_eq!(statuses, [500, 500, 200], "as of rules {second} and {third}");
}

/// What was observed stays so, whatever becomes of the journal.
#[test]
fn an_observer_is_told_of_each_request() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let server = Sandbox::builder()
        .observer({
            let told = Arc::clone(&told);
            move |namespace, entry| told.lock().unwrap().push((namespace.map(str::to_owned), entry.id))
        })
        .start()
        .unwrap();
    for (namespace, end) in [("", "POST /__sandbox/reset"), ("/ns/a", "DELETE /__sandbox/namespaces/a")] {
        for _ in 0..2 {
            assert_eq!(ask(&server, namespace, "scene"), 200);
            assert_eq!(call(&server, end, &Value::Null).0, 204);
        }
    }
    let (main, of_a) = (|id| (None, id), |id| (Some("a".to_owned()), id));
    assert_eq!(*told.lock().unwrap(), [main(1), main(2), of_a(1), of_a(1)]);
}

/// More than are put into words at once, and as many.
#[test]
fn a_long_journal_comes_whole() {
    let server = Sandbox::builder().start().unwrap();
    for wanted in [128, 130] {
        while server.sandbox().journal().len() < wanted {
            assert_eq!(ask(&server, "", "scene"), 200);
        }
        let (status, answer) = call(&server, "GET /__sandbox/journal?limit=1000", &Value::Null);
        let ids: Vec<_> =
            answer["entries"].as_array().unwrap().iter().map(|entry| entry["id"].as_u64()).collect();
        assert_eq!((status, ids), (200, (1..=wanted as u64).map(Some).collect()));
        let mut events = watch(&server, "/__sandbox/events", "last-event-id: 0\r\n");
        for id in 1..=wanted {
            assert_eq!(next_id(&mut events), Some(id.to_string()));
        }
    }
}

/// Whoever reads on from the last one that came misses none.
#[test]
fn a_journal_is_read_in_pages() {
    let server = Sandbox::builder().start().unwrap();
    for _ in 0..5 {
        assert_eq!(ask(&server, "", "scene"), 200);
    }
    // what is asked for, and the ids of what comes
    let cases: [(&str, &[u64]); 6] = [
        ("limit=2", &[4, 5]),
        ("after=0&limit=2", &[1, 2]),
        ("after=2&limit=2", &[3, 4]),
        ("after=4&limit=2", &[5]),
        ("after=0&limit=2&outcome=token", &[1, 2]),
        ("after=5", &[]),
    ];
    for (query, expected) in cases {
        let (_, answer) = call(&server, &format!("GET /__sandbox/journal?{query}"), &Value::Null);
        let entries = answer["entries"].as_array().unwrap();
        let ids: Vec<_> = entries.iter().map(|entry| entry["id"].as_u64().unwrap()).collect();
        assert_eq!(ids, expected, "{query}");
    }
}

/// The rest is gone by then, and not held for it.
#[test]
fn who_reads_slowly_gets_what_is_still_there() {
    const ALL: usize = 10_000;

    let server = Sandbox::builder().start().unwrap();
    let request = asking("scene");
    for _ in 0..ALL {
        assert_eq!(server.sandbox().answer(&request, SystemTime::now()).status(), 200);
    }
    let mut stream = connect(&server);
    let head = format!("GET /__sandbox/journal?limit={ALL} HTTP/1.0\r\nhost: localhost\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = vec![0; 1 << 16];
    stream.read_exact(&mut answer).unwrap();
    server.sandbox().reset();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let answer: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    let entries = answer["entries"].as_array().unwrap();
    assert!((1..ALL).contains(&entries.len()), "{}", entries.len());
}

#[test]
fn events_come_as_requests_do() {
    let server = Sandbox::builder().start().unwrap();
    assert_eq!(ask(&server, "", "before"), 200);
    let mut stream = connect(&server);
    stream.write_all(b"GET /__sandbox/events HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    assert!(lines.any(|line| line == ": connected"));
    for (liveness_id, status) in [("<script>", 200), ("sandbox:INTERNAL_ERROR", 500)] {
        assert_eq!(ask(&server, "", liveness_id), status);
        let data = lines.find_map(|line| line.strip_prefix("data: ").map(str::to_owned)).unwrap();
        let entry: Value = serde_json::from_str(&data).unwrap();
        assert_eq!((&entry["liveness_id"], &entry["status"]), (&json!(liveness_id), &json!(status)));
    }
}

/// Who was cut off gets what came meanwhile, as a browser's `EventSource` asks for it.
#[test]
fn events_go_on_where_they_broke_off() {
    let server = Sandbox::builder().start().unwrap();
    for _ in 0..3 {
        assert_eq!(ask(&server, "", "scene"), 200);
    }
    // the id that came last, and those that come with the next request
    let cases: [(&str, &[u64]); 5] = [
        ("1", &[2, 3, 4]),
        ("3", &[4, 5]),
        ("0", &[1, 2, 3, 4, 5, 6]),
        // Of a sandbox that was here before.
        ("99", &[1, 2, 3, 4, 5, 6, 7]),
        ("none", &[8]),
    ];
    for (last, expected) in cases {
        let mut stream = connect(&server);
        let head =
            format!("GET /__sandbox/events HTTP/1.1\r\nhost: localhost\r\nlast-event-id: {last}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
        assert!(lines.any(|line| line == ": connected"));
        ask(&server, "", "scene");
        let ids = lines.filter_map(|line| line.strip_prefix("id: ").map(|id| id.parse().unwrap()));
        assert_eq!(ids.take(expected.len()).collect::<Vec<u64>>(), expected, "{last}");
    }
}

/// Whoever looks hears of what others change.
#[test]
fn events_tell_of_changes() {
    let server = Sandbox::builder().start().unwrap();
    let mut lines = watch(&server, "/__sandbox/events", "");
    let calls = [
        ("PUT /__sandbox/clock", json!({ "offset": 60 })),
        ("POST /__sandbox/rules", json!({ "fault": "reset" })),
        ("DELETE /__sandbox/rules/0", Value::Null),
        ("DELETE /__sandbox/rules", Value::Null),
        ("DELETE /__sandbox/journal", Value::Null),
        ("POST /ns/t/__sandbox/rules", json!({ "fault": "reset" })),
        ("DELETE /__sandbox/namespaces/t", Value::Null),
        ("POST /__sandbox/reset", Value::Null),
    ];
    for (line, body) in calls {
        assert!(call(&server, line, &body).0 < 300, "{line}");
        assert!(lines.any(|line| line == "event: change"), "{line}");
    }
    // And then again of what comes.
    ask(&server, "", "scene");
    assert_eq!(next_id(&mut lines).as_deref(), Some("1"));
}

/// What the service would say of a sign now, and not only whether it is one.
#[test]
fn a_sign_that_is_looked_at() {
    let sign = |validity| {
        let stamp = Stamp::now().unwrap();
        demo_credentials().sign(&stamp, validity).unwrap().expose().to_owned()
    };
    let key = |state| Key::new(demo_credentials()).state(state);
    let builder = Sandbox::builder;
    // how the sandbox is set up, the sign, whether it is used before, and what is said of it
    let cases = [
        (builder(), sign(Validity::Once), false, None),
        (builder(), sign(Validity::Once), true, Some("used before")),
        (builder(), sign(Validity::default()), true, None),
        (builder().key(key(KeyState::Discontinued)), sign(Validity::Once), false, Some("discontinued")),
        (builder().key(key(KeyState::Denied)), sign(Validity::Once), false, Some("denied")),
        (
            builder().longest_validity(Some(Duration::from_secs(10))),
            sign(Validity::default()),
            false,
            Some("valid for 100 s"),
        ),
    ];
    for (builder, sign, is_used, says) in cases {
        let server = builder.start().unwrap();
        if is_used {
            let mut request = asking("scene");
            let body = String::from_utf8(request.body().clone()).unwrap();
            *request.body_mut() = body.replacen(body.split("\r\n").nth(3).unwrap(), &sign, 1).into_bytes();
            assert_eq!(server.sandbox().answer(&request, SystemTime::now()).status(), 200);
        }
        let (status, said) = call(&server, "POST /__sandbox/inspect", &json!({ "sign": sign }));
        assert_eq!((status, &said["valid"]), (200, &json!(says.is_none())), "{said}");
        assert!(said["problem"].as_str().unwrap_or_default().contains(says.unwrap_or_default()), "{said}");
    }
}

/// The lines of an event stream, from its beginning on.
fn watch(server: &Server, path: &str, headers: &str) -> impl Iterator<Item = String> + use<> {
    let mut stream = connect(server);
    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    assert!(lines.any(|line| line == ": connected"));
    lines
}

fn next_id(lines: &mut impl Iterator<Item = String>) -> Option<String> {
    lines.find_map(|line| line.strip_prefix("id: ").map(str::to_owned))
}

/// Whoever watches a namespace hears of it before it is there, and when it is gone.
#[test]
fn events_end_with_their_namespace() {
    let server = Sandbox::builder().start().unwrap();
    for removal in ["DELETE /__sandbox/namespaces/t", "POST /__sandbox/reset"] {
        let mut lines = watch(&server, "/ns/t/__sandbox/events", "");
        assert_eq!(server.sandbox().namespaces(), [""; 0], "watching makes none");
        for expected in ["1", "2"] {
            assert_eq!(ask(&server, "/ns/t", "scene"), 200);
            assert_eq!(next_id(&mut lines).as_deref(), Some(expected));
        }
        let mut of_main = watch(&server, "/__sandbox/events", "");
        assert_eq!(call(&server, removal, &Value::Null).0, 204);
        assert_eq!(next_id(&mut lines), None, "{removal}");
        ask(&server, "", "scene");
        assert!(next_id(&mut of_main).is_some(), "{removal}");

        // As a browser's EventSource comes again.
        ask(&server, "/ns/t", "scene");
        let mut lines = watch(&server, "/ns/t/__sandbox/events", "last-event-id: 2\r\n");
        assert_eq!(next_id(&mut lines).as_deref(), Some("1"), "{removal}");
        assert_eq!(call(&server, "DELETE /__sandbox/namespaces/t", &Value::Null).0, 204);
    }
}

#[test]
fn metrics_count() {
    let server = Sandbox::builder().start().unwrap();
    for liveness_id in ["scene", "scene", "sandbox:INTERNAL_ERROR"] {
        ask(&server, "", liveness_id);
    }
    // A counter falls at a reset alone.
    assert_eq!(call(&server, "DELETE /__sandbox/journal", &Value::Null).0, 204);
    let (_, metrics) = exchange(&server, "GET /__sandbox/metrics HTTP/1.1\r\nhost: localhost", b"");
    for line in [
        "# TYPE faceid_sandbox_requests_total counter",
        "faceid_sandbox_requests_total{outcome=\"token\"} 2",
        "faceid_sandbox_requests_total{outcome=\"INTERNAL_ERROR\"} 1",
        "faceid_sandbox_request_seconds_count{outcome=\"token\"} 2",
        "faceid_sandbox_in_flight{api_key=\"sandbox-demo-key\"} 0",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line}: {metrics}");
    }
}
