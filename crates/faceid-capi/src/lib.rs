//! The C ABI of the signer: signs for Megvii FaceID from C, C++ and every language that calls C.
//!
//! A Rust program takes `faceid-sign` instead. What a C program sees is `include/faceid.h`, which `cargo xtask codegen`
//! writes from these sources; the conventions that all functions keep are at its top (`cbindgen.toml`) and, with
//! reasons, in the README.
//!
//! Here is what carries arguments over the border and nothing else: what makes, checks or diagnoses a sign is in
//! `faceid-sign`.

#![allow(unsafe_code, reason = "C passes pointers")]
#![allow(
    clippy::missing_safety_doc,
    reason = "what a caller owes is the same for all: the header's conventions"
)]
#![allow(clippy::too_many_arguments, reason = "C has no slices: an input is two arguments, an output three")]

mod guard;
mod input;
mod once;
mod output;
mod sign;
mod signer;
mod stamp;
mod status;
mod text;

pub use once::{faceid_diagnose, faceid_sign, faceid_sign_now, faceid_verify};
pub use signer::{
    Signer, faceid_signer_free, faceid_signer_new, faceid_signer_sign, faceid_signer_sign_now,
    faceid_signer_verify,
};
pub use stamp::FACEID_VALIDITY_ONCE;
pub use status::Status;
pub use text::{faceid_status_message, faceid_version};
