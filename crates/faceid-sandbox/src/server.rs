//! The listener: axum's router on hyper's HTTP/1 server, on a thread of its own.
//!
//! axum's own `serve` sets no timer, and without one hyper keeps no time limit for a request's head.

mod held_back;

use std::convert::Infallible;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::header::{CONNECTION, EXPECT};
use http::{HeaderValue, StatusCode};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::answer::BODY_LIMIT;
use crate::{Broken, Delivery, Sandbox};
use held_back::HeldBack;

/// The longest head of a request in bytes.
const HEAD_LIMIT: usize = 16 * 1024;
/// How much of a body that is too long is read and thrown away, so that its sender comes to read the answer.
const DRAIN_LIMIT: usize = 8 * 1024 * 1024;

/// How long a client may take.
#[derive(Clone, Copy)]
struct Patience {
    /// For a request's head, and between two requests of a connection.
    head: Duration,
    /// For a request's body.
    body: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { head: Duration::from_secs(10), body: Duration::from_secs(10) }
    }
}

/// A [`Sandbox`] that listens. Dropping it stops it: the port is free when that returns.
pub struct Server {
    sandbox: Sandbox,
    address: SocketAddr,
    url: String,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens at this address; with port 0 at a free port.
    ///
    /// # Errors
    ///
    /// If the address cannot be had, or no thread be started.
    pub fn start(sandbox: Sandbox, address: impl Into<SocketAddr>) -> io::Result<Self> {
        Self::start_with(sandbox, address.into(), Patience::default())
    }

    fn start_with(sandbox: Sandbox, address: SocketAddr, patience: Patience) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let (report, started) = mpsc::channel();
        // The runtime lives and dies on that thread: inside another one it could not be dropped.
        let thread = thread::Builder::new().name("faceid-sandbox".to_owned()).spawn({
            let sandbox = sandbox.clone();
            move || match listening(listener, sandbox, patience) {
                Ok(runtime) => {
                    let _ = report.send(Ok(()));
                    // It ends when the sender is dropped; listener and connections end with the runtime.
                    let _ = runtime.block_on(stopped);
                }
                Err(error) => {
                    let _ = report.send(Err(error));
                }
            }
        })?;
        let server = Self {
            sandbox,
            address,
            url: format!("http://{address}"),
            stop: Some(stop),
            thread: Some(thread),
        };
        match started.recv() {
            Ok(result) => result.map(|()| server),
            Err(gone) => Err(io::Error::other(gone)),
        }
    }

    /// The base URL, such as `http://127.0.0.1:49152`. The path prefix is `/faceid` or `/finauth`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The sandbox behind it.
    #[must_use]
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Closes each connection and frees the port, as dropping it does.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It panicked or it ended: either way it is gone, and its listener with it.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("url", &self.url).finish_non_exhaustive()
    }
}

/// A runtime in which a task listens.
fn listening(listener: TcpListener, sandbox: Sandbox, patience: Patience) -> io::Result<Runtime> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let context = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener)?;
    runtime.spawn(accept(listener, sandbox, patience));
    drop(context);
    Ok(runtime)
}

async fn accept(listener: tokio::net::TcpListener, sandbox: Sandbox, patience: Patience) {
    let answer = move |State(sandbox): State<Sandbox>, request: Request| answer(sandbox, request, patience);
    let router = Router::new().fallback(answer).with_state(sandbox);
    let router = TowerToHyperService::new(router);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .max_buf_size(HEAD_LIMIT)
        // The sandbox writes the date itself, by its own clock.
        .auto_date_header(false);
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(http.clone(), stream, router.clone()));
            }
            // Out of files, most likely: they come back when connections end.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// A connection, until either side ends it; a fault may, in place of an answer.
async fn connection(http: http1::Builder, stream: TcpStream, router: TowerToHyperService<Router>) {
    // Without it a small answer can wait for the acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let answer = router.call(request);
        async move {
            let response = answer.await.unwrap_or_else(|never| match never {});
            match Delivery::of(&response).broken {
                // An error of the service makes hyper close the connection without a word.
                Some(Broken::Reset) => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
                _ => Ok(response),
            }
        }
    });
    // What a client does wrong here, or a fault on purpose, is no event of ours.
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
}

/// Reads the request whole, has it answered, and delivers the answer as it is meant to be.
async fn answer(sandbox: Sandbox, request: Request, patience: Patience) -> Response {
    let (head, body) = request.into_parts();
    // Who waits for a 100 (Continue) reads the answer before sending anything.
    let drain = if head.headers.contains_key(EXPECT) { 0 } else { DRAIN_LIMIT };
    let body = match tokio::time::timeout(patience.body, read(body, drain)).await {
        Ok(Ok(body)) => body,
        Ok(Err(status)) => return refused(&sandbox, status),
        Err(_) => return refused(&sandbox, StatusCode::REQUEST_TIMEOUT),
    };
    let request = Request::from_parts(head, body);
    let response = sandbox.answer(&request, SystemTime::now());
    let delivery = Delivery::of(&response);
    if !delivery.delay.is_zero() {
        tokio::time::sleep(delivery.delay).await;
    }
    if delivery.bytes_per_second.is_none() && delivery.broken.is_none() {
        return response.map(Body::from);
    }
    response.map(|body| Body::new(HeldBack::new(body, delivery)))
}

/// The body, counted as it comes. Of one that is too long, up to `drain` bytes are thrown away.
async fn read(mut body: Body, drain: usize) -> Result<Vec<u8>, StatusCode> {
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
fn refused(sandbox: &Sandbox, status: StatusCode) -> Response {
    let mut response = sandbox.refuse_plain(status, SystemTime::now());
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response.map(Body::from)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::Ipv4Addr;
    use std::time::Instant;

    use super::*;

    /// What comes back until the server closes, and how long that takes.
    fn exchange(server: &Server, parts: &[&str]) -> (String, Duration) {
        let started = Instant::now();
        let mut stream = std::net::TcpStream::connect(server.address()).unwrap();
        for part in parts {
            stream.write_all(part.as_bytes()).unwrap();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        (answer, started.elapsed())
    }

    #[test]
    fn a_client_that_dawdles_is_not_waited_for() {
        let patience = Patience { head: Duration::from_millis(200), body: Duration::from_millis(200) };
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = Server::start_with(Sandbox::builder().build(), any_port, patience).unwrap();
        let get = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
        let post = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf";
        // what is sent, and how the last answer begins
        let cases: &[(&str, &[&str], &str)] = &[
            ("nothing", &[], ""),
            ("half a head", &["POST / HTT"], ""),
            ("half a body", &[post], "HTTP/1.1 408 "),
            ("nothing after a request", &[get], "HTTP/1.1 404 "),
        ];
        for (name, parts, expected) in cases {
            let (answer, took) = exchange(&server, parts);
            assert!(
                answer.starts_with(expected) && answer.is_empty() == expected.is_empty(),
                "{name}: {answer}"
            );
            assert!((Duration::from_millis(190)..Duration::from_secs(5)).contains(&took), "{name}: {took:?}");
        }
    }
}
