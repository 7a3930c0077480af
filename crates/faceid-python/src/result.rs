//! What was found out, as the classes that `faceid_sign` defines.

use faceid_sign as sign;
use pyo3::prelude::*;

pub(crate) fn claims<'py>(py: Python<'py>, claims: &sign::Claims) -> PyResult<Bound<'py, PyAny>> {
    let class = py.import("faceid_sign")?.getattr("Claims")?;
    class.call1((&claims.api_key, claims.issued_at, claims.expires_at, claims.nonce.as_str()))
}

pub(crate) fn diagnosis<'py>(py: Python<'py>, found: &sign::Diagnosis) -> PyResult<Bound<'py, PyAny>> {
    let (name, claims) = match found {
        sign::Diagnosis::Valid(valid) => ("valid", Some(claims(py, valid)?)),
        sign::Diagnosis::Slip(slip) => (slip.name(), None),
        _ => ("unknown", None),
    };
    let class = py.import("faceid_sign")?.getattr("Diagnosis")?;
    class.call1((name, found.to_string(), claims))
}
