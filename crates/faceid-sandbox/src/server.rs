//! The listener: axum's router on hyper's HTTP/1 server, on a thread of its own.

mod api;
mod connection;
mod held_back;
#[cfg(feature = "tls")]
mod tls;

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::Router;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::Sandbox;
use crate::admin::{self, Access};
use connection::{Door, accept};

pub(crate) use api::read;
#[cfg(feature = "tls")]
use tls::Authority;

/// How much a client may ask of the listener. Tests are less patient.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// How long it may take for a TLS handshake, for a request's head, and between two requests of a connection.
    head: Duration,
    /// How long it may take for a request's body.
    body: Duration,
    /// Connections at a time; those beyond wait to be accepted.
    connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { head: Duration::from_secs(10), body: Duration::from_secs(10), connections: 2048 }
    }
}

/// How a sandbox listens.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listening {
    pub(crate) access: Access,
    #[cfg(feature = "tls")]
    pub(crate) tls: bool,
}

/// A [`Sandbox`] that listens. Dropping it stops it: the port is free when that returns.
pub struct Server {
    sandbox: Sandbox,
    address: SocketAddr,
    url: String,
    #[cfg(feature = "tls")]
    ca_pem: Option<String>,
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
        Self::start_with(sandbox, address.into(), Listening::default(), Limits::default())
    }

    pub(crate) fn start_with(
        sandbox: Sandbox,
        address: SocketAddr,
        listening: Listening,
        limits: Limits,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        #[cfg(feature = "tls")]
        let authority =
            listening.tls.then(|| Authority::new(address, &listening.access.hosts)).transpose()?;
        let door = Door::new(
            limits,
            #[cfg(feature = "tls")]
            authority.as_ref().map(Authority::acceptor).transpose()?,
        );
        #[cfg(feature = "tls")]
        let ca_pem = authority.map(Authority::into_pem);
        #[cfg(feature = "tls")]
        let scheme = if ca_pem.is_some() { "https" } else { "http" };
        #[cfg(not(feature = "tls"))]
        let scheme = "http";

        let api = api::router(sandbox.clone(), limits.body);
        let router = admin::router(sandbox.clone(), listening.access).merge(api);
        let (stop, stopped) = oneshot::channel();
        let (report, started) = mpsc::channel();
        // The runtime lives and dies on that thread: inside another one it could not be dropped.
        let thread = thread::Builder::new().name("faceid-sandbox".to_owned()).spawn(move || {
            match listen(listener, router, door) {
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
            url: format!("{scheme}://{address}"),
            #[cfg(feature = "tls")]
            ca_pem,
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

    /// The certificate of the authority that issued this server's, as PEM, for a client to trust; `None` without TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
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
fn listen(listener: TcpListener, router: Router, door: Door) -> io::Result<Runtime> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let context = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener)?;
    runtime.spawn(accept(listener, router, door));
    drop(context);
    Ok(runtime)
}

#[cfg(test)]
mod tests;
