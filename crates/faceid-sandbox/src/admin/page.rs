//! The console page, and the files it is made of. Nothing in it comes from anywhere else.

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::HeaderValue;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};

use crate::Sandbox;

macro_rules! files {
    ($($path:literal: $type:literal = $file:literal,)*) => {
        /// Path below `/__sandbox`, type and content.
        const FILES: &[(&str, &str, &str)] = &[$(($path, $type, include_str!($file)),)*];
    };
}
files! {
    "/openapi.json": "application/json" = "openapi.json",
}

pub(super) async fn index() -> Response {
    file("text/html; charset=utf-8", include_str!("../page/index.html"))
}

pub(super) fn router() -> Router<Sandbox> {
    let mut router = Router::new();
    for (path, kind, content) in FILES {
        router = router.route(path, get(|| async { file(kind, content) }));
    }
    router
}

fn file(kind: &'static str, content: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-cache"),
    ];
    let headers: HeaderMap =
        headers.map(|(name, value)| (name, HeaderValue::from_static(value))).into_iter().collect();
    (headers, content).into_response()
}

/// Its own files, its own server, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
