//! A body that does not come at once, or not whole.

use std::future::Future as _;
use std::io;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::Delivery;
use crate::service::Place;

/// What there is of the body, at its pace; if that is not all, an error where the rest would be.
pub(super) struct HeldBack {
    rest: Bytes,
    pace: Option<Pace>,
    breaks_off: bool,
    flushed: bool,
    /// Its key has it in flight until it is over.
    _in_flight: Option<Place>,
}

struct Pace {
    bytes_per_second: NonZeroU32,
    /// Until the next piece.
    pause: Pin<Box<Sleep>>,
}

impl HeldBack {
    /// In a runtime, because of its timer.
    pub(super) fn new(body: Vec<u8>, delivery: Delivery, in_flight: Option<Place>) -> Self {
        let pace = delivery.bytes_per_second.map(|bytes_per_second| Pace {
            bytes_per_second,
            pause: Box::pin(tokio::time::sleep(Duration::ZERO)),
        });
        let breaks_off = delivery.broken.is_some();
        Self { rest: body.into(), pace, breaks_off, flushed: false, _in_flight: in_flight }
    }
}

impl Body for HeldBack {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let Self { rest, pace, breaks_off, flushed, .. } = &mut *self;
        if !rest.is_empty() {
            let piece = match pace {
                None => rest.len(),
                Some(Pace { bytes_per_second, pause }) => {
                    ready!(pause.as_mut().poll(context));
                    let rate = bytes_per_second.get();
                    // Ten pieces a second, or a byte at a time.
                    let piece = (rate / 10).max(1);
                    pause.set(tokio::time::sleep(Duration::from_secs(1) * piece / rate));
                    rest.len().min(piece as usize)
                }
            };
            return Poll::Ready(Some(Ok(Frame::data(rest.split_to(piece)))));
        }
        if !*breaks_off {
            return Poll::Ready(None);
        }
        if !*flushed {
            // hyper sends what it has before it asks again, and nothing once it has an error.
            *flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())))
    }

    fn size_hint(&self) -> SizeHint {
        if self.breaks_off {
            // The header says another length than what comes.
            SizeHint::default()
        } else {
            SizeHint::with_exact(self.rest.len() as u64)
        }
    }
}
