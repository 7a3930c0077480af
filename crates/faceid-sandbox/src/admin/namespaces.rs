//! Namespaces, and all as it was at the start.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde_json::{Value, json};

use super::Failure;
use super::reply::Named;
use super::space::InSpace;
use crate::Sandbox;

pub(super) async fn list(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(json!({ "namespaces": sandbox.inner.spaces.names() }))
}

pub(super) async fn remove(
    State(sandbox): State<Sandbox>,
    Named(name): Named<String>,
) -> Result<StatusCode, Failure> {
    let removed = sandbox.inner.spaces.remove(&name);
    removed.then_some(StatusCode::NO_CONTENT).ok_or(Failure::not_found("there is no such namespace"))
}

/// A namespace alone; or else the whole sandbox.
pub(super) async fn reset(State(sandbox): State<Sandbox>, InSpace(space): InSpace) -> StatusCode {
    if Arc::ptr_eq(&space, &sandbox.inner.spaces.main) {
        sandbox.reset();
    } else {
        space.reset();
    }
    StatusCode::NO_CONTENT
}
