//! Counts for Prometheus.

use std::fmt::Write as _;

use axum::extract::State;
use http::header::{CONTENT_TYPE, HeaderName};

use super::space::InSpace;
use crate::Sandbox;

pub(super) async fn read(
    State(sandbox): State<Sandbox>,
    InSpace(space): InSpace,
) -> ([(HeaderName, &'static str); 1], String) {
    let tallies = space.journal.tallies();
    let inner = &sandbox.inner;
    let mut text = String::new();
    let mut metric = |name: &str, kind: &str, help: &str, samples: Vec<(String, String)>| {
        let _ = writeln!(text, "# HELP faceid_sandbox_{name} {help}\n# TYPE faceid_sandbox_{name} {kind}");
        for (suffix, value) in samples {
            let _ = writeln!(text, "faceid_sandbox_{name}{suffix} {value}");
        }
    };
    let requests =
        tallies.iter().map(|(outcome, tally)| (label("outcome", outcome), tally.requests.to_string()));
    metric("requests_total", "counter", "Requests answered, by what came of them.", requests.collect());
    let times = tallies.iter().flat_map(|(outcome, tally)| {
        let label = label("outcome", outcome);
        [
            (format!("_sum{label}"), tally.took.as_secs_f64().to_string()),
            (format!("_count{label}"), tally.requests.to_string()),
        ]
    });
    metric(
        "request_seconds",
        "summary",
        "Time from a request's head to the end of its answer, as took_ms in the journal.",
        times.collect(),
    );
    let keys = inner.keys.all();
    let in_flight = keys.iter().map(|key| (label("api_key", &key.name), key.in_flight().to_string()));
    metric("in_flight", "gauge", "Requests in flight, by key.", in_flight.collect());
    let one = |value: usize| vec![(String::new(), value.to_string())];
    metric("used_signs", "gauge", "Single-use signs that are remembered.", one(inner.used.len()));
    metric("namespaces", "gauge", "Namespaces besides the main one.", one(inner.spaces.names().len()));
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}

fn label(name: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{{{name}=\"{value}\"}}")
}
