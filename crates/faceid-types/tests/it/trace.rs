//! The span of an attempt, as a subscriber gets it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use faceid_types::TransportKind;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::script::{Reply, answer, ask, context, echo, error, failure, request, text_of, token};

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

#[test]
fn each_attempt_is_a_span_with_these_fields() {
    let id = r#"{"error":"authorization_error:Denied","request_id":"id-2"}"#;
    let script = [
        failure(TransportKind::NeverSent),
        answer(500, "<html>"),
        answer(403, id),
    ];
    let (_, spans) = traced(|| ask(&context(), script));
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
        let fields: BTreeMap<&str, &str> = span
            .fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_eq!(fields, expected);
        assert_eq!(
            (span.name.as_str(), span.target.as_str()),
            ("faceid.attempt", "faceid")
        );
        assert_eq!(span.handles, 0, "it has ended");
    }
}

#[test]
fn a_success_has_no_error_type() {
    let (run, spans) = traced(|| ask(&context(), [token()]));
    assert!(run.result.is_ok());
    assert_eq!(spans[0].fields["http.response.status_code"], "200");
    assert_eq!(spans[0].fields["faceid.request_id"], "1531397037,c1223c5b");
    assert!(!spans[0].fields.contains_key("error.type"));
}

#[test]
fn a_call_that_is_dropped_ends_its_span() {
    let ((), spans) = traced(|| {
        let (context, request) = (context(), request());
        let mut call = faceid_types::Call::new(&context, &request);
        let _ = call.next(crate::script::Clock::new().now()).unwrap();
    });
    assert_eq!((spans.len(), spans[0].handles), (1, 0));
}

#[test]
fn nothing_secret_is_in_a_span() {
    let marked = request().uuid("marked-uuid");
    let replies: [fn(&str) -> Reply; 5] = [
        |sign| error(400, &format!("{sign}: marked-uuid")),
        |sign| error(403, &format!("AUTHORIZATION_ERROR: {sign} marked-uuid")),
        |sign| {
            answer(
                200,
                format!(r#"{{"request_id":"{sign}","biz_token":"marked-token"}}"#),
            )
        },
        |sign| answer(403, format!(r#"{{"request_id":"{sign} marked-uuid"}}"#)),
        |sign| answer(404, format!("{sign} marked-uuid")),
    ];
    for reply in replies {
        let mut sign = String::new();
        let (_, spans) = traced(|| {
            let _ = echo(&context(), &marked, |attempt| {
                sign = text_of(&attempt.request, "sign");
                reply(&sign)
            });
        });
        let shown = format!("{spans:?}");
        assert!(!shown.contains("marked") && !shown.contains(&sign), "{shown}");
        assert!(
            !shown.contains("fake-secret") && !shown.contains("user-1"),
            "{shown}"
        );
    }
}
