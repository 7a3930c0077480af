//! TCP whose time limits are kept.
//!
//! ureq leaves them to the socket. Linux rounds those of a socket up, by as much as an eighth: 16.7 s ended after 18.1. And
//! where a write was taken in part, ureq grants what is left of it the whole time anew. Here a wait is made of parts, and all
//! of it has one end.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use log::debug;
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
        // No handle to shut it down by is registered: nobody but the client has this agent.
        let stream = connect(&details.addrs, &Limit::new(details.timeout))?;
        stream.set_nodelay(true)?;
        let buffers =
            LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Either::B(Tcp { stream, buffers })))
    }
}

/// To the first address that answers.
fn connect(addresses: &[SocketAddr], limit: &Limit) -> Result<TcpStream, Error> {
    let count = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    let mut failed = Error::HostNotFound;
    for (following, address) in (0..count).rev().zip(addresses) {
        let connected = match limit.left()? {
            Some(left) => TcpStream::connect_timeout(address, share(left, following)),
            None => TcpStream::connect(address),
        };
        match connected {
            Ok(stream) => {
                debug!("connected to {address}");
                return Ok(stream);
            }
            Err(error) => {
                debug!("not connected to {address}: {error}");
                failed = limit.over_if_timed_out(error);
            }
        }
    }
    Err(failed)
}

/// What an address has of the time that is left for it and those that follow: half, as one that does not answer would take
/// it all, and less where those would not have a moment each. Where there are too few moments, all have the same.
fn share(left: Duration, following: u32) -> Duration {
    const MOMENT: Duration = Duration::from_millis(10);
    const NOT_ZERO: Duration = Duration::from_nanos(1);
    let without_moments = left.saturating_sub(MOMENT * following);
    (left / 2).min(without_moments).max(left / (following + 1)).max(NOT_ZERO)
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

    fn over_if_timed_out(&self, error: io::Error) -> Error {
        if error.kind() == io::ErrorKind::TimedOut { Error::Timeout(self.reason) } else { Error::Io(error) }
    }
}

/// What is waited at a time.
fn part(left: Duration) -> Duration {
    /// An eighth more of it is 20 ms, which does not matter.
    const LITTLE: Duration = Duration::from_millis(160);
    // Windows promises nothing of a socket after a wait that was over: there it is one wait.
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
            Err(error) if cfg!(target_os = "macos") && error.kind() == io::ErrorKind::InvalidInput => {}
            set => set?,
        }
        match step() {
            // `TimedOut` is another thing: TCP has given the connection up, or Windows the wait.
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
            ended => return ended.map_err(|error| limit.over_if_timed_out(error)),
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
    use std::io::Write as _;
    use std::net::{Shutdown, TcpListener};
    use std::thread::sleep;

    use faceid_faults::Server;

    use super::*;

    fn limit(milliseconds: u64) -> Limit {
        let after = Patience::from_millis(milliseconds);
        Limit::new(NextTimeout { after, reason: Timeout::Connect, ..NextTimeout::default() })
    }

    #[test]
    #[cfg_attr(windows, ignore = "one wait is all there is")]
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
            (&[Err(TimedOut), Ok(0)], "Err(Timeout(Connect))"),
            (&[], "Err(Timeout(Connect))"),
            (&[Err(WouldBlock)], "Err(Timeout(Connect))"),
        ];
        for (script, expected) in cases {
            // Those that end by time end soon.
            let whole = if matches!(script, [] | [Err(WouldBlock)]) { 60 } else { 60_000 };
            let limit = limit(whole);
            let given = RefCell::new(Vec::new());
            let mut steps = script.iter();
            let ended = moved(
                &limit,
                |part| {
                    given.borrow_mut().extend(part);
                    Ok(())
                },
                || {
                    sleep(Duration::from_millis(1));
                    steps.next().copied().unwrap_or(Err(WouldBlock)).map_err(io::Error::from)
                },
            );
            assert_eq!(format!("{ended:?}"), expected, "{script:?}");
            let given = given.into_inner();
            assert!(
                given.iter().all(|part| !part.is_zero()) && given.is_sorted_by(|a, b| a > b),
                "{given:?}"
            );
            let first = if cfg!(windows) || whole == 60 { whole } else { whole / 8 * 7 };
            assert!(given.first().is_none_or(|part| *part <= Duration::from_millis(first)), "{given:?}");
        }
    }

    #[test]
    fn a_timeout_that_cannot_be_set() {
        let on_macos = if cfg!(target_os = "macos") { "Ok(5)" } else { "Err(Io(Kind(InvalidInput)))" };
        for (kind, expected) in [
            (io::ErrorKind::InvalidInput, on_macos),
            (io::ErrorKind::NotConnected, "Err(Io(Kind(NotConnected)))"),
        ] {
            let ended = moved(&limit(60_000), |_| Err(kind.into()), || Ok(5));
            assert_eq!(format!("{ended:?}"), expected);
        }
    }

    #[test]
    fn how_much_time_each_address_has() {
        // the time in milliseconds, how many addresses there are, and what each has of it if none answers
        let cases: [(u64, u32, &[u128]); 6] = [
            (3100, 1, &[3100]),
            (3100, 2, &[1550, 1550]),
            (3100, 4, &[1550, 775, 387, 387]),
            (3100, 16, &[1550, 775, 387, 193, 83, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10]),
            (60, 4, &[30, 10, 10, 10]),
            (12, 4, &[3, 3, 3, 3]),
        ];
        for (whole, count, expected) in cases {
            let mut left = Duration::from_millis(whole);
            let shares = (0..count).rev().map(|following| {
                let share = share(left, following);
                left = left.checked_sub(share).expect("no more than is left");
                share.as_millis()
            });
            assert_eq!(shares.collect::<Vec<_>>(), expected, "{whole} ms, {count} addresses");
            assert!(left.is_zero(), "{left:?}");
        }
    }

    #[test]
    #[cfg_attr(windows, ignore = "it takes two seconds to refuse")]
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

    /// A connection, and its other end.
    fn pair(buffers: LazyBuffers) -> (Tcp, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let stream = connect(&[address], &limit(60_000)).expect("a connection");
        (Tcp { stream, buffers }, listener.accept().expect("a connection").0)
    }

    /// What is taken at once is less than is written.
    #[test]
    fn a_write_that_is_taken_in_part_has_one_end() {
        const MUCH: usize = 32 << 20;
        const WHOLE: Duration = Duration::from_secs(4);
        const LATE: Duration = Duration::from_secs(1);
        let (mut tcp, _other) = pair(LazyBuffers::new(100, MUCH));
        let started = Instant::now();
        let timeout = NextTimeout { after: WHOLE.into(), ..NextTimeout::default() };
        let ended = tcp.transmit_output(MUCH, timeout);
        assert!(matches!(ended, Err(Error::Timeout(Timeout::Global))), "{ended:?}");
        let took = started.elapsed();
        assert!(took >= WHOLE && took < WHOLE + LATE, "{took:?}");
    }

    #[test]
    fn one_that_is_open_waits_as_before() {
        const WAIT: Duration = Duration::from_millis(100);
        // what the other end does, and whether the connection is open
        let cases: [(fn(TcpStream) -> io::Result<Option<TcpStream>>, bool); 5] = [
            (|other| Ok(Some(other)), true),
            (|mut other| other.write_all(b"x").map(|()| Some(other)), false),
            (|other| other.shutdown(Shutdown::Write).map(|()| Some(other)), false),
            (|mut other| other.write_all(b"x").map(|()| None), false),
            // With something unread that is a reset.
            (|other| other.peek(&mut [0]).map(|_| None), false),
        ];
        for (case, (does, open)) in cases.into_iter().enumerate() {
            let (mut tcp, other) = pair(LazyBuffers::new(100, 100));
            (&tcp.stream).write_all(b"x").expect("it is sent");
            let _other = does(other).expect("it is done");
            // It takes a moment until that has come, and a reset is told once.
            sleep(WAIT);
            assert_eq!(tcp.is_open(), open, "{case}");
            if open {
                tcp.stream.set_read_timeout(Some(WAIT)).expect("a time limit");
                let started = Instant::now();
                tcp.stream.read(&mut [0]).expect_err("nothing to read");
                assert!(started.elapsed() > WAIT / 2, "{:?}", started.elapsed());
            }
        }
    }
}
