//! What goes out: the request to the byte, and forms read back by a parser that is not ours.

use std::borrow::Cow;

use faceid_types::{Answer, Call, Config, Context, DecodeFault, Endpoint, Form, GetBizToken, Invalid};
use proptest::prelude::*;

use crate::script::{Clock, Part, context, credentials, parts, request, text_of};

#[test]
fn a_request_to_the_byte() {
    let context = context();
    let attempt = Call::new(&context, &request()).next(Clock::new().now()).unwrap();
    let request = attempt.request;
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://api-sgp.megvii.com/faceid/v5/sdk/get_biz_token");

    let content_type = request.headers()["content-type"].to_str().unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!(boundary.len() <= 70, "RFC 2046: {boundary}");
    let version = env!("CARGO_PKG_VERSION");
    let mut headers: Vec<_> = request.headers().iter().map(|(name, value)| (name.as_str(), value)).collect();
    headers.sort_unstable_by_key(|(name, _)| *name);
    assert_eq!(
        headers,
        [
            ("accept", &"application/json".parse().unwrap()),
            ("accept-encoding", &"identity".parse().unwrap()),
            ("content-type", &content_type.parse().unwrap()),
            ("user-agent", &format!("faceid-rust/{version}").parse().unwrap()),
        ]
    );

    let sign = text_of(&request, "sign");
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"sign\"\r\n\r\n{sign}\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"sign_version\"\r\n\r\nhmac_sha1\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"liveness_id\"\r\n\r\nfake-scene\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"uuid\"\r\n\r\nuser-1\r\n\
         --{boundary}--\r\n"
    );
    assert_eq!(String::from_utf8(request.into_body()).unwrap(), expected);
}

#[test]
fn without_a_uuid_there_is_no_such_field() {
    let (context, request) = (context(), GetBizToken::new("场景 \"1\""));
    let attempt = Call::new(&context, &request).next(Clock::new().now()).unwrap();
    let parts = parts(&attempt.request);
    let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["sign", "sign_version", "liveness_id"]);
    assert_eq!(parts[2].value, "场景 \"1\"".as_bytes());
    assert!(parts.iter().all(|part| part.file_name.is_none() && part.content_type.is_none()));
}

#[test]
fn where_a_request_goes() {
    let cases = [
        ("https://api.megvii.com", "/faceid", "https://api.megvii.com/faceid/v5/sdk/get_biz_token"),
        ("https://api.megvii.com/", "faceid/", "https://api.megvii.com/faceid/v5/sdk/get_biz_token"),
        ("https://api.yljz.com", "/finauth", "https://api.yljz.com/finauth/v5/sdk/get_biz_token"),
        ("https://gw.test:8443/a/b", "", "https://gw.test:8443/a/b/v5/sdk/get_biz_token"),
        ("http://127.0.0.1:9", "/faceid", "http://127.0.0.1:9/faceid/v5/sdk/get_biz_token"),
        ("http://[::1]:9", "/faceid", "http://[::1]:9/faceid/v5/sdk/get_biz_token"),
    ];
    for (base, prefix, expected) in cases {
        let context = Context::new(Config::at(base, credentials()).path_prefix(prefix)).unwrap();
        let attempt = Call::new(&context, &request()).next(Clock::new().now()).unwrap();
        assert_eq!(attempt.request.uri(), expected);
    }
}

/// An endpoint with fields of all kinds.
#[derive(Debug, Clone)]
struct Fields(Vec<(&'static str, Value)>);

#[derive(Debug, Clone)]
enum Value {
    Text(String),
    Personal(String),
    File(String, &'static str, Vec<u8>),
}

impl Endpoint for Fields {
    type Response = ();

    const PATH: &'static str = "/v5/sdk/fields";
    const REPEATABLE: bool = false;

    fn write<'a>(&'a self, form: &mut Form<'a>) -> Result<(), Invalid> {
        for (name, value) in &self.0 {
            match value {
                Value::Text(text) => form.text(name, text),
                Value::Personal(text) => form.personal(name, Cow::Owned(text.clone())),
                Value::File(file_name, content_type, content) => {
                    form.file(name, file_name, content_type, content)
                }
            };
        }
        Ok(())
    }

    fn read(_: &Answer<'_>) -> Result<(), DecodeFault> {
        Ok(())
    }
}

/// As browsers write a name. [HTML, multipart/form-data encoding]
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

fn expected((name, value): &(&'static str, Value)) -> Part {
    let (file_name, content_type, value) = match value {
        Value::Text(text) | Value::Personal(text) => (None, None, text.clone().into_bytes()),
        Value::File(file_name, content_type, content) => {
            (Some(escaped(file_name)), Some((*content_type).to_owned()), content.clone())
        }
    };
    Part { name: escaped(name), file_name, content_type, value }
}

/// Values that are made of what a form is made of.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "(\r\n|\r|\n|--|--faceid-[0-9a-f]{0,32}|Content-Disposition: form-data; name=\"sign\"|\"|;|用|\0){0,12}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    // A backslash before the closing quote is read as an escape by some parsers: no name that a camera gives has one.
    let file_name = prop_oneof!["[^\\p{Cc}\\\\]{0,30}", "(\r|\n|\"|;| |name=\"sign\"|用|[a-z.]){0,12}"];
    let content_type = prop_oneof![Just("image/jpeg"), Just("application/octet-stream")];
    let content =
        prop_oneof![proptest::collection::vec(any::<u8>(), 0..200), text().prop_map(String::into_bytes)];
    prop_oneof![
        text().prop_map(Value::Text),
        text().prop_map(Value::Personal),
        (file_name, content_type, content).prop_map(|(name, kind, content)| Value::File(name, kind, content)),
    ]
}

fn fields() -> impl Strategy<Value = Fields> {
    let name = prop_oneof![
        Just("biz_no"),
        Just("image"),
        Just("a \"quoted\"\r\nname"),
        Just("姓名"),
        Just("filename=x"),
        Just("sign"),
    ];
    proptest::collection::vec((name, value()), 0..8).prop_map(Fields)
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(fields in fields()) {
        let context = context();
        let attempt = Call::new(&context, &fields).next(Clock::new().now()).unwrap();
        let mut read = parts(&attempt.request);
        let own: Vec<_> = read.drain(..2).map(|part| part.name).collect();
        prop_assert_eq!(own, ["sign", "sign_version"]);
        prop_assert_eq!(read, fields.0.iter().map(expected).collect::<Vec<_>>());
    }
}
