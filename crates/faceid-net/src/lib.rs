//! How the clients of Megvii FaceID reach the service, the same for both: which roots are trusted, which TLS provider
//! does the work, whether a client certificate is shown, and whether a proxy stands between.
//!
//! You need this crate by name only to write a client of your own; `faceid-async` and `faceid-blocking` re-export
//! [`Network`].
//!
//! TLS is rustls, in version 1.2 or later. Its provider is the one that the process has installed, FIPS or not; where
//! there is none, ring (feature `ring`, default). No switch turns the checking of certificates off.
//!
//! # Features
//!
//! - `ring` (default): the provider where none is installed.
//! - `bundled-roots`: `Roots::Bundled`, for images without a certificate store.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod encoding;
mod network;
mod proxy;
mod tls;

pub use encoding::is_compressed;
pub use network::Network;
pub use proxy::{Proxy, ProxyUrl};
pub use tls::Roots;
