//! The sandbox's own API, under `/__sandbox/`: what is going on in it, and how that is changed while it runs. Described
//! for its users in `admin/openapi.json`.

mod clock;
mod config;
mod events;
mod guard;
mod inspect;
mod journal;
mod keys;
mod metrics;
mod namespaces;
mod page;
mod reply;
mod rules;
mod space;

use axum::middleware;
use axum::response::Redirect;
use axum::routing::{delete, get, post};
use axum::{Extension, Json, Router};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::Sandbox;
pub(crate) use guard::Access;
use reply::Failure;

/// What concerns one space stands below `/ns/NAME/__sandbox/` as well.
pub(crate) fn router(sandbox: Sandbox, access: Access, closing: watch::Receiver<bool>) -> Router {
    let of_a_space = Router::new()
        .route("/journal", get(journal::list).delete(journal::clear))
        .route("/journal/{id}", get(journal::one))
        .route("/events", get(events::stream))
        .route("/rules", get(rules::list).post(rules::add).delete(rules::clear))
        .route("/rules/{id}", delete(rules::remove))
        .route("/clock", get(clock::read).put(clock::set))
        .route("/metrics", get(metrics::read))
        .route("/inspect", post(inspect::inspect))
        .route("/reset", post(namespaces::reset));
    let of_all = of_a_space
        .clone()
        .route("/config", get(config::read))
        .route("/keys", get(keys::list).post(keys::put))
        .route("/keys/{api_key}", delete(keys::remove))
        .route("/namespaces", get(namespaces::list))
        .route("/namespaces/{name}", delete(namespaces::remove));
    // There is nothing in these to be kept from anyone.
    let open = page::router().route("/health", get(health)).route("/openapi.json", get(page::description));

    let refused = || async {
        Failure::new(StatusCode::NOT_FOUND, "there is no such path: see /__sandbox/openapi.json")
    };
    let wrong_method = || async {
        Failure::new(StatusCode::METHOD_NOT_ALLOWED, "the path has other methods: see the header Allow")
    };
    let guarded = |router: Router<Sandbox>| {
        router.fallback(refused).layer(middleware::from_fn_with_state(access.clone(), guard::admit))
    };
    Router::new()
        // A page's own files are found by its path, so that ends in a slash.
        .route("/__sandbox/", get(page::index))
        .route("/__sandbox", get(slash))
        .route("/ns/{ns}/__sandbox/", get(page::index))
        .route("/ns/{ns}/__sandbox", get(slash))
        .nest("/__sandbox", open.merge(guarded(of_all)))
        .nest("/ns/{ns}/__sandbox", page::router().merge(guarded(of_a_space)))
        .method_not_allowed_fallback(wrong_method)
        .layer(Extension(closing))
        .layer(middleware::from_fn_with_state(access, guard::admit_host))
        .with_state(sandbox)
}

async fn slash() -> Redirect {
    Redirect::permanent("__sandbox/")
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

#[cfg(test)]
mod tests;
