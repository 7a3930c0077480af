//! One thing that was looked at.

use crate::failure::Failure;
use crate::speech::{Phrase, Say};

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Passed,
    Failed,
    /// It was looked at, and what was seen proves nothing.
    Unknown,
    Skipped,
}

impl Status {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
        }
    }

    pub(super) const fn say(self) -> Say {
        match self {
            Self::Passed => Say::Passed,
            Self::Failed => Say::Failed,
            Self::Unknown => Say::Unknown,
            Self::Skipped => Say::Skipped,
        }
    }
}

/// A line of the report.
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) detail: Phrase,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Failed(Box<Failure>),
    Unknown,
    Skipped,
}

impl Check {
    pub(super) fn passed(name: &'static str, detail: impl Into<Phrase>) -> Self {
        Self { name, detail: detail.into(), outcome: Outcome::Passed }
    }

    /// Neither for nor against it.
    pub(super) fn unknown(name: &'static str, detail: impl Into<Phrase>) -> Self {
        Self { name, detail: detail.into(), outcome: Outcome::Unknown }
    }

    pub(super) fn failed(name: &'static str, failure: Failure) -> Self {
        Self { name, detail: failure.message.clone(), outcome: Outcome::Failed(Box::new(failure)) }
    }

    /// It needs what failed before it.
    pub(super) fn skipped(name: &'static str) -> Self {
        Self::left_out(name, Say::NotLooked)
    }

    /// There was nothing to look at, or nobody asked for it.
    pub(super) fn left_out(name: &'static str, reason: Say) -> Self {
        Self { name, detail: reason.into(), outcome: Outcome::Skipped }
    }

    /// Writes down how a step went, and gives what it brought.
    pub(super) fn take<T>(
        name: &'static str,
        step: Result<(T, Phrase), Failure>,
        checks: &mut Vec<Self>,
    ) -> Option<T> {
        match step {
            Ok((brought, detail)) => {
                checks.push(Self::passed(name, detail));
                Some(brought)
            }
            Err(failure) => {
                checks.push(Self::failed(name, failure));
                None
            }
        }
    }

    pub(super) fn status(&self) -> Status {
        match self.outcome {
            Outcome::Passed => Status::Passed,
            Outcome::Failed(_) => Status::Failed,
            Outcome::Unknown => Status::Unknown,
            Outcome::Skipped => Status::Skipped,
        }
    }

    pub(super) fn failure(&self) -> Option<&Failure> {
        match &self.outcome {
            Outcome::Failed(failure) => Some(failure),
            Outcome::Passed | Outcome::Unknown | Outcome::Skipped => None,
        }
    }

    /// What to do about it.
    pub(super) fn advice(&self) -> Option<Phrase> {
        let failure = self.failure()?;
        // What has no advice of its own is a setting that was refused.
        Some(failure.hint.clone().unwrap_or_else(|| Say::MendSetting.into()))
    }
}
