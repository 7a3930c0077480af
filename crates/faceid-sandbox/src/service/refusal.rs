//! A request that is refused.

use std::borrow::Cow;

use crate::VendorError;

/// A request that is refused: what it is told, and what the journal says.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) error: VendorError,
    pub(crate) problem: Cow<'static, str>,
}

impl Refusal {
    pub(crate) fn new(error: VendorError, problem: impl Into<Cow<'static, str>>) -> Self {
        Self { error, problem: problem.into() }
    }
}
