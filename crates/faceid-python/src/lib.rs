//! The native module of the Python package `faceid_sign`: what Python calls of `faceid-sign`.
//!
//! Here is what carries arguments over the border and nothing else: what makes, checks or diagnoses a sign is in
//! `faceid-sign`, and what can be written in Python (results, exceptions, the program) is in `python/faceid_sign`.
//!
//! No function lets go of the interpreter's lock: to take it back from a busy thread lasts longer than any of them, as
//! `benches/lock.py` shows. In a Python without that lock they run side by side: nothing here changes once it is made.

#![forbid(unsafe_code)]
#![allow(
    clippy::doc_markdown,
    reason = "the docs of what Python calls are read in Python's help, as they stand"
)]

mod error;
mod input;
mod result;
mod signer;

#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use super::signer::{Signer, diagnose, peek, verify_sign};

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "the name that Python's modules have for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
