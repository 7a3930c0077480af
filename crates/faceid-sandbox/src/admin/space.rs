//! Which space a call is about.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use http::StatusCode;
use http::request::Parts;

use super::Failure;
use crate::Sandbox;
use crate::service::Problem;
use crate::space::{NoSpace, Space};

/// The namespace in the path, or else the main space.
pub(super) struct InSpace(pub(super) Arc<Space>);

impl FromRequestParts<Sandbox> for InSpace {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, sandbox: &Sandbox) -> Result<Self, Failure> {
        let spaces = &sandbox.inner.spaces;
        let params = RawPathParams::from_request_parts(parts, sandbox)
            .await
            .map_err(|error| Failure::new(StatusCode::BAD_REQUEST, error.to_string()))?;
        let Some((_, name)) = params.iter().find(|(key, _)| *key == "ns") else {
            return Ok(Self(Arc::clone(&spaces.main)));
        };
        spaces.named(name).map(Self).map_err(|error| match error {
            NoSpace::Name => Failure::new(StatusCode::BAD_REQUEST, Problem::NamespaceName.to_string()),
            NoSpace::Full => {
                Failure::new(StatusCode::SERVICE_UNAVAILABLE, Problem::NamespacesFull.to_string())
            }
        })
    }
}
