//! What a row is.

use std::io;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use faceid_types::TransportKind;

use crate::server::BURST;
use crate::{Leaf, Peer};

/// What a server does with each connection.
pub(crate) type Serve = Arc<dyn Fn(&mut Peer) -> io::Result<()> + Send + Sync>;

/// One scenario. All that it does not name is as usual: plain HTTP, three attempts, five seconds, a clock that is right.
pub struct Row {
    pub(crate) name: String,
    pub(crate) serve: Serve,
    pub(crate) port: Port,
    pub(crate) calls: Vec<Expect>,
    pub(crate) requests: usize,
    /// How many attempts are made, all calls together.
    pub(crate) attempted: RangeInclusive<usize>,
    pub(crate) attempts: u32,
    pub(crate) deadline: Duration,
    /// At least how long after the first request the second one comes.
    pub(crate) apart: Duration,
    pub(crate) ahead: u64,
    /// What of an answer may be taken, in bytes, if not any amount until the time is over.
    pub(crate) accepted: Option<usize>,
    pub(crate) quick: bool,
}

/// What stands at the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Port {
    /// The server.
    Plain,
    /// The server behind TLS, with such a certificate.
    Tls(Leaf),
    /// The client speaks TLS, and the server handles the bytes as they are.
    RawTls,
    /// The server is a proxy, and the client asks for a host behind it.
    Proxy,
    /// Nobody accepts, and there is no room to wait: what asks for a connection is not answered.
    Full,
    /// Nobody listens.
    Closed,
}

/// How a call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// With the token `fake-token`.
    Token,
    /// With another one.
    TokenOf(&'static str),
    /// With a transport error.
    Transport(TransportKind),
    /// With an error answer of this status, and this code or none.
    Api(u16, &'static str),
    /// With an answer that does not read.
    Decode,
    /// In one of these ways, where libraries see the same thing differently.
    OneOf(&'static [Expect]),
}

/// What of an answer may be read, in bytes: the limits of a body and of a head.
const READ: usize = (256 + 16) * 1024;
/// What may be sent beyond: the read that goes over the limit takes a burst whole, and before the client is gone it has
/// taken all there was, for which one more is sent.
const BEYOND: usize = 2 * BURST;

impl Row {
    /// How each call ends, one after the other with the same client, and how many requests arrive, all calls together.
    pub(crate) fn new(
        name: impl Into<String>,
        calls: &[Expect],
        requests: usize,
        serve: impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            serve: Arc::new(serve),
            port: Port::Plain,
            calls: calls.to_vec(),
            requests,
            attempted: requests..=requests,
            attempts: 3,
            deadline: Duration::from_secs(5),
            apart: Duration::ZERO,
            ahead: 0,
            accepted: Some(READ + BEYOND),
            quick: true,
        }
    }

    /// Each request is answered alike, on a connection that stays open.
    pub(crate) fn answer(
        name: impl Into<String>,
        expect: Expect,
        requests: usize,
        status: impl Into<String>,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        let (status, body) = (status.into(), body.into());
        Self::new(name, &[expect], requests, move |peer| {
            loop {
                peer.request()?;
                peer.answer(&status, "", &body)?;
            }
        })
    }

    /// Each request gets these bytes, and the connection ends.
    pub(crate) fn bytes(
        name: impl Into<String>,
        expect: Expect,
        requests: usize,
        bytes: impl Into<Vec<u8>>,
    ) -> Self {
        let bytes = bytes.into();
        Self::new(name, &[expect], requests, move |peer| {
            peer.request()?;
            peer.send(&bytes)
        })
    }

    pub(crate) fn at(self, port: Port) -> Self {
        Self { port, ..self }
    }

    /// So many attempts are made, all calls together, though fewer requests arrive.
    pub(crate) fn attempted(self, attempts: usize) -> Self {
        Self { attempted: attempts..=attempts, ..self }
    }

    /// A call after the first may find its connection ended: that attempt does not arrive.
    pub(crate) fn finds_ended(self) -> Self {
        let attempted = self.requests..=self.requests + self.calls.len() - 1;
        Self { attempted, ..self }
    }

    /// At most so many attempts a call.
    pub(crate) fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// The deadline of each call.
    pub(crate) fn within(self, milliseconds: u64) -> Self {
        Self { deadline: Duration::from_millis(milliseconds), ..self }
    }

    /// The second request comes this many milliseconds after the first one, or later.
    pub(crate) fn apart(self, milliseconds: u64) -> Self {
        Self { apart: Duration::from_millis(milliseconds), ..self }
    }

    /// The service's clock is ahead by so many seconds, and signs may be made for its time.
    pub(crate) fn ahead(self, seconds: u64) -> Self {
        Self { ahead: seconds, ..self }
    }

    /// So many bytes of an answer may be read.
    pub(crate) fn accepted(self, bytes: usize) -> Self {
        Self { accepted: Some(bytes + BEYOND), ..self }
    }

    /// What is taken of an answer has an end in time alone.
    pub(crate) fn bounded_by_time(self) -> Self {
        let calls = vec![Expect::Transport(TransportKind::Timeout)];
        Self { accepted: None, calls, deadline: Duration::from_secs(5), ..self }
    }

    /// It takes too long to be run with each change.
    pub(crate) fn slow(self) -> Self {
        Self { quick: false, ..self }
    }

    /// What it is about.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How each call ends.
    #[must_use]
    pub fn calls(&self) -> &[Expect] {
        &self.calls
    }

    /// At most so many attempts a call.
    #[must_use]
    pub fn most_attempts(&self) -> u32 {
        self.attempts
    }

    /// The deadline of each call.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.deadline
    }
}
