//! The API's requests: read whole and answered, by a body that comes as it is meant to.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::header::{CONNECTION, EXPECT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use hyper::body::Body as _;

use super::held_back::HeldBack;
use crate::journal::Arrived;
use crate::service::BODY_LIMIT;
use crate::{Delivery, Sandbox};

/// How much of a body that is too long is read and thrown away, so that its sender comes to read the answer.
const DRAIN_LIMIT: usize = 8 * 1024 * 1024;

/// Whatever the path is: what is none of the API's gets its `API_NOT_FOUND`.
pub(super) fn router(sandbox: Sandbox, patience: Duration) -> Router {
    let answer = move |State(sandbox): State<Sandbox>, request: Request| answer(sandbox, request, patience);
    Router::new().fallback(answer).with_state(sandbox)
}

/// Reads the request whole and has it answered. Where the answer is to be late, the connection waits.
async fn answer(sandbox: Sandbox, request: Request, patience: Duration) -> Response {
    let arrived = Arrived::now(SystemTime::now());
    let (head, body) = request.into_parts();
    let body = match tokio::time::timeout(patience, read(&head.headers, body)).await {
        Ok(Ok(body)) => body,
        Ok(Err(status)) => return refused(&sandbox, &head, status, arrived),
        Err(_) => return refused(&sandbox, &head, StatusCode::REQUEST_TIMEOUT, arrived),
    };
    let request = Request::from_parts(head, body);
    let mut response = sandbox.answer_arrived(&request, SystemTime::now(), arrived);
    let delivery = Delivery::of(&response);
    if delivery.bytes_per_second.is_none() && delivery.broken.is_none() {
        return response.map(Body::from);
    }
    // hyper drops the extensions once the head is written.
    let place = response.extensions_mut().remove();
    response.map(|body| Body::new(HeldBack::new(body, delivery, place)))
}

/// The body, counted as it comes.
pub(crate) async fn read(headers: &HeaderMap, mut body: Body) -> Result<Vec<u8>, StatusCode> {
    // Who waits for a 100 (Continue) reads the answer before sending anything.
    let drain = if headers.contains_key(EXPECT) { 0 } else { DRAIN_LIMIT };
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut too_long = announced > BODY_LIMIT;
    if too_long && announced > drain {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let mut whole = Vec::with_capacity(if too_long { 0 } else { announced });
    let mut thrown_away = 0;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        // Trailers say nothing to this API.
        let Ok(data) = frame.map_err(|_| StatusCode::BAD_REQUEST)?.into_data() else {
            continue;
        };
        too_long |= data.len() > BODY_LIMIT - whole.len();
        if too_long {
            thrown_away += data.len();
            if thrown_away > drain {
                break;
            }
        } else {
            whole.extend_from_slice(&data);
        }
    }
    if too_long { Err(StatusCode::PAYLOAD_TOO_LARGE) } else { Ok(whole) }
}

/// The rest of the body is not read, so the connection cannot go on.
fn refused(sandbox: &Sandbox, head: &Parts, status: StatusCode, arrived: Arrived) -> Response {
    let mut response = sandbox.refuse_plain(head, status, SystemTime::now(), arrived);
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response.map(Body::from)
}
