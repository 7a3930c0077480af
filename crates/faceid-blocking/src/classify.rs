//! What an error of ureq says about the request: whether it was sent, and whether it may be again.

use std::io;

use faceid_types::{TransportError, TransportKind};
use ureq::{Error, Timeout};

use crate::connector::{NotConnected, refused_tls};

/// An error before a whole response head.
pub(crate) fn in_head(error: Error) -> TransportError {
    let kind = match &error {
        Error::Other(other) => other.downcast_ref().map_or(TransportKind::Other, NotConnected::kind),
        Error::Timeout(Timeout::Resolve | Timeout::Connect)
        | Error::HostNotFound
        | Error::ConnectionFailed
        | Error::ConnectProxyFailed(_) => TransportKind::NeverSent,
        Error::Io(error) if refused_tls(error) => TransportKind::Tls,
        Error::Io(error) => match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => TransportKind::Timeout,
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::AddrNotAvailable => TransportKind::NeverSent,
            _ => TransportKind::Interrupted,
        },
        other => whenever(other),
    };
    TransportError::new(kind, error)
}

/// An error after it.
pub(crate) fn in_body(error: Error) -> TransportError {
    let kind = match &error {
        Error::Io(error) => match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => TransportKind::Timeout,
            _ => TransportKind::Misframed,
        },
        other => whenever(other),
    };
    TransportError::new(kind, error)
}

fn whenever(error: &Error) -> TransportKind {
    match error {
        Error::Timeout(_) => TransportKind::Timeout,
        Error::Protocol(_) | Error::BodyStalled => TransportKind::Misframed,
        Error::LargeResponseHeader(..) | Error::BodyExceedsLimit(_) => TransportKind::Limit,
        Error::Tls(_) | Error::TlsRequired => TransportKind::Tls,
        _ => TransportKind::Other,
    }
}
