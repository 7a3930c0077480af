//! An async client of Megvii FaceID, on reqwest and tokio.
//!
//! ```no_run
//! use faceid_async::{Client, Config, GetBizToken};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(Config::from_env()?)?;
//! let token = client.send(&GetBizToken::new("the-scene-id-from-the-console").uuid("user-1")).await?;
//! println!("{}", token.biz_token());
//! # Ok(())
//! # }
//! ```
//!
//! [`Client`] is cheap to clone and may be shared by tasks; make one and keep it. Dropping the future of a call gives
//! the call up. What is asked again after which error is in [`Retry`], what the environment may hold in
//! [`Config::from_env`], and what to do about an error in [`Error::hint`].
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
mod resolve;
mod sending;

pub use client::Client;
pub use faceid_net::{Network, Proxy, ProxyUrl, Roots};
pub use faceid_types::*;
#[doc(no_inline)]
pub use reqwest;
