//! What a client tells of itself, as Prometheus reads it.

#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use faceid_blocking::{AttemptRecord, Client, ErrorCode, Gauges, GetBizToken};

/// Attempts and their seconds, by what came of them.
#[derive(Clone, Default)]
struct Metrics(Arc<Mutex<BTreeMap<(&'static str, String), (u64, f64)>>>);

impl Metrics {
    fn observe(&self, record: &AttemptRecord<'_>) {
        // What the server writes beyond its list is no label: it could be anything.
        let code = match record.code {
            None => String::new(),
            Some(ErrorCode::Other(_)) => "other".to_owned(),
            Some(known) => known.as_str().to_owned(),
        };
        let mut attempts = self.0.lock().expect("no holder panics");
        let (count, seconds) = attempts.entry((record.outcome.as_str(), code)).or_default();
        *count += 1;
        *seconds += record.duration.as_secs_f64();
    }

    fn render(&self, gauges: Gauges) -> String {
        let mut text = String::new();
        for ((outcome, code), (count, seconds)) in &*self.0.lock().expect("no holder panics") {
            let labels = format!("{{outcome=\"{outcome}\",code=\"{code}\"}}");
            let _ = writeln!(text, "faceid_attempts_total{labels} {count}");
            let _ = writeln!(text, "faceid_attempt_seconds_total{labels} {seconds:.6}");
        }
        let _ = writeln!(text, "faceid_calls_in_flight {}", gauges.in_flight);
        let _ = writeln!(text, "faceid_retry_quota {}", gauges.retry_quota);
        let _ = writeln!(text, "faceid_clock_correction_seconds {}", gauges.clock_correction);
        text
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let service = examples::service()?;
    let metrics = Metrics::default();
    let observer = metrics.clone();
    let client = Client::new(service.config.observer(move |record| observer.observe(record)))?;

    client.send(&GetBizToken::new(service.liveness_id))?;
    if service.sandbox.is_some() {
        // The sandbox fails once on request; the second attempt succeeds.
        client.send(&GetBizToken::new("sandbox:INTERNAL_ERROR*1"))?;
    }
    print!("{}", metrics.render(client.gauges()));
    Ok(())
}
