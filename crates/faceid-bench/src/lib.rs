//! What the programs of the benchmark have in common. Each program in `src/bin` measures one thing and prints one line
//! of JSON, an object of figures; `cargo xtask bench` runs them and sets the figures side by side.

#![forbid(unsafe_code)]

pub mod calls;
pub mod form;
pub mod meter;
pub mod naive;
pub mod report;

/// The pair that the vendor publishes on its page about authentication.
pub const API_KEY: &str = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t";
/// Its secret.
pub const API_SECRET: &str = "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q";
