//! What the handlers take and give, as JSON.

use std::borrow::Cow;

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::server::{Limits, read};

/// A call that does not come to what it is for.
pub(super) struct Failure {
    status: StatusCode,
    why: Cow<'static, str>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, why: impl Into<Cow<'static, str>>) -> Self {
        Self { status, why: why.into() }
    }

    pub(super) fn not_found(what: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, what)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.why }))).into_response()
    }
}

/// A body of JSON. Its type is not asked for: the origin is checked, so `curl -d` may leave it as it is.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let (head, body) = request.into_parts();
        let body = tokio::time::timeout(Limits::default().body, read(&head.headers, body)).await;
        let body = body.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT));
        let body =
            body.map_err(|status| Failure::new(status, "the body did not come whole, or is too long"))?;
        // By its fields' order an array would do, too; and whoever sends a list of rules is to read what is wrong.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(Failure::new(StatusCode::BAD_REQUEST, "the body: a JSON object is wanted"));
        }
        let mut json = serde_json::Deserializer::from_slice(&body);
        let read = serde_path_to_error::deserialize(&mut json).map_err(|error| error.to_string());
        read.and_then(|value| json.end().map(|()| Self(value)).map_err(|error| error.to_string()))
            .map_err(|error| Failure::new(StatusCode::BAD_REQUEST, format!("the body: {error}")))
    }
}

/// What the path names.
pub(super) struct Named<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Path(named) = Path::from_request_parts(parts, state)
            .await
            .map_err(|_| Failure::new(StatusCode::BAD_REQUEST, "the path: its last part is no id"))?;
        Ok(Self(named))
    }
}
