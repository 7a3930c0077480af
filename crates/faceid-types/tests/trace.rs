//! The span of an attempt, as a subscriber gets it.
//!
//! A process of its own: `tracing` remembers for the whole process whether anybody listens, and other tests do not.

#![cfg(feature = "tracing")]

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use faceid_types::{
    BizToken, Call, Config, Context, Credentials, Error, GetBizToken, Moment, Region, Step, TransportError,
    TransportKind,
};
use http::Response;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

type Outcome = Result<Response<Vec<u8>>, TransportError>;

#[derive(Debug, Default, Clone)]
struct Span {
    name: String,
    target: String,
    fields: BTreeMap<&'static str, String>,
    handles: usize,
}

/// Keeps all it is told.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Span>>>);

impl Visit for Span {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}

impl Collector {
    fn with<T>(&self, id: &Id, change: impl FnOnce(&mut Span) -> T) -> T {
        let mut spans = self.0.lock().unwrap();
        change(&mut spans[usize::try_from(id.into_u64()).unwrap() - 1])
    }
}

impl Subscriber for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut span = Span {
            name: attributes.metadata().name().to_owned(),
            target: attributes.metadata().target().to_owned(),
            handles: 1,
            ..Span::default()
        };
        attributes.record(&mut span);
        let mut spans = self.0.lock().unwrap();
        spans.push(span);
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, id: &Id, record: &Record<'_>) {
        self.with(id, |span| record.record(span));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        panic!("no event is documented: {event:?}");
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}

    fn clone_span(&self, id: &Id) -> Id {
        self.with(id, |span| span.handles += 1);
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        self.with(&id, |span| {
            span.handles -= 1;
            span.handles == 0
        })
    }
}

fn traced<T>(body: impl FnOnce() -> T) -> (T, Vec<Span>) {
    let collector = Collector::default();
    let result = tracing::subscriber::with_default(collector.clone(), body);
    let spans = collector.0.lock().unwrap().clone();
    (result, spans)
}

fn answer(status: u16, body: impl Into<Vec<u8>>) -> Response<Vec<u8>> {
    Response::builder().status(status).body(body.into()).unwrap()
}

fn context() -> Context {
    let credentials = Credentials::new("fake-key", "fake-secret").unwrap();
    Context::new(Config::new(Region::Singapore, credentials)).unwrap()
}

/// A call that is answered so, each answer made from the sign that was sent.
fn ask(replies: &[&dyn Fn(&str) -> Outcome]) -> Result<BizToken, Error> {
    let (context, request) = (context(), GetBizToken::new("fake-scene").uuid("marked-uuid"));
    let mut now = Moment::now();
    let mut call = Call::new(&context, &request);
    let mut replies = replies.iter();
    loop {
        let attempt = call.next(now)?;
        let form = String::from_utf8(attempt.request.into_body()).unwrap();
        let (_, sign) = form.split_once("name=\"sign\"\r\n\r\n").unwrap();
        let (sign, _) = sign.split_once("\r\n").unwrap();
        match call.finish(replies.next().unwrap()(sign), now) {
            Step::Done(result) => return result,
            Step::Retry(wait) => now.steady += wait,
        }
    }
}

#[test]
fn each_attempt_is_a_span_with_these_fields() {
    let id = r#"{"error":"authorization_error:Denied","request_id":"id-2"}"#;
    let (result, spans) = traced(|| {
        ask(&[&|_| Err(TransportKind::NeverSent.into()), &|_| Ok(answer(500, "<html>")), &|_| {
            Ok(answer(403, id))
        }])
    });
    assert_eq!(result.unwrap_err().attempts(), 3);
    let rest: [&[(&str, &str)]; 3] = [
        &[("error.type", "never_sent")],
        &[("http.response.status_code", "500"), ("error.type", "api")],
        &[
            ("http.response.status_code", "403"),
            ("error.type", "AUTHORIZATION_ERROR: DENIED"),
            ("faceid.request_id", "id-2"),
        ],
    ];
    assert_eq!(spans.len(), 3);
    for (nth, (span, rest)) in spans.iter().zip(rest).enumerate() {
        let (attempt, resend) = ((nth + 1).to_string(), nth.to_string());
        let mut expected: BTreeMap<&str, &str> = BTreeMap::from([
            ("otel.kind", "client"),
            ("http.request.method", "POST"),
            ("server.address", "api-sgp.megvii.com"),
            ("faceid.endpoint", "/v5/sdk/get_biz_token"),
            ("faceid.attempt", &attempt),
            ("http.request.resend_count", &resend),
        ]);
        expected.extend(rest.iter().copied());
        let fields: BTreeMap<&str, &str> =
            span.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(fields, expected);
        assert_eq!((span.name.as_str(), span.target.as_str()), ("faceid.attempt", "faceid"));
        assert_eq!(span.handles, 0, "it has ended");
    }
}

#[test]
fn a_success_has_no_error_type() {
    let token = r#"{"biz_token":"t","request_id":"id-1"}"#;
    let (result, spans) = traced(|| ask(&[&|_| Ok(answer(200, token))]));
    assert!(result.is_ok());
    assert_eq!(spans[0].fields["http.response.status_code"], "200");
    assert_eq!(spans[0].fields["faceid.request_id"], "id-1");
    assert!(!spans[0].fields.contains_key("error.type"));
}

#[test]
fn a_call_that_is_dropped_ends_its_span() {
    let ((), spans) = traced(|| {
        let (context, request) = (context(), GetBizToken::new("fake-scene"));
        let mut call = Call::new(&context, &request);
        let _ = call.next(Moment::now()).unwrap();
    });
    assert_eq!((spans.len(), spans[0].handles), (1, 0));
}

#[test]
fn nothing_secret_is_in_a_span() {
    let replies: [fn(&str) -> Response<Vec<u8>>; 5] = [
        |sign| answer(400, format!(r#"{{"error":"{sign}: marked-uuid"}}"#)),
        |sign| answer(403, format!(r#"{{"error":"AUTHORIZATION_ERROR: {sign} marked-uuid"}}"#)),
        |sign| answer(200, format!(r#"{{"request_id":"{sign}","biz_token":"marked-token"}}"#)),
        |sign| answer(403, format!(r#"{{"request_id":"{sign} marked-uuid"}}"#)),
        |sign| answer(404, format!("{sign} marked-uuid")),
    ];
    for reply in replies {
        let signs = Mutex::new(Vec::new());
        let (_, spans) = traced(|| {
            ask(&[&|sign| {
                signs.lock().unwrap().push(sign.to_owned());
                Ok(reply(sign))
            }])
        });
        let shown = format!("{spans:?}");
        let signs = signs.into_inner().unwrap();
        assert_eq!((spans.len(), signs.len()), (1, 1));
        assert!(!shown.contains(&signs[0]), "{shown}");
        assert!(!shown.contains("marked") && !shown.contains("fake-secret"), "{shown}");
    }
}
