//! What the sandbox goes by: its seed, and each choice that the vendor leaves open, with its default.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::settings::ConcurrencyStatus;
use crate::{Sandbox, Settings};

pub(super) async fn read(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "seed": sandbox.seed(),
        "settings": shown(sandbox.settings()),
        "defaults": shown(&Settings::default()),
    }))
}

/// Times are in seconds; null is no limit.
fn shown(settings: &Settings) -> Value {
    let Settings {
        clock_skew,
        longest_validity,
        furthest_future,
        single_use_window,
        request_id_on_errors,
        time_used_on_errors,
        hint_header,
        concurrency_status,
        unknown_fields,
        liveness_ids,
        token_lifetime,
        answers,
    } = settings;
    let seconds = |time: &Option<Duration>| time.map(|time| time.as_secs());
    json!({
        "clock_skew": clock_skew.as_secs(),
        "longest_validity": seconds(longest_validity),
        "furthest_future": seconds(furthest_future),
        "single_use_window": seconds(single_use_window),
        "request_id_on_errors": request_id_on_errors,
        "time_used_on_errors": time_used_on_errors,
        "hint_header": hint_header,
        "concurrency_status": match concurrency_status {
            ConcurrencyStatus::Forbidden => 403,
            ConcurrencyStatus::TooManyRequests => 429,
        },
        "unknown_fields": unknown_fields,
        "liveness_ids": liveness_ids,
        "token_lifetime": token_lifetime.as_secs(),
        "answers": answers,
    })
}
