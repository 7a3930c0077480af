//! Megvii FaceID without a transport: requests, answers, errors, and what to send next.
//!
//! FaceID checks that a living, real person holds the phone. Before the phone can start, the app's server fetches a
//! `biz_token`. This crate has all of that call but the sending: take it with your own HTTP library, or take a client
//! that is built on it, `faceid-async` (reqwest) or `faceid-blocking` (ureq).
//!
//! - [`GetBizToken`] is the request, [`BizToken`] its answer; any other endpoint is a struct that implements
//!   [`Endpoint`].
//! - [`Config`] says where the service is and who asks; a [`Context`] is what all calls of a client share.
//! - A [`Call`] is one call with its attempts: it says what to send, reads what came back, and decides whether to ask
//!   again. A client is the loop around it:
//!
//! ```
//! use faceid_types::{Call, Config, Context, Credentials, Endpoint, Error, GetBizToken, Moment, Region, Step};
//! # use faceid_types::{Attempt, TransportError};
//! # fn exchange(_: Attempt) -> Result<http::Response<Vec<u8>>, TransportError> {
//! #     Ok(http::Response::new(br#"{"biz_token":"fake"}"#.to_vec()))
//! # }
//!
//! fn send<E: Endpoint>(context: &Context, request: &E) -> Result<E::Response, Error> {
//!     let mut call = Call::new(context, request);
//!     loop {
//!         let attempt = call.next(Moment::now())?;
//!         let outcome = exchange(attempt);
//!         match call.finish(outcome, Moment::now()) {
//!             Step::Done(result) => return result,
//!             Step::Retry(wait) => std::thread::sleep(wait),
//!         }
//!     }
//! }
//!
//! let credentials = Credentials::new("fake-key", "fake-secret")?;
//! let context = Context::new(Config::new(Region::Singapore, credentials))?;
//! let token = send(&context, &GetBizToken::new("fake-scene").uuid("user-1"))?;
//! # assert_eq!(token.biz_token(), "fake");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here does I/O but [`Config::from_env`], and nothing reads a clock but [`Moment::now`], which you call.
//!
//! # Features
//!
//! `tracing` (off by default) makes a span for each attempt: see [`Call`].

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod call;
mod clock;
mod code;
mod config;
mod context;
mod decode;
mod endpoint;
mod env;
mod error;
mod form;
mod get_biz_token;
mod hint;
mod invalid;
mod observe;
mod quota;
mod redact;
mod retry;
mod text;
mod trace;
mod transport;

pub use call::{Attempt, Call, Step};
pub use clock::Moment;
pub use code::{AuthorizationReason, ErrorCode};
pub use config::{Config, ConfigError, Region};
pub use context::{Context, Gauges};
pub use decode::DecodeFault;
pub use endpoint::{Answer, Endpoint};
pub use error::{ApiError, DecodeError, Error};
pub use faceid_sign::{
    Claims, Credentials, CredentialsError, CredentialsFault, Diagnosis, Nonce, NonceError, SignError,
    Signature, Slip, Stamp, Validity, VerifyError,
};
pub use form::Form;
pub use get_biz_token::{BizToken, GetBizToken};
pub use hint::Hint;
pub use invalid::Invalid;
pub use observe::{AttemptRecord, Outcome};
pub use redact::repeats;
pub use retry::Retry;
pub use text::Text;
pub use transport::{TransportError, TransportKind};
