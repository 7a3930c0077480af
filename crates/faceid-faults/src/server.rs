//! A server that does as a row says: it accepts, and hands each connection to a function.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::{Domain, Socket, Type};

use crate::process;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// Which connection it came on, from 0.
    pub connection: usize,
    /// When it had arrived whole.
    pub at: SystemTime,
    /// Request line and header lines.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// The value of a form field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        let body = String::from_utf8_lossy(&self.body).into_owned();
        let (_, rest) = body.split_once(&format!("name=\"{name}\"\r\n\r\n"))?;
        Some(rest.split_once("\r\n")?.0.to_owned())
    }
}

/// What is sent at a time, and how long it then takes at least until more is.
///
/// What the kernel holds is not what the client took: of a flood without a rest it holds megabytes.
pub(crate) const BURST: usize = 32 * 1024;
const REST: Duration = Duration::from_millis(10);

#[derive(Default)]
struct Shared {
    received: Mutex<Vec<Received>>,
    /// How many arrived, also of those that are not kept.
    requests: AtomicUsize,
    /// Those that are open.
    open: Mutex<HashMap<usize, TcpStream>>,
    connections: AtomicUsize,
    accepted: AtomicUsize,
    elsewhere: Option<SocketAddr>,
    stopping: AtomicBool,
}

/// The server. It stops, and breaks its connections off, when it is dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
    /// What keeps a port as it is, where nobody accepts.
    _held: Vec<Socket>,
}

impl Server {
    /// Starts one on a port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// If no port can be had.
    #[must_use]
    pub fn start(
        tls: Option<Arc<ServerConfig>>,
        handler: impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::serve(Shared::default(), tls, handler)
    }

    /// The same, whose handlers know the address of another one.
    pub(crate) fn beside(
        elsewhere: &Self,
        tls: Option<Arc<ServerConfig>>,
        handler: impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::serve(Shared { elsewhere: Some(elsewhere.address), ..Shared::default() }, tls, handler)
    }

    fn serve(
        shared: Shared,
        tls: Option<Arc<ServerConfig>>,
        handler: impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(shared);
        let accepting = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, tls.as_ref(), &shared, &Arc::new(handler))
        });
        Self { address, shared, accepting: Some(accepting), _held: Vec::new() }
    }

    /// A port on which nobody accepts and no room to wait is left: a connection that is asked for is not answered.
    ///
    /// # Panics
    ///
    /// If the machine has no socket.
    #[must_use]
    pub fn full() -> Self {
        let listener = bound();
        listener.listen(0).expect("to listen");
        let address = listener.local_addr().expect("an address");
        let mut held = vec![listener];
        loop {
            let waiting = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
            let room = waiting.connect_timeout(&address, Duration::from_millis(50)).is_ok();
            held.push(waiting);
            if !room {
                return Self::silent(held);
            }
        }
    }

    /// A port on which nobody listens, and which nobody else is given.
    ///
    /// # Panics
    ///
    /// If the machine has no socket.
    #[must_use]
    pub fn closed() -> Self {
        Self::silent(vec![bound()])
    }

    fn silent(held: Vec<Socket>) -> Self {
        let address = held[0].local_addr().expect("an address").as_socket().expect("of a socket");
        Self { address, shared: Arc::default(), accepting: None, _held: held }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests that arrived whole, in order.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared.received).clone()
    }

    /// How many requests arrived, also of those that were not kept.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// How many connections were made.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// The most bytes of an answer that were taken from it.
    pub(crate) fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }
}

fn bound() -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).expect("a port");
    socket
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        for connection in lock(&self.shared.open).values() {
            let _ = connection.shutdown(Shutdown::Both);
        }
        if let Some(accepting) = self.accepting.take() {
            // One connection more ends the wait for one.
            let _ = TcpStream::connect(self.address);
            let _ = accepting.join();
        }
    }
}

fn accept<H>(listener: &TcpListener, tls: Option<&Arc<ServerConfig>>, shared: &Arc<Shared>, handler: &Arc<H>)
where
    H: Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static,
{
    for socket in listener.incoming().map_while(Result::ok) {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(again) = socket.try_clone() else { continue };
        let connection = shared.connections.fetch_add(1, Ordering::SeqCst);
        lock(&shared.open).insert(connection, again);
        let (tls, shared, handler) = (tls.cloned(), Arc::clone(shared), Arc::clone(handler));
        thread::spawn(move || {
            serve(socket, tls, connection, &shared, &*handler);
            lock(&shared.open).remove(&connection);
        });
    }
}

fn serve<H>(
    socket: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    connection: usize,
    shared: &Arc<Shared>,
    handler: &H,
) where
    H: Fn(&mut Peer) -> io::Result<()>,
{
    let _ = socket.set_nodelay(true);
    let _ = socket2::SockRef::from(&socket).set_send_buffer_size(8 * 1024);
    let _ = socket.set_read_timeout(Some(Duration::from_secs(60)));
    let Ok(raw) = socket.try_clone() else { return };
    let stream: Box<dyn Stream> = match tls {
        None => Box::new(socket),
        Some(config) => match ServerConnection::new(config) {
            Ok(session) => Box::new(StreamOwned::new(session, socket)),
            Err(_) => return,
        },
    };
    let shared = Arc::clone(shared);
    let mut peer = Peer { stream, raw, connection, shared, sent: 0, rested: 0, is_reset: false };
    let _ = handler(&mut peer);
    if !peer.is_reset {
        let _ = peer.raw.shutdown(Shutdown::Both);
    }
}

trait Stream: Read + Write + Send {}
impl<S: Read + Write + Send> Stream for S {}

/// The client, as a handler sees it. The connection ends when the handler returns.
pub struct Peer {
    stream: Box<dyn Stream>,
    raw: TcpStream,
    /// Which connection this is, from 0.
    pub connection: usize,
    shared: Arc<Shared>,
    /// Bytes since the last request.
    sent: usize,
    /// How many of them came before the last rest.
    rested: usize,
    is_reset: bool,
}

impl Peer {
    /// Reads a whole request and tells which it is on this server, from 0.
    ///
    /// # Errors
    ///
    /// If the connection ends before.
    pub fn request(&mut self) -> io::Result<usize> {
        let (head, body) = self.read_request()?;
        Ok(self.keep(head, body))
    }

    /// Reads a whole request and keeps nothing of it.
    ///
    /// # Errors
    ///
    /// If the connection ends before.
    pub fn skim(&mut self) -> io::Result<()> {
        self.read_request()?;
        self.shared.requests.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    /// Keeps a request that arrived, and tells which it is on this server, from 0.
    pub(crate) fn keep(&mut self, head: String, body: Vec<u8>) -> usize {
        self.shared.requests.fetch_add(1, Ordering::SeqCst);
        let mut received = lock(&self.shared.received);
        received.push(Received { connection: self.connection, at: SystemTime::now(), head, body });
        received.len() - 1
    }

    fn read_request(&mut self) -> io::Result<(String, Vec<u8>)> {
        let mut bytes = Vec::new();
        let head = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            self.read_some(&mut bytes)?;
        };
        let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
        let length = text
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, value)| value.trim().parse().ok())
            .unwrap_or(0);
        while bytes.len() < head + length {
            self.read_some(&mut bytes)?;
        }
        (self.sent, self.rested) = (0, 0);
        Ok((text, bytes.split_off(head)))
    }

    /// Reads exactly so many bytes.
    pub(crate) fn read_exactly(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.stream.read_exact(bytes)
    }

    fn read_some(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                bytes.extend_from_slice(&buffer[..read]);
                Ok(())
            }
        }
    }

    /// The request that [`request`](Self::request) counted so.
    #[must_use]
    pub fn received(&self, request: usize) -> Received {
        lock(&self.shared.received)[request].clone()
    }

    /// Writes bytes as they are, with a rest after each burst of them.
    ///
    /// # Errors
    ///
    /// If the connection has ended.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        for bytes in bytes.as_ref().chunks(BURST) {
            if self.sent - self.rested + bytes.len() > BURST {
                self.rest()?;
            }
            self.stream.write_all(bytes)?;
            self.stream.flush()?;
            self.sent += bytes.len();
            self.shared.accepted.fetch_max(self.sent, Ordering::SeqCst);
        }
        Ok(())
    }

    /// Until the client has read what it was sent, or is gone; where that cannot be seen, it has had time to.
    fn rest(&mut self) -> io::Result<()> {
        let (client, server) = (self.raw.peer_addr()?, self.raw.local_addr()?);
        let mut rest = REST;
        loop {
            thread::sleep(rest);
            // To look takes milliseconds, of which a client that is slow to read gets fewer.
            rest *= 2;
            match process::unread(client, server) {
                Ok(Some(0)) | Err(_) => break,
                Ok(Some(_)) => {}
                Ok(None) => return Err(io::ErrorKind::ConnectionAborted.into()),
            }
        }
        self.rested = self.sent;
        Ok(())
    }

    /// Writes the same bytes until the client has enough.
    ///
    /// # Errors
    ///
    /// When the connection has ended, as it must.
    pub(crate) fn send_without_end(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.drip(bytes, Duration::ZERO)
    }

    /// The same, with a pause after each time.
    ///
    /// # Errors
    ///
    /// When the connection has ended, as it must.
    pub(crate) fn drip(&mut self, bytes: impl AsRef<[u8]>, pause: Duration) -> io::Result<()> {
        loop {
            self.send(&bytes)?;
            thread::sleep(pause);
        }
    }

    /// An answer with a length, after which the connection stays open.
    ///
    /// # Errors
    ///
    /// If the connection has ended.
    pub fn answer(&mut self, status: &str, headers: &str, body: impl AsRef<[u8]>) -> io::Result<()> {
        let body = body.as_ref();
        let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len());
        self.send([head.as_bytes(), body].concat())
    }

    /// Another server's address, at which nothing may arrive.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub(crate) fn elsewhere(&self) -> SocketAddr {
        self.shared.elsewhere.expect("another server")
    }

    /// Breaks the connection off with a reset, as soon as the handler returns.
    ///
    /// # Errors
    ///
    /// If the socket refuses the option.
    pub fn reset(&mut self) -> io::Result<()> {
        self.is_reset = true;
        socket2::SockRef::from(&self.raw).set_linger(Some(Duration::ZERO))
    }

    /// Sends no more, and still receives.
    ///
    /// # Errors
    ///
    /// If the connection has ended.
    pub(crate) fn half_close(&mut self) -> io::Result<()> {
        self.raw.shutdown(Shutdown::Write)
    }

    /// Says and does nothing until the client goes away, for at most a minute.
    pub fn wait(&mut self) {
        let mut rest = [0; 4096];
        while matches!(self.stream.read(&mut rest), Ok(read) if read > 0) {}
    }
}

/// A proxy that leads each tunnel, whatever host it asks for, to that port of this machine.
#[must_use]
pub fn proxy() -> Server {
    Server::start(None, |peer| {
        let request = peer.request()?;
        let head = peer.received(request).head;
        let port = head.split_whitespace().nth(1).and_then(|target| target.rsplit(':').next()?.parse().ok());
        let target = TcpStream::connect(("127.0.0.1", port.unwrap_or(0)))?;
        peer.send("HTTP/1.1 200 Connection established\r\n\r\n")?;
        let (mut from, mut to) = (peer.raw.try_clone()?, target.try_clone()?);
        let there = thread::spawn(move || io::copy(&mut from, &mut to).map(|_| to.shutdown(Shutdown::Both)));
        io::copy(&mut &target, &mut &peer.raw)?;
        peer.raw.shutdown(Shutdown::Both)?;
        let _ = there.join();
        Ok(())
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
