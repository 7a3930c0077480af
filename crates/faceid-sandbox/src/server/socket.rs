//! A connection's socket: it can be asked whether its client is still there, and ends where nothing is taken.

use std::future::Future as _;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf, Ready};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

pub(super) struct Socket {
    client: Client,
    /// How long nothing may be taken of what there is to send.
    patience: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
}

/// Whoever is at the other end.
#[derive(Clone)]
pub(super) struct Client(Arc<Mutex<TcpStream>>);

impl Socket {
    pub(super) fn new(stream: TcpStream, patience: Duration) -> Self {
        Self { client: Client(Arc::new(Mutex::new(stream))), patience, stalled: None }
    }

    pub(super) fn client(&self) -> Client {
        self.client.clone()
    }

    fn in_time(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(self.patience)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Client {
    /// Whether it closes its side within this time, which is waited for. hyper looks for that only until it has read what
    /// may be a next request.
    pub(super) async fn goes_within(&self, time: Duration) -> bool {
        const OFTEN: Duration = Duration::from_millis(100);

        let end = Instant::now() + time;
        while Instant::now() < end {
            tokio::time::sleep_until(end.min(Instant::now() + OFTEN)).await;
            if self.has_gone() {
                return true;
            }
        }
        false
    }

    /// What it gets when the connection is dropped is a reset, and no end.
    pub(super) fn is_reset(&self) {
        let _ = self.stream().set_zero_linger();
    }

    fn has_gone(&self) -> bool {
        let ready = self.stream().ready(Interest::READABLE).now_or_never();
        ready.is_some_and(|ready| ready.is_ok_and(Ready::is_read_closed))
    }

    fn stream(&self) -> MutexGuard<'_, TcpStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.client.stream()).poll_read(context, into)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut *self.client.stream()).poll_write(context, bytes);
        self.in_time(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut *self.client.stream()).poll_write_vectored(context, bytes);
        self.in_time(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.client.stream()).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.client.stream()).poll_shutdown(context)
    }
}
