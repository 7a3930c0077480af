//! The signature of Megvii FaceID: make one, check one, and learn why one was refused.
//!
//! A request to FaceID carries a *sign*, which says which `api_key` asks, since when and until when:
//!
//! ```text
//! raw  = "a=" api_key "&b=" expire_time "&c=" current_time "&d=" random
//! sign = base64(HMAC-SHA1(api_secret, raw) || raw)
//! ```
//!
//! This crate does that and nothing else: no HTTP, no allocation where a buffer will do, and without the default
//! feature `std` no operating system either; clock and random source then come from the caller.
//!
//! ```
//! use faceid_sign::{Credentials, Nonce, Stamp, Validity};
//!
//! // The pair that the vendor publishes on its page about authentication.
//! let credentials = Credentials::new("ICVvC_xUs6177WEtyUNwIH8J6NfGu50t", "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q")?;
//! let stamp = Stamp::new(1_530_762_118, Nonce::new("0799687066")?);
//! let signature = credentials.sign(&stamp, Validity::default())?;
//! assert!(signature.expose().starts_with("SPzLRbDBgTGC2A8YdDaa7Jrny+5h"));
//!
//! let claims = credentials.verify(signature.expose(), 1_530_762_200).expect("it is ours and still valid");
//! assert_eq!(claims.expires_at, Some(1_530_762_218));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! In a service, [`Stamp::now`] reads clock and random source; a sign made with it is good for 100 seconds
//! ([`Validity::default`]).
//!
//! **A sign is a secret.** Neither path nor body of a request is signed: whoever holds a sign can use it for any
//! endpoint, billed ones too, until it expires. [`Signature`] therefore shows itself only when asked to by
//! [`Signature::expose`].
//!
//! Rules and test vector come from the vendor's pages "App authentication" and "authentication" of the self-service
//! platform. Everything that those pages leave open is a parameter here.

#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod claims;
mod credentials;
mod diagnose;
mod error;
mod layout;
mod mac;
mod raw;
mod signature;
mod stamp;

pub use claims::Claims;
pub use credentials::Credentials;
pub use diagnose::{Diagnosis, Slip};
pub use error::{CredentialsError, CredentialsFault, NonceError, SignError, VerifyError};
pub use signature::Signature;
pub use stamp::{Nonce, Stamp, Validity};
