//! A hostile server, and what each client must make of it.
//!
//! [`Server`] is raw TCP, with TLS where a row wants it and no HTTP library in the way: a row is a function that writes
//! bytes. [`rows`] is the table; a client passes it through [`run`].

#![forbid(unsafe_code)]

mod certificates;
mod rows;
mod server;
mod suite;

pub use certificates::{Authority, Leaf};
pub use rows::rows;
pub use server::{Peer, Received, Server, proxy};
pub use suite::{Expect, Row, Tls, run};
