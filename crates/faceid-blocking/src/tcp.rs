//! TCP whose time limits are kept.
//!
//! ureq's leaves them to the socket. Linux rounds those of a socket up, by as much as an eighth: 16.7 s ended after 18.1. And
//! what is left of a write that was taken in part has the whole time anew. So it is waited here in parts.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use ureq::unversioned::transport::time::Duration as Patience;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
};
use ureq::{Error, Timeout};

#[derive(Debug)]
pub(crate) struct TcpConnector;

impl<In: Transport> Connector<In> for TcpConnector {
    type Out = Either<In, Tcp>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        // It leads through a proxy.
        if chained.is_some() {
            return Ok(chained.map(Either::A));
        }
        let stream = connect(&details.addrs, &Limit::new(details.timeout))?;
        stream.set_nodelay(true)?;
        let buffers =
            LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Either::B(Tcp { stream, buffers })))
    }
}

/// To the first address that answers. Each but the last has half of what is left of the time, as one that does not answer
/// would take it all.
fn connect(addresses: &[SocketAddr], limit: &Limit) -> Result<TcpStream, Error> {
    let mut failed = Error::HostNotFound;
    for (following, address) in (0..addresses.len()).rev().zip(addresses) {
        let connected = match limit.left()? {
            Some(left) if following > 0 => TcpStream::connect_timeout(address, left.saturating_sub(left / 2)),
            Some(left) => TcpStream::connect_timeout(address, left),
            None => TcpStream::connect(address),
        };
        match connected {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => failed = Error::Timeout(limit.reason),
            Err(error) => failed = Error::Io(error),
        }
    }
    Err(failed)
}

/// The end of something's time.
struct Limit {
    end: Option<Instant>,
    reason: Timeout,
}

impl Limit {
    fn new(timeout: NextTimeout) -> Self {
        let end = match timeout.after {
            Patience::Exact(after) => Instant::now().checked_add(after),
            Patience::NotHappening => None,
        };
        Self { end, reason: timeout.reason }
    }

    /// Never zero, which a socket refuses.
    fn left(&self) -> Result<Option<Duration>, Error> {
        let left = self.end.map(|end| end.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) { Err(Error::Timeout(self.reason)) } else { Ok(left) }
    }
}

/// What is waited at a time.
fn part(left: Duration) -> Duration {
    /// An eighth of it does not matter.
    const LITTLE: Duration = Duration::from_millis(160);
    // After a wait that was over, Windows promises nothing of a socket. It has to be one.
    if cfg!(windows) || left <= LITTLE { left } else { left.saturating_sub(left / 8) }
}

/// Moves some bytes, if that is possible within the limit.
fn moved(
    limit: &Limit,
    set_timeout: impl Fn(Option<Duration>) -> io::Result<()>,
    mut step: impl FnMut() -> io::Result<usize>,
) -> Result<usize, Error> {
    loop {
        match set_timeout(limit.left()?.map(part)) {
            // macOS takes none once the other side has closed, when there is nothing to wait for.
            Err(error) if error.kind() != io::ErrorKind::InvalidInput => return Err(error.into()),
            _ => {}
        }
        match step() {
            // Not `TimedOut`, after which the connection is no more.
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
            ended => return Ok(ended?),
        }
    }
}

pub(crate) struct Tcp {
    stream: TcpStream,
    buffers: LazyBuffers,
}

impl Transport for Tcp {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let (mut stream, limit) = (&self.stream, Limit::new(timeout));
        let mut rest = &self.buffers.output()[..amount];
        while !rest.is_empty() {
            match moved(&limit, |part| stream.set_write_timeout(part), || stream.write(rest))? {
                0 => return Err(io::Error::from(io::ErrorKind::WriteZero).into()),
                sent => rest = &rest[sent..],
            }
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let mut stream = &self.stream;
        let room = self.buffers.input_append_buf();
        let limit = Limit::new(timeout);
        let amount = moved(&limit, |part| stream.set_read_timeout(part), || stream.read(room))?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    /// Not where it has ended, and not where there is something to read that was not asked for.
    fn is_open(&mut self) -> bool {
        let looked = self.stream.set_nonblocking(true).and_then(|()| self.stream.peek(&mut [0]));
        let quiet = looked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        quiet && self.stream.set_nonblocking(false).is_ok()
    }
}

impl fmt::Debug for Tcp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tcp").field("stream", &self.stream).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use faceid_faults::Server;

    use super::*;

    fn limit(milliseconds: u64) -> Limit {
        let after = Patience::from_millis(milliseconds);
        Limit::new(NextTimeout { after, reason: Timeout::Connect, ..NextTimeout::default() })
    }

    #[test]
    fn parts_that_are_rounded_up_end_in_time() {
        const LATE: Duration = Duration::from_millis(20);
        for exponent in 0..45 {
            let whole = Duration::from_nanos(1234 << exponent);
            let (mut left, mut parts) = (whole, 0);
            let late = loop {
                parts += 1;
                let rounded = part(left) + part(left) / 8;
                match left.checked_sub(rounded) {
                    Some(rest) if !rest.is_zero() => left = rest,
                    _ => break rounded.saturating_sub(left),
                }
            };
            assert!(late <= LATE && parts <= 8, "{whole:?}: {late:?} late, in {parts} parts");
        }
    }

    #[test]
    fn what_a_step_says_and_what_becomes_of_it() {
        use io::ErrorKind::{ConnectionReset, Interrupted, TimedOut, WouldBlock};
        // what the steps say one after the other, and what it ends with
        let cases: [(&[Result<usize, io::ErrorKind>], _); 8] = [
            (&[Ok(5)], "Ok(5)"),
            (&[Ok(0)], "Ok(0)"),
            (&[Err(WouldBlock), Ok(5)], "Ok(5)"),
            (&[Err(Interrupted), Err(WouldBlock), Err(WouldBlock), Ok(5)], "Ok(5)"),
            (&[Err(WouldBlock), Err(ConnectionReset)], "Err(Io(Kind(ConnectionReset)))"),
            (&[Err(TimedOut), Ok(0)], "Err(Io(Kind(TimedOut)))"),
            (&[], "Err(Timeout(Connect))"),
            (&[Err(WouldBlock)], "Err(Timeout(Connect))"),
        ];
        for (script, expected) in cases {
            let limit = limit(if expected.contains("Timeout") { 60 } else { 60_000 });
            let given = RefCell::new(Vec::new());
            let mut steps = script.iter();
            let ended = moved(
                &limit,
                |part| {
                    given.borrow_mut().extend(part);
                    Ok(())
                },
                || {
                    std::thread::sleep(Duration::from_millis(1));
                    steps.next().copied().unwrap_or(Err(WouldBlock)).map_err(io::Error::from)
                },
            );
            assert_eq!(format!("{ended:?}"), expected, "{script:?}");
            let given = given.into_inner();
            assert!(
                given.iter().all(|part| !part.is_zero()) && given.is_sorted_by(|a, b| a > b),
                "{given:?}"
            );
        }
    }

    #[test]
    fn a_timeout_that_cannot_be_set() {
        // macOS says the first of a connection that the other side has closed
        for (kind, expected) in [
            (io::ErrorKind::InvalidInput, "Ok(5)"),
            (io::ErrorKind::NotConnected, "Err(Io(Kind(NotConnected)))"),
        ] {
            let ended = moved(&limit(60_000), |_| Err(kind.into()), || Ok(5));
            assert_eq!(format!("{ended:?}"), expected);
        }
    }

    #[test]
    fn which_address_is_connected_to() {
        let servers = [Server::start(None, |_| Ok(())), Server::closed(), Server::full()];
        let [good, closed, full] = servers.each_ref().map(Server::address);
        // the addresses, and the one that it comes to or the error
        let cases: [(&[SocketAddr], Result<SocketAddr, &str>); 8] = [
            (&[good], Ok(good)),
            (&[closed, good], Ok(good)),
            (&[full, good], Ok(good)),
            (&[full, closed, full, good, full], Ok(good)),
            (&[], Err("HostNotFound")),
            (&[closed], Err("ConnectionRefused")),
            (&[full, closed], Err("ConnectionRefused")),
            (&[closed, full], Err("Timeout(Connect)")),
        ];
        for (addresses, expected) in cases {
            let connected = connect(addresses, &limit(500));
            match (connected.and_then(|stream| Ok(stream.peer_addr()?)), expected) {
                (Ok(address), Ok(expected)) => assert_eq!(address, expected, "{addresses:?}"),
                (Err(error), Err(expected)) => {
                    let error = format!("{error:?}");
                    assert!(error.contains(expected), "{addresses:?}: {error}");
                }
                (ended, _) => panic!("{addresses:?}: {ended:?}"),
            }
        }
    }
}
