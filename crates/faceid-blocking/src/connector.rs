//! How a connection is made, by `ureq::unversioned`, for which ureq is pinned to its minor version.
//!
//! ureq's own parts serve but for five things. It resolves the name before each request, with a thread if there is a
//! time limit, even where a pooled connection is at hand: here the name is resolved when a connection is made. It
//! builds its TLS configuration anew for each connection of a request with limits of its own: here there is one a
//! client. It sends head and body of a request apart: here they are [`Joined`]. Its time limits come late: here they are
//! kept, in [`tcp`](crate::tcp). And it does not tell an error before the request was sent from one after: here whatever
//! stops a connection from being made is a [`NotConnected`].

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use faceid_types::TransportKind;
use http::Uri;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::time::Instant;
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout,
    Transport, TransportAdapter,
};
use ureq::{Agent, Error};

use crate::echo::{Echoes, listened};
use crate::head::{Head, head};
use crate::joined::Joined;
use crate::left::{NOTHING_LEFT, left};
use crate::rewrite::rewrite;
use crate::tcp::TcpConnector;

/// What a client and its connections share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// What the longest of the answers that were asked for may take, in bytes, with its head and all between its parts.
    pub(crate) most: AtomicUsize,
    pub(crate) echoes: Echoes,
}

/// An agent with this way of connecting. Without `tls` it speaks plain http alone.
pub(crate) fn agent(settings: Config, tls: Option<ClientConfig>, shared: Arc<Shared>) -> Agent {
    let chain = ().chain(ConnectProxyConnector::default()).chain(TcpConnector);
    let chain = chain.chain(TlsConnector(tls.map(Arc::new)));
    Agent::with_parts(settings, Connect { chain, shared }, NoResolver)
}

/// A connection could not be made, so nothing was sent.
#[derive(Debug)]
pub(crate) struct NotConnected {
    kind: TransportKind,
    source: Error,
}

impl NotConnected {
    pub(crate) fn kind(&self) -> TransportKind {
        self.kind
    }

    fn wrap(source: Error) -> Error {
        let kind = match &source {
            // A proxy is connected to by the same connector, so its errors are wrapped already.
            Error::Other(other) if other.is::<Self>() => return source,
            Error::Io(error) if refused_tls(error) => TransportKind::Tls,
            Error::Tls(_) | Error::TlsRequired => TransportKind::Tls,
            _ => TransportKind::NeverSent,
        };
        Error::Other(Box::new(Self { kind, source }))
    }
}

impl fmt::Display for NotConnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

impl StdError for NotConnected {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.source {
            Error::Io(error) => Some(error),
            other => Some(other),
        }
    }
}

/// Whether TLS itself said no, rather than the connection beneath it.
pub(crate) fn refused_tls(error: &io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).is_some()
}

/// ureq asks it before each request; the connector resolves names when it needs them.
#[derive(Debug)]
struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}

#[derive(Debug)]
struct Connect<C> {
    chain: C,
    shared: Arc<Shared>,
}

impl<C: Connector<()>> Connector<()> for Connect<C> {
    type Out = Guarded<C::Out>;

    fn connect(&self, details: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Self::Out>, Error> {
        let resolver = DefaultResolver::default();
        // Only who leads a connection through a proxy comes with its addresses. What goes through it is counted within.
        let to_proxy = !details.addrs.is_empty();
        let addrs = if !to_proxy && details.config.proxy().is_none() {
            resolver.resolve(details.uri, details.config, details.timeout).map_err(NotConnected::wrap)?
        } else {
            details.addrs.clone()
        };
        let now = (details.current_time)();
        let opening = to_proxy.then_some(details.now);
        let details = ConnectionDetails {
            uri: details.uri,
            addrs,
            config: details.config,
            request_level: details.request_level,
            resolver: &resolver,
            now,
            timeout: left(details.timeout, details.now, now),
            current_time: Arc::clone(&details.current_time),
            run_connector: Arc::clone(&details.run_connector),
            register_shutdown: Arc::clone(&details.register_shutdown),
        };
        let inner = self.chain.connect(&details, None).map_err(NotConnected::wrap)?;
        let shared = (!to_proxy).then(|| Arc::clone(&self.shared));
        Ok(inner.map(|inner| Guarded {
            inner: Joined::new(inner),
            opening,
            in_head: true,
            taken: 0,
            exchange: None,
            shared,
        }))
    }
}

/// A connection whose answers are neither compressed nor without an end.
///
/// Compression is never asked for. If another crate of the application switches ureq's decompression on, ureq unfolds such
/// an answer and removes the header that told of it. So the head is looked at before ureq sees it.
///
/// ureq limits a head and a body, and neither informational answers nor what stands around the pieces of a body.
#[derive(Debug)]
struct Guarded<T> {
    inner: Joined<T>,
    /// Since when a proxy is asked to open a tunnel. ureq grants the whole time anew to each piece of its answer.
    opening: Option<Instant>,
    in_head: bool,
    /// Bytes of this answer.
    taken: usize,
    /// The last of which the sign is hidden from ureq.
    exchange: Option<u64>,
    /// None where it leads to a proxy: what goes through it is guarded within.
    shared: Option<Arc<Shared>>,
}

impl<T: Transport> Transport for Guarded<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.in_head = true;
        self.taken = self.inner.buffers().input().len();
        if let Some(shared) = self.shared.as_ref().filter(|_| listened()) {
            let sent = &self.inner.buffers().output()[..amount];
            self.exchange = shared.echoes.exchange_of(sent).or(self.exchange);
        }
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, mut timeout: NextTimeout) -> Result<bool, Error> {
        if let Some(opening) = self.opening {
            timeout = left(timeout, opening, Instant::now());
            if timeout.after == NOTHING_LEFT {
                return Err(Error::Timeout(timeout.reason));
            }
        }
        let before = self.inner.buffers().input().len();
        let progress = self.inner.await_input(timeout).map_err(cut_off)?;
        self.taken += self.inner.buffers().input().len() - before;
        if let Some(shared) = &self.shared {
            let most = shared.most.load(Ordering::Relaxed);
            if self.taken > most {
                return Err(Error::BodyExceedsLimit(most as u64));
            }
            if let Some(exchange) = self.exchange {
                shared.echoes.hide(exchange, self.inner.buffers(), self.taken)?;
            }
        }
        if self.in_head {
            let (head, continues) = head(self.inner.buffers().input());
            if self.shared.is_some() && !continues.is_empty() {
                let mut input = self.inner.buffers().input().to_vec();
                // ureq refuses a 100 with headers, and passes over other informational answers whatever they hold.
                for place in continues {
                    input[place..place + 3].copy_from_slice(b"102");
                }
                rewrite(self.inner.buffers(), &input);
            }
            match head {
                Head::Unfinished => {}
                Head::Plain => {
                    (self.in_head, self.opening) = (false, None);
                    self.inner.holds = self.shared.is_some();
                }
                Head::Compressed => {
                    return Err(Error::Other("the answer is compressed, which was not asked for".into()));
                }
            }
        }
        Ok(progress)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// ureq takes a reset, and an end that TLS does not vouch for, as the end of a body without a length.
fn cut_off(error: Error) -> Error {
    match error {
        Error::Io(error)
            if matches!(
                error.kind(),
                io::ErrorKind::UnexpectedEof
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::ConnectionReset
            ) =>
        {
            Error::Io(io::Error::new(io::ErrorKind::BrokenPipe, error))
        }
        other => other,
    }
}

struct TlsConnector(Option<Arc<ClientConfig>>);

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = Either<In, TlsTransport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let (Some(transport), true) = (&chained, details.needs_tls()) else {
            return Ok(chained.map(Either::A));
        };
        if transport.is_tls() {
            return Ok(chained.map(Either::A));
        }
        let (Some(transport), Some(config)) = (chained, &self.0) else {
            return Err(Error::TlsRequired);
        };
        let host = details.uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let name =
            ServerName::try_from(host.to_owned()).map_err(|_| Error::Tls("the host is no name for TLS"))?;
        let mut tls = ClientConnection::new(Arc::clone(config), name)
            .map_err(|error| Error::Io(io::Error::other(error)))?;
        let now = (details.current_time)();
        let mut socket = TransportAdapter::new(transport.boxed(), Arc::clone(&details.current_time));
        socket.set_timeout(left(details.timeout, details.now, now));
        if let Err(error) = tls.complete_io(&mut socket) {
            // rustls writes once, which in TLS 1.3 leaves the reason unsaid.
            while refused_tls(&error)
                && tls.wants_write()
                && tls.write_tls(&mut socket).is_ok_and(|written| written > 0)
            {}
            return Err(error.into());
        }
        let buffers =
            LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Either::B(TlsTransport { buffers, stream: Box::new(StreamOwned::new(tls, socket)) })))
    }
}

impl fmt::Debug for TlsConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsConnector")
    }
}

struct TlsTransport {
    buffers: LazyBuffers,
    /// In place it is what each connection's way up the stack would have room for, encrypted or not.
    stream: Box<StreamOwned<ClientConnection, TransportAdapter>>,
}

impl TlsTransport {
    /// Why the server ended the connection, if it said so: a client certificate that is missing is told only after the
    /// handshake, when the request is on its way.
    fn alert(&mut self) -> Option<io::Error> {
        self.stream.conn.read_tls(&mut self.stream.sock).ok()?;
        self.stream.conn.process_new_packets().err().map(io::Error::other)
    }
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        use std::io::Write as _;

        self.stream.sock.set_timeout(timeout);
        let written = self.stream.write_all(&self.buffers.output()[..amount]);
        Ok(written.map_err(|error| self.alert().unwrap_or(error))?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        use std::io::Read as _;

        self.stream.sock.set_timeout(timeout);
        let read = self.stream.read(self.buffers.input_append_buf());
        let amount = read.map_err(|error| self.alert().unwrap_or(error))?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        let socket = self.stream.sock.get_mut();
        // What came with an answer and is left is no answer to the next request.
        let nothing_left = self.stream.conn.wants_read() && socket.buffers().input().is_empty();
        nothing_left && socket.is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsTransport")
    }
}
