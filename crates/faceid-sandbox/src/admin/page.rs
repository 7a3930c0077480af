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
        /// Where it is, type and content.
        const FILES: &[(&str, &str, &str)] = &[$($(($file, $type, include_str!($file)),)*)*];
    };
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const IMAGE: &str = "image/svg+xml";
const TEXT: &str = "text/plain; charset=utf-8";

files! {
    SCRIPT {
        "../page/api.js" "../page/claims.js" "../page/clock.js" "../page/command.js" "../page/dom.js"
        "../page/faults.js" "../page/format.js" "../page/inspector.js" "../page/languages.js" "../page/main.js"
        "../page/plot.js" "../page/requests.js" "../page/story.js" "../page/trial.js" "../page/trouble.js"
        "../page/text.js" "../page/text/en.js" "../page/text/zh.js" "../page/text/hints.js" "../page/text/refusals.js"
    }
    STYLE { "../page/theme.css" "../page/page.css" }
    IMAGE { "../page/icon.svg" }
    // Links to the files that the repository's CI runs: what a reader copies has been run.
    TEXT {
        "../page/native/faceid.py" "../page/native/faceid.php" "../page/native/faceid.go" "../page/native/FaceId.java"
        "../page/native/faceid.mjs"
        "../page/native/faceid.rb" "../page/native/FaceId.cs"
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
        router = router.route(path.trim_start_matches(".."), get(|| async { file(kind, content) }));
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
