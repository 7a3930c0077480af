//! The clock: to test an expiry without waiting for it.

use std::time::SystemTime;

use axum::Json;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Failure;
use super::reply::Body;
use super::space::{InMadeSpace, InSpace};
use crate::space::{Clock, LAST_SECOND, Space};

/// One of the two.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    offset: Option<i64>,
    frozen_at: Option<u64>,
}

pub(super) async fn read(InSpace(space): InSpace) -> Json<Value> {
    Json(report(&space))
}

pub(super) async fn set(
    InMadeSpace(space): InMadeSpace,
    Body(wanted): Body<Wanted>,
) -> Result<Json<Value>, Failure> {
    let refused = |why: String| Err(Failure::new(StatusCode::BAD_REQUEST, why));
    let clock = match wanted {
        Wanted { offset: Some(offset), frozen_at: None } => Clock { offset, frozen_at: None },
        Wanted { offset: None, frozen_at: Some(at) } => Clock { offset: 0, frozen_at: Some(at) },
        _ => return refused("the body: offset or frozen_at is wanted, and not both".to_owned()),
    };
    if clock.offset.unsigned_abs() > LAST_SECOND {
        return refused(format!("offset: seconds from -{LAST_SECOND} to {LAST_SECOND} are wanted"));
    }
    if clock.frozen_at.is_some_and(|at| at > LAST_SECOND) {
        return refused(format!("frozen_at: a UNIX time in seconds up to {LAST_SECOND} is wanted"));
    }
    space.set_clock(clock);
    Ok(Json(report(&space)))
}

fn report(space: &Space) -> Value {
    let Clock { offset, frozen_at } = space.clock();
    json!({ "now": space.time(SystemTime::now()), "offset": offset, "frozen_at": frozen_at })
}
