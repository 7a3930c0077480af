//! The keys, and what each may do. Their secrets come in and never go out.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde_json::{Value, json};

use super::Failure;
use super::reply::{Body, Named};
use crate::service::KeyReport;
use crate::{Key, Sandbox};

pub(super) async fn list(State(sandbox): State<Sandbox>) -> Json<Value> {
    let keys = sandbox.inner.keys.all();
    Json(json!({ "keys": keys.iter().map(|key| key.report()).collect::<Vec<_>>() }))
}

pub(super) async fn put(
    State(sandbox): State<Sandbox>,
    Body(key): Body<Key>,
) -> Result<Json<KeyReport>, Failure> {
    /// More are a program gone wild, and a sign that is no key's is tried with each.
    const MOST: usize = 1000;

    let keys = &sandbox.inner.keys;
    if keys.all().len() >= MOST && keys.get(key.api_key()).is_none() {
        return Err(Failure::new(StatusCode::CONFLICT, "there are 1000 keys: remove some"));
    }
    Ok(Json(keys.put(key).report()))
}

pub(super) async fn remove(
    State(sandbox): State<Sandbox>,
    Named(api_key): Named<String>,
) -> Result<StatusCode, Failure> {
    let removed = sandbox.inner.keys.remove(&api_key);
    removed.then_some(StatusCode::NO_CONTENT).ok_or(Failure::not_found("there is no such api_key"))
}
