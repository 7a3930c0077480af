//! What an error of reqwest says about the request: whether it was sent, and whether it may be again.

use std::error::Error as StdError;
use std::{io, iter};

use faceid_types::{TransportError, TransportKind};

/// An error before a whole response head.
pub(crate) fn in_head(error: reqwest::Error, sending: bool) -> TransportError {
    let kind = if refused_tls(&error) {
        TransportKind::Tls
    } else if error.is_connect() || (error.is_timeout() && !sending) {
        TransportKind::NeverSent
    } else {
        whenever(&error).unwrap_or_else(|| {
            if error.is_builder() { TransportKind::Other } else { TransportKind::Interrupted }
        })
    };
    TransportError::new(kind, error.without_url())
}

/// An error after it.
pub(crate) fn in_body(error: reqwest::Error) -> TransportError {
    let kind = whenever(&error).unwrap_or(TransportKind::Misframed);
    TransportError::new(kind, error.without_url())
}

fn whenever(error: &reqwest::Error) -> Option<TransportKind> {
    if error.is_timeout() {
        return Some(TransportKind::Timeout);
    }
    let hyper = causes(error).find_map(<dyn StdError>::downcast_ref::<hyper::Error>)?;
    if hyper.is_parse_too_large() {
        Some(TransportKind::Limit)
    } else if hyper.is_parse() {
        Some(TransportKind::Misframed)
    } else {
        None
    }
}

/// Whether TLS itself said no, rather than the connection beneath it.
fn refused_tls(error: &reqwest::Error) -> bool {
    causes(error).any(is_rustls)
}

/// An I/O error does not name the error that it wraps as its source, and libraries wrap it twice.
fn is_rustls(error: &(dyn StdError + 'static)) -> bool {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.is::<rustls::Error>() || wrapped.is_some_and(|inner| is_rustls(inner))
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    iter::successors(error.source(), |&cause| cause.source())
}
