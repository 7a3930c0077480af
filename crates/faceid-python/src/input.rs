//! What comes in. Of a wrong argument an exception tells name and type, never the value.

use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

use faceid_sign::{Credentials, Nonce, SignError, Validity};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyString};
use zeroize::Zeroizing;

use crate::error;

/// A key and a secret, copied.
pub(crate) fn credentials(key: &Bound<'_, PyAny>, secret: &Bound<'_, PyAny>) -> PyResult<Credentials> {
    let pair = (octets("api_key", key)?, octets("api_secret", secret)?);
    Credentials::new(&*pair.0, &*pair.1).map_err(|refused| error::credentials(key.py(), refused))
}

/// A text as UTF-8, or bytes as they are.
fn octets(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Zeroizing<Vec<u8>>> {
    let octets = if let Ok(text) = value.cast::<PyString>() {
        text.to_str().map_err(|_| error::surrogate(value.py(), name))?.as_bytes().to_vec()
    } else if let Ok(bytes) = value.cast::<PyBytes>() {
        bytes.as_bytes().to_vec()
    } else if let Ok(bytes) = value.cast::<PyByteArray>() {
        bytes.to_vec()
    } else {
        return Err(wrong_type(name, "str, bytes or bytearray", value));
    };
    Ok(Zeroizing::new(octets))
}

/// A sign as it was received, `None` for one that is no text, and so cannot be base64; and the time given, or this moment.
pub(crate) fn received<'a>(
    sign: &'a Bound<'_, PyAny>,
    now: Option<&Bound<'_, PyAny>>,
) -> PyResult<(Option<&'a str>, u64)> {
    let text = if let Ok(text) = sign.cast::<PyString>() {
        text.to_str().ok()
    } else {
        let bytes = sign.cast::<PyBytes>().map_err(|_| wrong_type("sign", "str or bytes", sign))?;
        std::str::from_utf8(bytes.as_bytes()).ok()
    };
    let now = match now {
        Some(now) => time("now", now)?,
        None => match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since_epoch) => since_epoch.as_secs(),
            Err(_) => return Err(error::sign(sign.py(), SignError::ClockBeforeEpoch)),
        },
    };
    Ok((text, now))
}

pub(crate) fn nonce(value: &Bound<'_, PyAny>) -> PyResult<Nonce> {
    let digits = value.cast::<PyString>().map_err(|_| wrong_type("nonce", "str of 1 to 10 digits", value))?;
    // A lone surrogate is no digit either.
    Nonce::new(digits.to_str().unwrap_or("\u{FFFD}")).map_err(|refused| error::nonce(value.py(), refused))
}

/// A flag that is `True` or `False`: of other values it is not known what is meant.
pub(crate) fn single_use(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    value.cast::<PyBool>().map(PyBoolMethods::is_true).map_err(|_| wrong_type("single_use", "bool", value))
}

/// Seconds, or single use, or neither: the signer's default then.
pub(crate) fn validity(
    py: Python<'_>,
    seconds: Option<&Bound<'_, PyAny>>,
    single_use: bool,
) -> PyResult<Validity> {
    match (seconds, single_use) {
        (None, false) => Ok(Validity::default()),
        (None, true) => Ok(Validity::Once),
        (Some(_), true) => {
            let message =
                "validity and single_use=True exclude each other: a single-use sign has no validity";
            Err(error::argument(py, &message, "VALIDITY_AND_SINGLE_USE"))
        }
        (Some(seconds), false) => {
            let valid = number("validity", seconds)?.and_then(|n| Validity::seconds(n.try_into().ok()?));
            valid.ok_or_else(|| {
                let message =
                    "validity must be 1 to 4294967295 seconds; single_use=True makes a single-use sign";
                error::argument(py, &message, "VALIDITY_OUT_OF_RANGE")
            })
        }
    }
}

/// As milliseconds from 1973, as nanoseconds to 2255, as seconds long after.
const MILLISECONDS: Range<u64> = 100_000_000_000..9_000_000_000_000_000_000;

/// UNIX seconds.
pub(crate) fn time(name: &str, value: &Bound<'_, PyAny>) -> PyResult<u64> {
    match number(name, value)? {
        Some(time) if MILLISECONDS.contains(&time) => {
            let message = format!("{name} is in milliseconds or finer: UNIX time in seconds is wanted");
            Err(error::argument(value.py(), &message, "TIME_IN_MILLISECONDS"))
        }
        Some(time) => Ok(time),
        None => {
            let message = format!("{name} must be UNIX seconds, from 0 to 18446744073709551615");
            Err(error::argument(value.py(), &message, "TIME_OUT_OF_RANGE"))
        }
    }
}

/// An integer; `None` for one that is negative or does not fit. `True` is one to Python, and a mistake here.
fn number(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<u64>> {
    if value.is_instance_of::<PyBool>() {
        return Err(wrong_type(name, "int", value));
    }
    match value.extract() {
        Ok(number) => Ok(Some(number)),
        Err(refused) if refused.is_instance_of::<PyOverflowError>(value.py()) => Ok(None),
        Err(refused) if refused.is_instance_of::<PyTypeError>(value.py()) => {
            Err(wrong_type(name, "int", value))
        }
        // From the value's own `__index__`.
        Err(other) => Err(other),
    }
}

fn wrong_type(name: &str, wanted: &str, value: &Bound<'_, PyAny>) -> PyErr {
    match value.get_type().name() {
        Ok(given) => PyTypeError::new_err(format!("{name} must be {wanted}, not {given}")),
        Err(error) => error,
    }
}
