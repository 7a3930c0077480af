//! A blocking client of Megvii FaceID, on ureq: no async runtime anywhere below it.
//!
//! ```no_run
//! use faceid_blocking::{Client, Config, GetBizToken};
//!
//! let client = Client::new(Config::from_env()?)?;
//! let token = client.send(&GetBizToken::new("the-scene-id-from-the-console").uuid("user-1"))?;
//! println!("{}", token.biz_token());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Client`] is cheap to clone and may be shared by threads; make one and keep it. What is asked again after which
//! error is in [`Retry`], what the environment may hold in [`Config::from_env`], and what to do about an error in
//! [`Error::hint`].
//!
//! # Logs
//!
//! ureq logs by the crate `log`, and at the level of trace each byte of an answer, the token among them: keep its target
//! `ureq_proto` at info. The form, and so the sign, is not there, nor a sign that a server repeats. A status of 100 stands
//! there as 102, with which ureq takes headers. At debug this crate's own target has the addresses that were connected to,
//! and why others were not.
//!
//! A logger must not send by the same client or a clone of it, nor wait for a thread that does: ureq writes some records while
//! it holds its pool of connections, and would wait for ever.
//!
//! # Features
//!
//! - `ring` (default): the TLS provider where the process has installed none.
//! - `bundled-roots`: `Roots::Bundled`, for images without a certificate store.
//! - `tracing`: a span for each attempt.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod classify;
mod client;
mod connector;
mod echo;
mod head;
mod joined;
mod left;
mod rewrite;
mod tcp;

pub use client::Client;
pub use faceid_net::{Network, Proxy, ProxyUrl, Roots};
pub use faceid_types::*;
#[doc(no_inline)]
pub use ureq;
