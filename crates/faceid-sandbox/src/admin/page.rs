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
    ($($type:ident { $($file:literal)* })*) => {
        /// Path below the page's own, type and content.
        const FILES: &[(&str, &str, &str)] =
            &[$($((concat!("/page/", $file), $type, include_str!(concat!("../page/", $file))),)*)*];
    };
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const IMAGE: &str = "image/svg+xml";
const TEXT: &str = "text/plain; charset=utf-8";

files! {
    SCRIPT {
        "api.js" "claims.js" "clock.js" "command.js" "dom.js" "faults.js" "format.js" "inspector.js" "languages.js" "main.js"
        "plot.js" "requests.js" "story.js" "trial.js" "trouble.js"
        "text.js" "text/en.js" "text/zh.js" "text/hints.js" "text/refusals.js"
    }
    STYLE { "theme.css" "page.css" }
    IMAGE { "icon.svg" }
    // Links to the files that the repository's CI runs: what a reader copies has been run.
    TEXT {
        "native/faceid.py" "native/faceid.php" "native/faceid.go" "native/FaceId.java" "native/faceid.mjs"
        "native/faceid.rb" "native/FaceId.cs"
    }
}

pub(super) async fn index() -> Response {
    file("text/html; charset=utf-8", include_str!("../page/index.html"))
}

pub(super) async fn description() -> Response {
    file("application/json", include_str!("openapi.json"))
}

/// The files beside the page.
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
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";
