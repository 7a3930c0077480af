//! How an answer is to be delivered, where that is part of a fault.

use std::num::NonZeroU32;
use std::time::Duration;

use http::Response;

/// How the listener delivers an answer, if not at once and whole.
///
/// It is an extension of the response that [`Sandbox::answer`](crate::Sandbox::answer) gives, for those who put
/// something else than the listener around it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// How long to wait before the answer is sent.
    pub delay: Duration,
    /// How fast the body is sent, if not as fast as it goes.
    pub bytes_per_second: Option<NonZeroU32>,
    /// Whether it arrives broken.
    pub broken: Option<Broken>,
}

/// How an answer is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Broken {
    /// The connection is reset without an answer. The response is empty.
    Reset,
    /// The body ends before its length: the header `content-length` gives the whole, the body is its first half.
    Truncated,
}

impl Delivery {
    /// How long a body of this many bytes takes.
    pub(crate) fn time_of_body(&self, bytes: usize) -> Duration {
        self.bytes_per_second.map_or(Duration::ZERO, |rate| {
            Duration::from_secs(1) * u32::try_from(bytes).unwrap_or(u32::MAX) / rate.get()
        })
    }

    /// How this answer is to be delivered.
    #[must_use]
    pub fn of<T>(response: &Response<T>) -> Self {
        response.extensions().get().copied().unwrap_or_default()
    }
}
