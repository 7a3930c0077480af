//! The journal as JSON: some of it, or one request.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::UNIX_EPOCH;
use std::{iter, mem};

use axum::Json;
use axum::body::Body;
use axum::extract::Query;
use axum::response::IntoResponse;
use faceid_sign::Nonce;
use futures_util::{StreamExt as _, stream};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tokio::task::yield_now;

use super::Failure;
use super::reply::Named;
use super::rules::Id;
use super::space::InSpace;
use crate::space::Space;
use crate::{Broken, Check, Entry, FaultBy};

/// How many entries are put into words at once: all of a full journal would take 300 MiB, and keep other requests waiting.
pub(super) const AT_ONCE: usize = 64;

/// Which entries. Each is a filter, and all of them together.
#[derive(Default)]
struct Wanted {
    /// So many: with `after` the first ones, else the newest.
    limit: Option<usize>,
    /// Those with a greater id.
    after: Option<u64>,
    outcome: Option<String>,
    api_key: Option<String>,
    liveness_id: Option<String>,
    request_id: Option<String>,
}

impl Wanted {
    fn read(query: Vec<(String, String)>) -> Result<Self, String> {
        let mut wanted = Self::default();
        for (name, value) in query {
            let number = || value.parse().map_err(|_| format!("{name}: a whole number from 0 on is wanted"));
            let twice = match name.as_str() {
                "limit" => wanted
                    .limit
                    .replace(number().map(|limit: u64| usize::try_from(limit).unwrap_or(usize::MAX))?)
                    .is_some(),
                "after" => wanted.after.replace(number()?).is_some(),
                "outcome" if !Entry::OUTCOMES.contains(&&*value) => {
                    return Err(format!("outcome: one of {} is wanted", Entry::OUTCOMES.join(", ")));
                }
                "outcome" => wanted.outcome.replace(value).is_some(),
                "api_key" => wanted.api_key.replace(value).is_some(),
                "liveness_id" => wanted.liveness_id.replace(value).is_some(),
                "request_id" => wanted.request_id.replace(value).is_some(),
                _ => {
                    let known = "limit, after, outcome, api_key, liveness_id and request_id";
                    return Err(format!("the query has a parameter other than {known}"));
                }
            };
            if twice {
                return Err(format!("{name}: it is there more than once"));
            }
        }
        Ok(wanted)
    }

    fn has(&self, entry: &Entry) -> bool {
        let is = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| Some(wanted) == found)
        };
        is(&self.outcome, Some(entry.outcome()))
            && is(&self.api_key, entry.api_key.as_deref())
            && is(&self.liveness_id, entry.liveness_id.as_deref())
            && is(&self.request_id, entry.request_id.as_deref())
    }
}

pub(super) async fn list(
    InSpace(space): InSpace,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<impl IntoResponse, Failure> {
    const DEFAULT_LIMIT: usize = 100;

    let wanted = Wanted::read(query).map_err(|why| Failure::new(StatusCode::BAD_REQUEST, why))?;
    let entries = space.journal.after(wanted.after.unwrap_or(0), usize::MAX);
    let limit = wanted.limit.unwrap_or(DEFAULT_LIMIT);
    let fitting = entries.iter().filter(|entry| wanted.has(entry)).map(|entry| entry.id);
    let ids: Vec<_> = if wanted.after.is_some() {
        // Whoever reads on misses none.
        fitting.take(limit).collect()
    } else {
        let mut newest: Vec<_> = fitting.rev().take(limit).collect();
        newest.reverse();
        newest
    };
    let pieces = stream::iter(pieces(space, ids)).then(|piece| async {
        yield_now().await;
        Ok::<_, Infallible>(piece)
    });
    Ok(([(CONTENT_TYPE, "application/json")], Body::from_stream(pieces)))
}

/// The answer, each piece made when the one before is on its way. The entries are not held until then: who reads slowly
/// would keep them all, and goes without those that are gone.
fn pieces(space: Arc<Space>, ids: Vec<u64>) -> impl Iterator<Item = String> {
    let mut ids = ids.into_iter();
    let mut comma = "";
    let parts = iter::from_fn(move || {
        let mut piece = String::new();
        let ids = ids.by_ref().take(AT_ONCE);
        if ids.len() == 0 {
            return None;
        }
        for entry in ids.filter_map(|id| space.journal.get(id)) {
            piece += mem::replace(&mut comma, ",");
            piece += &story(&entry).to_string();
        }
        Some(piece)
    });
    iter::once(r#"{"entries":["#.to_owned()).chain(parts).chain(iter::once("]}".to_owned()))
}

pub(super) async fn one(InSpace(space): InSpace, Named(ids): Named<Id>) -> Result<Json<Value>, Failure> {
    let entry =
        space.journal.get(ids.id).ok_or(Failure::not_found("the journal has no entry with this id"))?;
    Ok(Json(story(&entry)))
}

pub(super) async fn clear(InSpace(space): InSpace) -> StatusCode {
    space.clear_journal();
    StatusCode::NO_CONTENT
}

/// All that is known of one request.
pub(super) fn story(entry: &Entry) -> Value {
    let form = entry
        .form
        .iter()
        .map(|field| json!({ "name": &*field.name, "len": field.len, "value": field.value.as_deref() }));
    let sign = entry.sign_hash.map(|hash| {
        json!({
            "hash": hash.to_string(),
            "raw": entry.raw(),
            "nonce": entry.nonce.as_ref().map(Nonce::as_str),
            "issued_at": entry.issued_at,
            "expires_at": entry.expires_at,
        })
    });
    // What never came to be checked has no checks.
    let checked = entry.failed.is_some() || entry.sign_hash.is_some();
    let checks = Check::ALL.iter().filter(|_| checked).map(|check| {
        let result = match entry.failed {
            Some(failed) if *check == failed => "failed",
            Some(failed) if *check > failed => "not_made",
            _ => "passed",
        };
        json!({ "check": check, "result": result })
    });
    let received = entry.received.duration_since(UNIX_EPOCH).unwrap_or_default();
    json!({
        "id": entry.id,
        "time": entry.time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
        "received_ms": u64::try_from(received.as_millis()).unwrap_or(u64::MAX),
        "took_ms": entry.took.as_secs_f64() * 1000.0,
        "method": entry.method.as_str(),
        "path": &*entry.path,
        "outcome": entry.outcome(),
        "status": entry.status,
        "error": entry.error.as_deref(),
        "problem": entry.problem.as_deref(),
        "fault": entry.fault.as_deref(),
        "fault_by": entry.fault_by.map(FaultBy::name),
        "rule_id": entry.fault_by.and_then(|by| if let FaultBy::Rule(id) = by { Some(id) } else { None }),
        "request_id": entry.request_id.as_deref(),
        "biz_token": entry.biz_token.as_deref(),
        "api_key": entry.api_key.as_deref(),
        "liveness_id": entry.liveness_id.as_deref(),
        "uuid_len": entry.uuid_len,
        "form": form.collect::<Vec<_>>(),
        "not_kept": entry.not_kept,
        "sign": sign,
        "checks": checks.collect::<Vec<_>>(),
        "delivery": {
            "delay_ms": entry.delivery.delay.as_secs_f64() * 1000.0,
            "bytes_per_second": entry.delivery.bytes_per_second,
            "broken": entry.delivery.broken.map(|broken| match broken {
                Broken::Reset => "reset",
                Broken::Truncated => "truncated",
            }),
        },
    })
}
