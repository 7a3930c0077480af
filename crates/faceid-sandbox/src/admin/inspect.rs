//! What a sign says, whether it is right, and what is wrong with it if not. It counts as no use of it.

use std::time::SystemTime;

use axum::Json;
use axum::extract::State;
use faceid_sign::Claims;
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::Body;
use super::space::InSpace;
use crate::Sandbox;
use crate::journal::signed_text;
use crate::service::behind_key;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Inspection {
    sign: String,
}

pub(super) async fn inspect(
    State(sandbox): State<Sandbox>,
    InSpace(space): InSpace,
    Body(Inspection { sign }): Body<Inspection>,
) -> Json<Value> {
    let inner = &sandbox.inner;
    let now = space.time(SystemTime::now());
    let claims = Claims::peek(&sign).ok();
    let key = claims.as_ref().and_then(|claims| inner.keys.get(&claims.api_key));
    let problem = match key.as_ref().zip(claims.as_ref()) {
        Some((key, claims)) => inner.problem_of_key(key, &sign, claims, now),
        None => Some(inner.problem_of_any_key(&sign, now, claims.is_some()).to_string()),
    };
    Json(json!({
        "now": now,
        "valid": problem.is_none(),
        "problem": problem,
        "claims": claims.map(|claims| json!({
            "raw": signed_text(key.as_ref().map(|key| &*key.name), &behind_key(&sign)),
            // Of a key that the sandbox has not, nothing is shown: it may be a real one.
            "api_key": key.map(|key| key.name.to_string()),
            "nonce": claims.nonce.as_str(),
            "issued_at": claims.issued_at,
            "expires_at": claims.expires_at.unwrap_or(0),
        })),
    }))
}
