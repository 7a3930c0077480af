//! A hostile server, and what each client must make of it.
//!
//! [`Server`] is raw TCP, with TLS where a row wants it and no HTTP library in the way: a row is a function that writes
//! bytes. [`rows`] is the table. [`run`] passes it through whatever asks: [`client`] makes that of a client, and the
//! program's tests of the program. [`endurance`] is what takes many calls to show.

#![forbid(unsafe_code)]

mod ask;
mod certificates;
pub mod endurance;
mod log;
pub mod process;
mod row;
mod rows;
mod run;
mod scene;
mod server;

pub use ask::client;
pub use certificates::{Authority, Leaf};
pub use row::{Expect, Port, Row};
pub use rows::{http2_rows, rows, rows_on_hyper};
pub use run::run;
pub use scene::{SECRET, Scene, Told, UUID};
pub use server::{Peer, Received, Server, proxy};
