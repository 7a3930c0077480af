//! The rules in force.

use axum::Json;
use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::Failure;
use super::reply::{Body, Named};
use super::space::{InMadeSpace, InSpace};
use crate::Rule;
use crate::fault::Faults;

#[derive(Serialize)]
struct InForce {
    id: u64,
    happened: u32,
    #[serde(flatten)]
    rule: Rule,
}

pub(super) async fn list(InSpace(space): InSpace) -> Json<Value> {
    let rules = space.faults.rules().into_iter().map(|(id, rule, happened)| InForce { id, happened, rule });
    Json(json!({ "rules": rules.collect::<Vec<_>>() }))
}

pub(super) async fn add(
    InMadeSpace(space): InMadeSpace,
    Body(rule): Body<Rule>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    /// More are a program gone wild, and each request goes through all of them.
    const MOST: usize = 1000;

    if space.faults.rules().len() >= MOST {
        return Err(Failure::new(StatusCode::CONFLICT, "there are 1000 rules: remove some"));
    }
    let id = space.change_rules(|faults| faults.add(rule));
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

pub(super) async fn clear(InSpace(space): InSpace) -> StatusCode {
    space.change_rules(Faults::clear);
    StatusCode::NO_CONTENT
}

pub(super) async fn remove(InSpace(space): InSpace, Named(ids): Named<Id>) -> Result<StatusCode, Failure> {
    let removed = space.change_rules(|faults| faults.remove(ids.id));
    removed.then_some(StatusCode::NO_CONTENT).ok_or(Failure::not_found("there is no rule with this id"))
}

#[derive(serde::Deserialize)]
pub(super) struct Id {
    pub(super) id: u64,
}
