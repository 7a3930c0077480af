//! What an observer is told of each attempt.

use std::sync::Arc;
use std::time::Duration;

use crate::{ErrorCode, TransportKind};

/// One attempt, as it ended. There is nothing secret in it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct AttemptRecord<'a> {
    /// The endpoint's path, such as `/v5/sdk/get_biz_token`.
    pub endpoint: &'static str,
    /// Which attempt of its call, from 1.
    pub attempt: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// The service's error code, if it gave one.
    pub code: Option<&'a ErrorCode>,
    /// From signing to the end of the answer.
    pub duration: Duration,
    /// The wait before the next attempt; `None` if this was the last.
    pub wait: Option<Duration>,
    /// The service's id of the request.
    pub request_id: Option<&'a str>,
}

impl AttemptRecord<'_> {
    /// A record of a first attempt, to be filled in: for tests of your own observer.
    #[must_use]
    pub fn new(endpoint: &'static str, outcome: Outcome) -> Self {
        Self {
            endpoint,
            attempt: 1,
            outcome,
            status: None,
            code: None,
            duration: Duration::ZERO,
            wait: None,
            request_id: None,
        }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// With a result.
    Success,
    /// With an answer that is an error.
    Api,
    /// With an answer that does not read.
    Decode,
    /// Without an answer.
    Transport(TransportKind),
}

impl Outcome {
    /// A short name in `snake_case`, for a metric's label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Api => "api",
            Self::Decode => "decode",
            Self::Transport(kind) => kind.as_str(),
        }
    }
}

#[derive(Clone)]
pub(crate) struct Observer(pub(crate) Arc<dyn Fn(&AttemptRecord<'_>) + Send + Sync>);
