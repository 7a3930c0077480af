//! The native half of the npm package `@faceid/sign`: `index.js` is the half that its users see.
//!
//! Here is what carries arguments over the border and nothing else: what makes, checks or diagnoses a sign is in
//! `faceid-sign`. Arguments are positional, since reading an object's fields from this side takes longer than signing.

#![allow(unsafe_code, reason = "Node passes pointers")]

mod argument;
mod fault;
mod returned;
mod signer;

pub use returned::{Claims, Diagnosis};
pub use signer::{Signer, peek};
