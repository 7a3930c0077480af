//! Errors of the signer as the exceptions that `faceid_sign` defines.
//!
//! Each has a code that stays the same: the name of the C library's status, such as `KEY_EMPTY`.

use std::fmt::Display;

use faceid_sign::{CredentialsError, CredentialsFault, NonceError, SignError, VerifyError};
use pyo3::prelude::*;
use pyo3::types::PyType;

/// The exception of that name, with a message and a code.
fn exception(py: Python<'_>, name: &str, message: &impl Display, code: String) -> PyErr {
    let class =
        py.import("faceid_sign").and_then(|package| Ok(package.getattr(name)?.cast_into::<PyType>()?));
    match class {
        Ok(class) => PyErr::from_type(class, (message.to_string(), code)),
        Err(error) => error,
    }
}

/// An argument of the right type and a value that cannot be.
pub(crate) fn argument(py: Python<'_>, message: &impl Display, code: &str) -> PyErr {
    exception(py, "ArgumentError", message, code.to_owned())
}

/// A text with half a surrogate pair, which is no text. Python's own exception would hold the whole value.
pub(crate) fn surrogate(py: Python<'_>, field: &str) -> PyErr {
    let message = format!("{field} contains a lone surrogate: it was decoded with the wrong encoding");
    exception(py, "CredentialsError", &message, "LONE_SURROGATE".to_owned())
}

pub(crate) fn credentials(py: Python<'_>, error: CredentialsError) -> PyErr {
    let fault = match error.fault {
        CredentialsFault::Empty => "EMPTY",
        CredentialsFault::EdgeBlank => "EDGE_BLANK",
        CredentialsFault::EdgeLineEnd => "EDGE_LINE_END",
        CredentialsFault::EdgeByteOrderMark => "EDGE_BYTE_ORDER_MARK",
        CredentialsFault::Separator => "SEPARATOR",
        CredentialsFault::Control => "CONTROL",
        CredentialsFault::NonAscii => "NON_ASCII",
        _ => "REFUSED",
    };
    let field = if error.field == "api_key" { "KEY" } else { "SECRET" };
    exception(py, "CredentialsError", &error, format!("{field}_{fault}"))
}

pub(crate) fn nonce(py: Python<'_>, error: NonceError) -> PyErr {
    let code = match error {
        NonceError::Empty => "NONCE_EMPTY",
        NonceError::TooLong => "NONCE_TOO_LONG",
        NonceError::NotDigits => "NONCE_NOT_DIGITS",
        _ => "NONCE_REFUSED",
    };
    argument(py, &error, code)
}

pub(crate) fn sign(py: Python<'_>, error: SignError) -> PyErr {
    let (class, code) = match error {
        SignError::ExpiryOverflow => ("ArgumentError", "EXPIRY_OVERFLOW"),
        SignError::ClockBeforeEpoch => ("SignError", "CLOCK_BEFORE_EPOCH"),
        SignError::RandomSource => ("SignError", "RANDOM_SOURCE"),
        _ => ("SignError", "OTHER"),
    };
    exception(py, class, &error, code.to_owned())
}

pub(crate) fn verify(py: Python<'_>, error: VerifyError) -> PyErr {
    let code = match error {
        VerifyError::Malformed => "MALFORMED",
        VerifyError::Mismatch => "MISMATCH",
        VerifyError::Order => "ORDER",
        VerifyError::Expired => "EXPIRED",
        _ => "OTHER",
    };
    exception(py, "VerifyError", &error, code.to_owned())
}
