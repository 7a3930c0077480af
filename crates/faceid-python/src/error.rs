//! Errors of the signer as the exceptions that `faceid_sign` defines.

use std::fmt::Display;

use faceid_sign::{CredentialsError, NonceError, SignError, VerifyError};
use pyo3::prelude::*;
use pyo3::types::PyType;

/// The exception of that name, with a message and a code.
fn exception(py: Python<'_>, name: &str, message: &impl Display, code: &'static str) -> PyErr {
    let class =
        py.import("faceid_sign").and_then(|package| Ok(package.getattr(name)?.cast_into::<PyType>()?));
    match class {
        Ok(class) => PyErr::from_type(class, (message.to_string(), code)),
        Err(error) => error,
    }
}

/// An argument of the right type and a value that cannot be.
pub(crate) fn argument(py: Python<'_>, message: &impl Display, code: &'static str) -> PyErr {
    exception(py, "ArgumentError", message, code)
}

/// A text with half a surrogate pair, which is no text. Python's own exception would hold the whole value.
pub(crate) fn surrogate(py: Python<'_>, field: &str) -> PyErr {
    let message = format!("{field} contains a lone surrogate: it was decoded with the wrong encoding");
    exception(py, "CredentialsError", &message, "LONE_SURROGATE")
}

pub(crate) fn credentials(py: Python<'_>, error: CredentialsError) -> PyErr {
    exception(py, "CredentialsError", &error, error.code())
}

pub(crate) fn nonce(py: Python<'_>, error: NonceError) -> PyErr {
    argument(py, &error, error.code())
}

pub(crate) fn sign(py: Python<'_>, error: SignError) -> PyErr {
    let class = match error {
        SignError::ExpiryOverflow => "ArgumentError",
        _ => "SignError",
    };
    exception(py, class, &error, error.code())
}

pub(crate) fn verify(py: Python<'_>, error: VerifyError) -> PyErr {
    exception(py, "VerifyError", &error, error.code())
}
