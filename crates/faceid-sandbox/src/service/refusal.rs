//! A request that is refused.

use super::problem::Problem;
use crate::VendorError;

/// A request that is refused: what it is told, and what the journal says.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) error: VendorError,
    pub(crate) problem: Problem,
}

impl Refusal {
    pub(crate) fn new(error: VendorError, problem: Problem) -> Self {
        Self { error, problem }
    }
}
