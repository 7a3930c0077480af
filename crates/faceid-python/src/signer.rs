//! The class `Signer`, and the functions for those who ask once.

use faceid_sign::{Claims, Credentials, Diagnosis, Stamp, Validity, VerifyError};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::{error, input, result};

/// An api_key and its api_secret, prepared for signing.
///
/// It is immutable and may be shared between threads. The secret is copied and never shown, and the copy is wiped from
/// memory when the signer goes; what Python itself holds of it is yours. A signer cannot be pickled: another process
/// makes its own.
///
/// Args:
///     api_key: From the vendor's console, as str, bytes or bytearray.
///     api_secret: Its secret. A str is taken as UTF-8.
///
/// Raises:
///     CredentialsError: One is empty, or has white space, a line end or a byte order mark at an edge, or the key has a
///         character that would make the signed text ambiguous.
///     TypeError: One is of another type.
#[pyclass(frozen, weakref, module = "faceid_sign")]
pub(crate) struct Signer(Credentials);

#[pymethods]
impl Signer {
    #[new]
    fn new(api_key: &Bound<'_, PyAny>, api_secret: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(input::credentials(api_key, api_secret)?))
    }

    /// The api_key. It is no secret: each sign holds it in the clear.
    #[getter]
    fn api_key(&self) -> &str {
        self.0.api_key()
    }

    /// Makes the sign of a given time and nonce. The same arguments give the same sign.
    ///
    /// A service calls sign_now() instead, for each request anew.
    ///
    /// Args:
    ///     issued_at: UNIX time in seconds. Milliseconds are refused.
    ///     nonce: 1 to 10 digits, signed exactly as they stand: leading zeros count.
    ///     validity: For how many seconds the sign is valid, for any number of requests: 1 to 4294967295. None stands
    ///         for 100, as in the vendor's samples; the longest that the service takes is not documented.
    ///     single_use: True makes a sign for one request. It has no validity.
    ///
    /// Returns:
    ///     The text for the form field `sign`. It is a bearer secret until it expires: keep it out of logs.
    ///
    /// Raises:
    ///     ArgumentError: A value is out of its range, or validity is given for single use.
    ///     TypeError: One is of another type.
    #[pyo3(signature = (issued_at, nonce, *, validity=None, single_use=false))]
    fn sign<'py>(
        &self,
        py: Python<'py>,
        issued_at: &Bound<'py, PyAny>,
        nonce: &Bound<'py, PyAny>,
        validity: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = input::single_use)] single_use: bool,
    ) -> PyResult<Bound<'py, PyString>> {
        let stamp = Stamp::new(input::time("issued_at", issued_at)?, input::nonce(nonce)?);
        self.text(py, &stamp, input::validity(py, validity, single_use)?)
    }

    /// Makes a sign of this moment, with a fresh nonce from the operating system.
    ///
    /// Sign each request anew, each retry too: whether a failed request uses up a single-use sign is not documented.
    ///
    /// Args:
    ///     validity: As for sign().
    ///     single_use: As for sign().
    ///
    /// Returns:
    ///     As sign() does.
    ///
    /// Raises:
    ///     ArgumentError: As from sign().
    ///     SignError: The clock stands before 1970, or the operating system's random source failed.
    ///     TypeError: As from sign().
    #[pyo3(signature = (*, validity=None, single_use=false))]
    fn sign_now<'py>(
        &self,
        py: Python<'py>,
        validity: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = input::single_use)] single_use: bool,
    ) -> PyResult<Bound<'py, PyString>> {
        let validity = input::validity(py, validity, single_use)?;
        let stamp = Stamp::now().map_err(|failed| error::sign(py, failed))?;
        self.text(py, &stamp, validity)
    }

    /// Checks a sign: that it was made with this pair, and is valid now.
    ///
    /// A single-use sign is valid at any time: that it is used once is for you to see to. The digest is compared in
    /// constant time.
    ///
    /// Args:
    ///     sign: The text as it was received, as str or bytes.
    ///     now: UNIX time in seconds. None reads the clock.
    ///
    /// Returns:
    ///     What the sign says.
    ///
    /// Raises:
    ///     VerifyError: It does not verify; `code` says why: MALFORMED, MISMATCH, ORDER or EXPIRED. diagnose() says more.
    ///     ArgumentError: now is out of its range.
    ///     TypeError: An argument is of another type.
    #[pyo3(signature = (sign, *, now=None))]
    fn verify<'py>(
        &self,
        sign: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, (text, now)) = (sign.py(), input::received(sign, now)?);
        let claims = text.ok_or(VerifyError::Malformed).and_then(|text| self.0.verify(text, now));
        result::claims(py, &claims.map_err(|refused| error::verify(py, refused))?)
    }

    /// Says why a sign does not verify: the slip that its maker made, if it is a known one.
    ///
    /// It is stricter than verify(): a sign issued more than 300 s after now, a single-use one issued more than 300 s
    /// before it, and times in milliseconds are slips too.
    ///
    /// Args:
    ///     sign: The text exactly as it was received, as str or bytes.
    ///     now: UNIX time in seconds. None reads the clock.
    ///
    /// Returns:
    ///     A Diagnosis, for a valid sign too.
    ///
    /// Raises:
    ///     ArgumentError: now is out of its range.
    ///     TypeError: An argument is of another type.
    #[pyo3(signature = (sign, *, now=None))]
    fn diagnose<'py>(
        &self,
        sign: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (text, now) = input::received(sign, now)?;
        let found = text.map_or(Diagnosis::Unknown, |text| self.0.diagnose(text, now));
        result::diagnosis(sign.py(), &found)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Signer(api_key={})", PyString::new(py, self.0.api_key()).repr()?))
    }

    /// Itself: it is immutable.
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    /// Itself: it is immutable.
    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    /// Refuses: what is pickled would hold the secret.
    fn __reduce__(_slf: &Bound<'_, Self>) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a Signer cannot be pickled, as it holds a secret: make one in each process",
        ))
    }
}

impl Signer {
    fn text<'py>(
        &self,
        py: Python<'py>,
        stamp: &Stamp,
        validity: Validity,
    ) -> PyResult<Bound<'py, PyString>> {
        let signature = self.0.sign(stamp, validity).map_err(|refused| error::sign(py, refused))?;
        Ok(PyString::new(py, signature.expose()))
    }
}

/// Checks a sign with a key and a secret, as Signer.verify() does.
///
/// Args:
///     sign: The text as it was received, as str or bytes.
///     api_key: As for Signer.
///     api_secret: As for Signer.
///     now: UNIX time in seconds. None reads the clock.
///
/// Returns:
///     What the sign says.
///
/// Raises:
///     CredentialsError: As from Signer.
///     VerifyError: It does not verify; `code` says why: MALFORMED, MISMATCH, ORDER or EXPIRED. diagnose() says more.
///     ArgumentError: now is out of its range.
///     TypeError: An argument is of another type.
#[pyfunction]
#[pyo3(signature = (sign, *, api_key, api_secret, now=None))]
pub(crate) fn verify_sign<'py>(
    sign: &Bound<'py, PyAny>,
    api_key: &Bound<'py, PyAny>,
    api_secret: &Bound<'py, PyAny>,
    now: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    Signer::new(api_key, api_secret)?.verify(sign, now)
}

/// Says why a sign does not verify with a key and a secret, as Signer.diagnose() does.
///
/// Args:
///     sign: The text exactly as it was received, as str or bytes.
///     api_key: As for Signer.
///     api_secret: As for Signer.
///     now: UNIX time in seconds. None reads the clock.
///
/// Returns:
///     A Diagnosis, for a valid sign too.
///
/// Raises:
///     CredentialsError: As from Signer.
///     ArgumentError: now is out of its range.
///     TypeError: An argument is of another type.
#[pyfunction]
#[pyo3(signature = (sign, *, api_key, api_secret, now=None))]
pub(crate) fn diagnose<'py>(
    sign: &Bound<'py, PyAny>,
    api_key: &Bound<'py, PyAny>,
    api_secret: &Bound<'py, PyAny>,
    now: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    Signer::new(api_key, api_secret)?.diagnose(sign, now)
}

/// What a sign says, unchecked; None of what is no sign.
#[pyfunction]
pub(crate) fn peek<'py>(py: Python<'py>, sign: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    Claims::peek(sign).ok().map(|claims| result::claims(py, &claims)).transpose()
}
