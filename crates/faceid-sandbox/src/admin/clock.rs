//! The clock: to test an expiry without waiting for it.

use std::time::SystemTime;

use axum::Json;
use serde_json::{Value, json};

use super::reply::Body;
use super::space::InSpace;
use crate::space::{Clock, Space};

pub(super) async fn read(InSpace(space): InSpace) -> Json<Value> {
    Json(report(&space))
}

pub(super) async fn set(InSpace(space): InSpace, Body(clock): Body<Clock>) -> Json<Value> {
    space.set_clock(clock);
    Json(report(&space))
}

fn report(space: &Space) -> Value {
    let Clock { offset, frozen_at } = space.clock();
    json!({ "now": space.time(SystemTime::now()), "offset": offset, "frozen_at": frozen_at })
}
