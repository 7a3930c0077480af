//! Megvii FaceID's server API as its vendor documents it, on your own machine: for tests, and to try things out.
//!
//! ```
//! use faceid_sandbox::Sandbox;
//!
//! let server = Sandbox::builder().start()?;
//! // Give server.url() to a client as its base URL, with demo_credentials().
//! server.stop();
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! - [`Sandbox::builder`] makes a [`Sandbox`], which is a function from request to answer, or a [`Server`] that listens.
//! - Signs are checked for real; the [journal](Sandbox::journal) names what is wrong with one, in words.
//! - Each documented error, and what networks do, comes [on request](Fault): `liveness_id=sandbox:INTERNAL_ERROR*1`.
//! - It has a console page and an API of its own below `/__sandbox/`, which `/__sandbox/openapi.json` describes: journal,
//!   rules, keys, clock, and [namespaces](Sandbox::answer) for tests that run side by side.
//! - [`conformance`] is the suite that a client of the service passes.
//!
//! # What it may claim
//!
//! Path, parameters, limits, error texts and statuses are those of the vendor's page "get token" 5.0.0. What that page
//! leaves open, or says in two ways, is a [setting](Settings) with its default. Not documented at all, and ours:
//!
//! - the order of checks: path, method, form, `sign_version`, sign, the key's state, concurrency, `liveness_id` and other
//!   values; a single-use sign is used up last;
//! - what a call uses up: one of the quota once its sign is right, whatever it comes to; its single-use sign once it is
//!   right in all else, also where a fault then takes the token's place;
//! - a field that is there twice, or with a file name: `BAD_ARGUMENTS: <key>`; an empty one is there;
//! - a body that is no strict multipart form counts as no form; over 1 MiB it is answered with 413 and a plain text;
//! - ids of the form `sandbox:..` are never scenes, but [faults](Fault).
//!
//! A token of the sandbox starts no liveness session: the vendor's SDK on the phone does not know it.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod admin;
mod builder;
pub mod conformance;
mod delivery;
mod exchange;
mod fault;
mod journal;
mod random;
mod sandbox;
mod server;
mod service;
mod settings;
mod space;

pub use builder::{Builder, DEMO_API_KEY, DEMO_API_SECRET, demo_credentials};
pub use delivery::{Broken, Delivery};
pub use fault::{Effect, Fault, FaultBy, Match, NotAFault, Rule};
pub use journal::{Check, Entry, Field, SignHash, Unprinted};
pub use sandbox::Sandbox;
pub use server::Server;
pub use service::{Key, KeyState, NotAnError, TokenClaims, TokenError, VendorError};
pub use settings::{Answers, ConcurrencyStatus, Settings};
