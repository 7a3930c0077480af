//! Requests to the sandbox: each is answered as documented, and what gets a token is a form to another reader too.
//!
//! A line with the path, one with the content type, then the body. In it a byte 1 stands for a sign that is right.

#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};

use faceid_fuzz::{API_KEY, API_SECRET, NOW, is_plain, parts, signed};
use faceid_sandbox::{Sandbox, VendorError};
use faceid_sign::Credentials;
use http::{HeaderValue, Request, Uri};
use libfuzzer_sys::{Corpus, fuzz_target};

static SIGN: LazyLock<String> = LazyLock::new(|| {
    let raw = format!("a={API_KEY}&b={}&c={NOW}&d=0123456789", NOW + 100);
    signed(API_SECRET.as_bytes(), raw.as_bytes())
});
static CREDENTIALS: LazyLock<Credentials> =
    LazyLock::new(|| Credentials::new(API_KEY, API_SECRET).expect("a pair"));
static SANDBOX: LazyLock<Sandbox> =
    LazyLock::new(|| Sandbox::builder().key(CREDENTIALS.clone()).seed(1).build());

fuzz_target!(|data: &[u8]| -> Corpus {
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    let (Some(path), Some(content_type), Some(template)) = (lines.next(), lines.next(), lines.next()) else {
        return Corpus::Reject;
    };
    let (Ok(uri), Ok(content_type)) = (Uri::try_from(path), HeaderValue::from_bytes(content_type)) else {
        return Corpus::Reject;
    };
    let mut body = Vec::with_capacity(template.len());
    for &byte in template {
        match byte {
            1 => body.extend_from_slice(SIGN.as_bytes()),
            byte => body.push(byte),
        }
    }
    let mut request = Request::new(body);
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = uri;
    request.headers_mut().insert("content-type", content_type);

    // Rules, counts and the journal would make an input mean something else the next time.
    SANDBOX.reset();
    let response = SANDBOX.answer(&request, UNIX_EPOCH + Duration::from_secs(NOW));
    let status = response.status().as_u16();
    let shown = format!("{:?}", SANDBOX.journal());
    if !data.windows(API_SECRET.len()).any(|part| part == API_SECRET.as_bytes()) {
        assert!(!shown.contains(API_SECRET), "{shown}");
    }
    // What stands in a field that holds no secret is shown as it is.
    const IN_ITS_FIELD: &[u8] =
        b"--B\r\nContent-Disposition: form-data; name=\"sign\"\r\n\r\n\x01\r\n--B\r\n";
    if template.starts_with(IN_ITS_FIELD) && template.iter().filter(|byte| **byte == 1).count() == 1 {
        assert!(!shown.contains(&**SIGN), "{shown}");
    }
    if let Some(hint) = response.headers().get("x-faceid-sandbox-hint") {
        assert!(is_plain(hint.to_str().expect("ASCII")));
    }
    if response.headers()["content-type"] != "application/json" {
        // What a gateway would say: a fault that was asked for, or too many namespaces.
        return Corpus::Keep;
    }
    let answer: Option<serde_json::Value> = serde_json::from_slice(response.body()).ok();
    let Some(answer) = answer else { return Corpus::Keep };
    match answer["error"].as_str() {
        Some(error) => {
            let known: Result<VendorError, _> = error.parse();
            assert!(known.is_ok() && [400, 403, 404, 429, 500].contains(&status), "{status} {error}");
        }
        None => {
            assert!(status == 200 && answer["biz_token"].as_str().is_some_and(|token| !token.is_empty()));
            // By value and not by name: whether a backslash in a name escapes, and whether a capital makes another name,
            // no standard decides, and what gets a token is decided by the values.
            let content_type = request.headers()["content-type"].to_str().expect("what was read is text");
            let lines = request.body().iter().filter(|byte| **byte == b'\n').count();
            if multer::parse_boundary(content_type).is_err() || lines > 32 {
                // It takes no blank before a semicolon, which the standard allows, and at most 32 headers.
                return Corpus::Keep;
            }
            let parts = parts(content_type, request.body()).expect("a form to another reader too");
            let verifies = |value: &[u8]| {
                std::str::from_utf8(value).is_ok_and(|sign| CREDENTIALS.verify(sign, NOW).is_ok())
            };
            assert!(parts.iter().any(|part| verifies(&part.value)));
            assert!(parts.iter().any(|part| part.value == b"hmac_sha1"));
        }
    }
    Corpus::Keep
});
