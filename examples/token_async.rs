//! The backend of an app: the phone asks it for a token, and gets one for the user who is logged in.
//!
//! The phone chooses neither scene nor user: both come from this side. With `--live LIVENESS_ID` it serves until Ctrl-C;
//! with the sandbox it plays the phone itself, once.

#![forbid(unsafe_code)]

use std::error::Error;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use faceid_async::{BizToken, Client, GetBizToken};

struct Backend {
    client: Client,
    liveness_id: String,
}

type Refusal = (StatusCode, &'static str);

async fn token(State(backend): State<Arc<Backend>>, headers: HeaderMap) -> Result<Json<BizToken>, Refusal> {
    let user = logged_in_user(&headers).ok_or((StatusCode::UNAUTHORIZED, "log in first"))?;
    let request = GetBizToken::new(&backend.liveness_id).uuid(user);
    match backend.client.send(&request).await {
        // Keep request_id and user together: the result of the session belongs to this user alone.
        Ok(token) => Ok(Json(token)),
        Err(error) => {
            eprintln!("no token: {error}; {}", error.hint());
            let retry =
                if error.is_retryable() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::BAD_GATEWAY };
            Err((retry, "no token right now"))
        }
    }
}

/// Stands for your own sessions.
fn logged_in_user(headers: &HeaderMap) -> Option<&'static str> {
    (headers.get("authorization")?.as_bytes() == b"Bearer fake-session").then_some("user-1")
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = examples::service()?;
    let backend = Backend { client: Client::new(service.config)?, liveness_id: service.liveness_id };
    let app = Router::new().route("/faceid/token", post(token)).with_state(Arc::new(backend));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/faceid/token", listener.local_addr()?);
    println!("serving {url}");

    let until = async move {
        if service.sandbox.is_some() {
            println!("the phone gets {:?}", tokio::task::spawn_blocking(move || phone(&url)).await);
        } else {
            let _ = tokio::signal::ctrl_c().await;
        }
    };
    // Calls under way are finished before it ends.
    axum::serve(listener, app).with_graceful_shutdown(until).await?;
    Ok(())
}

fn phone(url: &str) -> Result<String, minreq::Error> {
    let answer = minreq::post(url).with_header("authorization", "Bearer fake-session").send()?;
    Ok(answer.as_str()?.to_owned())
}
