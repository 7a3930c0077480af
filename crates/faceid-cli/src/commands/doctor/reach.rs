//! The way to the service, a step at a time: name, connection, TLS, and the Date of an answer.
//!
//! The client takes the same steps in one; apart, each can be named when it fails. No sign is sent.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use faceid_blocking::Hint;
use http::Uri;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::calendar;
use crate::failure::{Failure, Kind, cause};
use crate::speech::{Phrase, Say};

/// Where to go.
pub(super) struct Reach {
    host: String,
    /// With the port, if the URL has one.
    authority: String,
    addresses: Vec<SocketAddr>,
    patience: Patience,
}

/// How long all steps may take together, the probe among them; each of the others may take some of it.
#[derive(Clone, Copy)]
pub(super) struct Patience(Instant);

impl Patience {
    /// Of one step.
    const STEP: Duration = Duration::from_secs(5);

    pub(super) fn of(whole: Duration) -> Self {
        let now = Instant::now();
        Self(now.checked_add(whole).unwrap_or(now + Self::STEP * 5))
    }

    /// What is left of it all.
    pub(super) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// When the step that begins now is to end.
    fn step(self) -> Instant {
        self.0.min(Instant::now() + Self::STEP)
    }
}

/// A connection whose every step ends in time, however slowly bytes come.
pub(super) struct Timed {
    stream: TcpStream,
    until: Instant,
}

impl Timed {
    fn left(until: Instant) -> io::Result<Duration> {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }

    /// What is done within the time that is left; the system calls it by two names when that is over.
    fn within<T>(&mut self, step: impl FnOnce(&mut TcpStream) -> io::Result<T>) -> io::Result<T> {
        let left = Some(Self::left(self.until)?);
        self.stream.set_read_timeout(left)?;
        self.stream.set_write_timeout(left)?;
        step(&mut self.stream).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
            _ => error,
        })
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.within(|stream| stream.read(buffer))
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.within(|stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl Reach {
    /// The addresses behind the name. The operating system knows no time limit for this, so a thread waits for it.
    pub(super) fn resolve(base_url: &str, patience: Patience) -> Result<(Self, Phrase), Failure> {
        let uri: Uri = base_url.parse().unwrap_or_default();
        let (host, authority) = host(&uri);
        let https = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if https { 443 } else { 80 });
        let (found, finding) = mpsc::channel();
        thread::spawn({
            let host = host.clone();
            move || found.send((host.as_str(), port).to_socket_addrs().map(Vec::from_iter))
        });
        let left = patience.step().saturating_duration_since(Instant::now());
        let addresses = match finding.recv_timeout(left) {
            Ok(Ok(addresses)) if !addresses.is_empty() => addresses,
            Ok(Ok(_)) => return Err(unreachable(Say::NoAddress.with([host.into()]))),
            Ok(Err(error)) => {
                return Err(unreachable(Say::NotResolved.with([host.into(), error.to_string().into()])));
            }
            Err(_) => return Err(unreachable(Say::ResolvedLate.with([host.into()]))),
        };
        let shown: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
        let detail = Say::Resolved.with([host.clone().into(), shown.join(", ").into()]);
        Ok((Self { host, authority, addresses, patience }, detail))
    }

    /// To where a proxy leads: it looks the name up itself.
    pub(super) fn behind_a_proxy(base_url: &str, patience: Patience) -> Self {
        let uri: Uri = base_url.parse().unwrap_or_default();
        let (host, authority) = host(&uri);
        Self { host, authority, addresses: Vec::new(), patience }
    }

    /// Has the proxy at the other end lead to this service.
    pub(super) fn tunnel(&self, base_url: &str, stream: &mut Timed) -> Result<Phrase, Failure> {
        let uri: Uri = base_url.parse().unwrap_or_default();
        let target = format!("{}:{}", uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(443));
        let request = format!("CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n\r\n");
        stream.until = self.patience.step();
        let answered = stream.write_all(request.as_bytes()).and_then(|()| head(stream));
        let head = answered.map_err(|error| unreachable(Say::NoTunnel.with([told(&error)])))?;
        let line = head.lines().next().unwrap_or_default();
        let status = line.split(' ').nth(1).unwrap_or_default();
        if line.starts_with("HTTP/1.") && status.starts_with('2') {
            return Ok(Say::Tunnelled.with([target.into()]));
        }
        Err(unreachable(Say::NoTunnel.with([line.escape_default().to_string().into()])))
    }

    /// The first address that answers.
    pub(super) fn connect(&self) -> Result<(Timed, Phrase), Failure> {
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in &self.addresses {
            let (started, until) = (Instant::now(), self.patience.step());
            match Timed::left(until).and_then(|left| TcpStream::connect_timeout(address, left)) {
                Ok(stream) => {
                    let took = started.elapsed().as_millis().to_string();
                    let detail = Say::Connected.with([address.to_string().into(), took.into()]);
                    return Ok((Timed { stream, until }, detail));
                }
                Err(error) => last = error,
            }
        }
        Err(unreachable(Say::NotConnected.with([told(&last)])))
    }

    /// The handshake, with the certificate checked as the client does.
    pub(super) fn secure(
        &self,
        mut stream: Timed,
        tls: ClientConfig,
    ) -> Result<(StreamOwned<ClientConnection, Timed>, Phrase), Failure> {
        let refused = |error: String| {
            Failure::new(Kind::Network, Say::NotSecured.with([cause(&error)])).hint(Hint::Tls).code("tls")
        };
        let name = ServerName::try_from(self.host.clone()).map_err(|error| refused(error.to_string()))?;
        let mut connection =
            ClientConnection::new(Arc::new(tls), name).map_err(|error| refused(error.to_string()))?;
        stream.until = self.patience.step();
        while connection.is_handshaking() {
            connection.complete_io(&mut stream).map_err(|error| match error.kind() {
                io::ErrorKind::TimedOut => unreachable(Say::NoAnswerInTime.into()),
                _ => refused(error.to_string()),
            })?;
        }
        let version = connection.protocol_version().and_then(|version| version.as_str()).unwrap_or("TLS");
        Ok((StreamOwned::new(connection, stream), Say::Secured.with([version.into()])))
    }

    /// The next step of a connection that [`secure`](Self::secure) holds begins.
    pub(super) fn go_on(&self, stream: &mut Timed) {
        stream.until = self.patience.step();
    }

    /// Seconds that the service's clock is ahead of this machine's, by the Date of whatever it answers.
    pub(super) fn date(&self, stream: &mut (impl Read + Write)) -> Result<Option<i64>, Failure> {
        let request = format!("HEAD / HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.authority);
        let head = stream
            .write_all(request.as_bytes())
            .and_then(|()| stream.flush())
            .and_then(|()| head(stream))
            .map_err(|error| unreachable(Say::NoAnswer.with([told(&error)])))?;
        if !head.starts_with("HTTP/") {
            return Err(unreachable(Say::BrokenOff.into()));
        }
        let Some(date) = head.lines().find_map(date_of) else {
            return Ok(None);
        };
        let now = calendar::now();
        Ok(i64::try_from(date).ok().zip(i64::try_from(now).ok()).map(|(date, now)| date - now))
    }
}

/// As a name is looked up, and as a request names it.
fn host(uri: &Uri) -> (String, String) {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let authority = uri.authority().map(ToString::to_string);
    (host.to_owned(), authority.unwrap_or_default())
}

/// The head of an answer, or what came of it.
fn head(stream: &mut impl Read) -> io::Result<String> {
    const LONGEST: usize = 64 * 1024;
    let mut head = Vec::new();
    let mut chunk = [0; 1024];
    while head.len() < LONGEST && !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut chunk)? {
            0 => break,
            read => head.extend_from_slice(&chunk[..read]),
        }
    }
    if head.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn date_of(line: &str) -> Option<u64> {
    let (name, value) = line.split_once(':')?;
    let date = name.eq_ignore_ascii_case("date").then(|| httpdate::parse_http_date(value.trim()).ok())??;
    Some(date.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs())
}

fn told(error: &io::Error) -> Phrase {
    match error.kind() {
        io::ErrorKind::TimedOut => Say::TimeOver.into(),
        _ => error.to_string().into(),
    }
}

fn unreachable(message: Phrase) -> Failure {
    let failure = Failure::new(Kind::Network, message).hint(Hint::Unreachable).code("never_sent");
    Failure { retryable: true, ..failure }
}
