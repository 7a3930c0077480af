//! A request that is not sent, because a field of it is wrong.

use std::borrow::Cow;

use crate::error::Spent;

/// A field that cannot be sent as it is. Nothing was sent.
///
/// It names the field, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}{}", if spent.maybe_sent { "" } else { "; nothing was sent" })]
pub struct Invalid {
    field: &'static str,
    pub(crate) problem: Cow<'static, str>,
    pub(crate) spent: Spent,
}

impl Invalid {
    /// `field` is the vendor's name of it; `problem` goes on from there: "is empty".
    #[must_use]
    pub fn new(field: &'static str, problem: impl Into<Cow<'static, str>>) -> Self {
        Self { field, problem: problem.into(), spent: Spent::default() }
    }

    /// A value that is longer than the service takes, in bytes.
    #[must_use]
    pub fn too_long(field: &'static str, len: usize, limit: usize) -> Self {
        Self::new(field, format!("has {len} bytes, and at most {limit} are allowed"))
    }

    /// Checks that a text is not empty and holds no control character.
    ///
    /// # Errors
    ///
    /// `Invalid`, with this field's name.
    pub fn unless_text(field: &'static str, text: &str) -> Result<(), Self> {
        if text.is_empty() {
            Err(Self::new(field, "is empty"))
        } else if text.contains(char::is_control) {
            Err(Self::new(field, "contains a control character"))
        } else {
            Ok(())
        }
    }

    /// The vendor's name of the field; `clock` where this machine's clock stands before 1970, and `random` where the
    /// operating system's random source failed.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }
}
