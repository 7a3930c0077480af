//! The listener: axum's router on hyper's HTTP/1 server, on a thread of its own.

mod api;
mod connection;
mod held_back;
mod socket;
#[cfg(feature = "tls")]
mod tls;

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpSocket;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinHandle;

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
    /// How long it may take for a request's body, and for a client to take something of what there is to send.
    pub(crate) body: Duration,
    /// Connections at a time; those beyond wait to be accepted.
    connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // Ten seconds, less what it may take until a connection is taken, and a timer is heard.
        let patience = Duration::from_millis(9_800);
        Self { head: patience, body: patience, connections: 2048 }
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
    stop: Option<oneshot::Sender<Duration>>,
    thread: Option<thread::JoinHandle<()>>,
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
        let socket = bind(address)?;
        let address = socket.local_addr()?;
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
        let (closing, closed) = watch::channel(false);
        let router = admin::router(sandbox.clone(), listening.access, closed).merge(api);
        let (stop, stopped) = oneshot::channel();
        let (report, started) = mpsc::channel();
        // The runtime lives and dies on that thread: inside another one it could not be dropped.
        let thread = thread::Builder::new().name("faceid-sandbox".to_owned()).spawn(move || {
            match listen(socket, router, door, &closing) {
                Ok((runtime, places, accepting)) => {
                    let _ = report.send(Ok(()));
                    // It ends when the sender is dropped; listener and connections end with the runtime.
                    let Ok(patience) = runtime.block_on(stopped) else {
                        return;
                    };
                    accepting.abort();
                    closing.send_replace(true);
                    let connections = u32::try_from(limits.connections).unwrap_or(u32::MAX);
                    // When each place is free, there is no connection left.
                    let over = places.acquire_many(connections);
                    let _ = runtime.block_on(async { tokio::time::timeout(patience, over).await });
                }
                Err(error) => {
                    let _ = report.send(Err(error));
                }
            }
        })?;
        let server = Self {
            sandbox,
            address,
            url: format!("{scheme}://{}", within_reach(address)),
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

    /// The base URL, such as `http://127.0.0.1:49152`. The path prefix is `/faceid` or `/finauth`. Of a server that
    /// listens at each address of this machine, it is that with the loopback address.
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

    /// As [`stop`](Self::stop), once the calls that are under way have had their answers, or after this time.
    pub fn stop_gently(mut self, patience: Duration) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(patience);
        }
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

/// Where that can be asked: 0.0.0.0 and :: are no addresses to connect to.
fn within_reach(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// How many connections can wait to be accepted. With the usual 128 of them a burst of clients makes some try again after
/// a second, which would look like a slow service.
const QUEUE: u32 = 4096;

/// A socket at this address, which does not listen yet.
fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // So that a port can be had again at once; elsewhere than on Unix it means another thing.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// A runtime in which a task listens.
fn listen(
    socket: TcpSocket,
    router: Router,
    door: Door,
    closing: &watch::Sender<bool>,
) -> io::Result<(Runtime, Arc<Semaphore>, JoinHandle<()>)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let context = runtime.enter();
    let listener = socket.listen(QUEUE)?;
    let places = Arc::new(Semaphore::new(door.connections));
    let accepting = runtime.spawn(accept(listener, router, door, Arc::clone(&places), closing.subscribe()));
    drop(context);
    Ok((runtime, places, accepting))
}

#[cfg(test)]
mod tests;
