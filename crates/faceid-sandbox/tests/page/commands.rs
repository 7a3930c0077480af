//! The commands that the page gives, in the shell that a reader has.

use std::process::Command;

use faceid_sandbox::{Sandbox, Server};
use http::{Method, Request};
use serde_json::json;

use crate::browser::Browser;
use crate::{STORY_IS_OPEN, form, page};

/// The program's `faceid sign`, for a shell that has it not: by openssl.
const FACEID: &str = r#"faceid() {
    [ -n "$FACEID_API_SECRET" ] || return 1
    local now=$(date +%s) raw
    raw="a=$FACEID_API_KEY&b=$((now + 100))&c=$now&d=$RANDOM"
    { printf %s "$raw" | openssl dgst -sha1 -hmac "$FACEID_API_SECRET" -binary; printf %s "$raw"; } | openssl base64 -A
}
"#;

/// What a command writes, and whether it ends well and soon.
fn run(command: &str) -> (bool, String) {
    let script = format!("{FACEID}{command}");
    let output = Command::new("timeout").args(["20", "bash", "-c", &script]).output().unwrap();
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    (output.status.success(), said.concat())
}

fn open(browser: &Browser, id: usize) -> String {
    browser.value(&format!("location.hash = '#request/{id}'"));
    browser.wait(&format!("document.getElementById('story-title')?.innerText === 'Request {id}'"));
    browser.wait(STORY_IS_OPEN);
    browser.text("#story .again")
}

fn command(browser: &Browser) -> String {
    browser.value("document.querySelector('#story .again pre').textContent").as_str().unwrap().to_owned()
}

#[test]
fn a_command_asks_for_the_same() {
    let Some((server, browser)) = page("en-US") else { return };
    let sign = form::sign();
    let bare = |method: &str, path: &str| {
        let request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
        form::answer(&server, &request.body(Vec::new()).unwrap());
    };
    let asked = |sign: (&str, &str), scene: &str| {
        form::ask(&server, &[sign, ("sign_version", "hmac_sha1"), ("liveness_id", scene)], &[]);
    };
    bare("HEAD", "/faceid/v5/sdk/get_biz_token");
    bare("POST", "/faceid/{a,b}/[1-3]");
    bare("GET", "/faceid/../x/./y");
    bare("GET", "/@x");
    asked(("sign", &sign), "any scene, it's 100% & more");
    asked(("sign", "nonsense"), "any-scene");
    let count = server.sandbox().journal().len();
    for id in 1..=count {
        open(&browser, id);
        let command = command(&browser);
        let (is_good, said) = run(&command);
        assert!(is_good && !said.contains("curl: ("), "{command}\n{said}");
        let journal = server.sandbox().journal();
        assert_eq!(journal.len(), count + id, "{command}\n{said}");
        let (first, again) = (&journal[id - 1], &journal[count + id - 1]);
        assert_eq!((&first.method, &first.path), (&again.method, &again.path), "{command}");
        // Of one that was no right form it is not known.
        assert!(first.liveness_id.is_none() || first.liveness_id == again.liveness_id, "{command}");
        let status = if id > 4 { Some(200) } else { first.status };
        assert_eq!(again.status, status, "{command}\n{said}");
    }
    // A sign that is not made is not sent.
    let (is_good, said) = run(&format!("faceid() {{ return 1; }}\n{}", command(&browser)));
    assert!(!is_good && server.sandbox().journal().len() == 2 * count, "{said}");
}

#[test]
fn what_is_not_kept_has_no_command() {
    let Some((server, browser)) = page("en-US") else { return };
    let sign = form::sign();
    let long = "s".repeat(600);
    let asked = |scene: &str, headers: &[(&str, &str)]| {
        form::request(&[("sign", &sign), ("sign_version", "hmac_sha1"), ("liveness_id", scene)], headers)
    };
    let file = [("sign\"; filename=\"sign", &*sign), form::REST[0], form::REST[1]];
    let in_query = Request::post(format!("{}?sign=x", form::PATH)).body(Vec::new()).unwrap();
    let body = |kind: &str, body: &str| {
        Request::post(form::PATH).header("content-type", kind).body(body.to_owned().into_bytes()).unwrap()
    };
    // a request, and what is told to be missing
    let cases = [
        (asked(&long, &[]), "liveness_id"),
        (asked("any-scene", &[("x-faceid-sandbox-fault", "TEAPOT")]), "x-faceid-sandbox-fault"),
        (asked("any-scene", &[("content-encoding", "gzip")]), "the header Content-Encoding"),
        (form::request(&file, &[]), "the file name"),
        (in_query, "the query"),
        (body("application/x-www-form-urlencoded", "sign=x&sign_version=hmac_sha1"), "the body"),
        (body("application/json", r#"{"sign": "x"}"#), "the body"),
        (body("multipart/form-data; boundary=B", "--B\r\n"), "the body"),
        (body("multipart/form-data; boundary=B", &"x".repeat(1 << 21)), "the body"),
    ];
    for (at, (request, missing)) in cases.into_iter().enumerate() {
        form::answer(&server, &request);
        let text = open(&browser, at + 1);
        assert!(text.contains(missing), "{text}");
        assert_eq!(browser.value("document.querySelector('#story .again pre')"), json!(null), "{text}");
        browser.value(&format!("location.hash = '#languages/go/{}'", at + 1));
        browser.wait("document.querySelector('#languages pre') !== null");
        let run = browser.text("#languages pre");
        assert!(!run.contains("ssss"), "{run}");
    }
}

/// Its certificate is of an authority that no machine knows.
#[cfg(feature = "tls")]
#[test]
fn over_tls_a_command_says_whom_it_trusts() {
    let Some(browser) = Browser::start("en-US") else { return };
    let server = Sandbox::builder().tls().start().unwrap();
    let folder =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("page-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("ca.pem"), server.ca_pem().unwrap()).unwrap();
    let run_there = |command: &str| run(&format!("cd {:?}\n{command}", folder.display()));
    browser.open(&format!("{}/__sandbox/", server.url()));
    let first = browser.value("document.querySelector('#empty pre').textContent");
    assert!(browser.text("#empty").contains("--ca-out"));
    let (is_good, said) = run_there(first.as_str().unwrap());
    assert!(is_good && said.contains("biz_token"), "{said}");
    browser.wait("document.querySelectorAll('#rows tr').length === 1");
    assert!(open(&browser, 1).contains("--ca-out"));
    let (is_good, said) = run_there(&command(&browser));
    assert!(is_good && said.contains("biz_token"), "{said}");
    is_one(&server, 2);
}

#[cfg(feature = "tls")]
fn is_one(server: &Server, count: usize) {
    assert_eq!(server.sandbox().journal().len(), count);
}
