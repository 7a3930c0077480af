//! Which space a call is about.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use http::StatusCode;
use http::request::Parts;

use super::Failure;
use crate::Sandbox;
use crate::service::Problem;
use crate::space::{NoSpace, Space};

/// The namespace in the path, or else the main space. Of one that is not there it is an empty one, which looking at does
/// not make.
pub(super) struct InSpace(pub(super) Arc<Space>);

/// The same, for a call that changes it: one that is not there is made.
pub(super) struct InMadeSpace(pub(super) Arc<Space>);

/// The name of the namespace in the path.
pub(super) struct SpaceName(pub(super) Option<Box<str>>);

impl FromRequestParts<Sandbox> for InSpace {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, sandbox: &Sandbox) -> Result<Self, Failure> {
        let spaces = &sandbox.inner.spaces;
        let SpaceName(name) = SpaceName::from_request_parts(parts, sandbox).await?;
        let Some(name) = name else {
            return Ok(Self(Arc::clone(&spaces.main)));
        };
        Ok(Self(spaces.existing(&name)?.unwrap_or_else(|| Arc::new(spaces.as_at_first(&name)))))
    }
}

impl FromRequestParts<Sandbox> for InMadeSpace {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, sandbox: &Sandbox) -> Result<Self, Failure> {
        let spaces = &sandbox.inner.spaces;
        let SpaceName(name) = SpaceName::from_request_parts(parts, sandbox).await?;
        Ok(Self(name.map_or_else(|| Ok(Arc::clone(&spaces.main)), |name| spaces.named(&name))?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SpaceName {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|error| Failure::new(StatusCode::BAD_REQUEST, error.to_string()))?;
        Ok(Self(params.iter().find(|(key, _)| *key == "ns").map(|(_, name)| name.into())))
    }
}

impl From<NoSpace> for Failure {
    fn from(error: NoSpace) -> Self {
        let (status, problem) = match error {
            NoSpace::Name => (StatusCode::BAD_REQUEST, Problem::NamespaceName),
            NoSpace::Full => (StatusCode::SERVICE_UNAVAILABLE, Problem::NamespacesFull),
        };
        Self::new(status, problem.to_string())
    }
}
