//! Which service an example talks to: the sandbox in its own process, or with `--live` the real one.

#![forbid(unsafe_code)]

use std::error::Error;

use faceid_sandbox::{DEMO_API_KEY, DEMO_API_SECRET, Sandbox, Server};
use faceid_types::{Config, Credentials};

/// What an example needs to know. The sandbox stops when it is dropped.
pub struct Service {
    /// Where the service is, and who asks.
    pub config: Config,
    /// The scene to ask for.
    pub liveness_id: String,
    /// The sandbox, if it is not the real service.
    pub sandbox: Option<Server>,
}

/// Starts the sandbox, whatever the environment says; or, given `--live LIVENESS_ID`, takes the environment's
/// credentials and asks the real service.
///
/// # Errors
///
/// If the sandbox does not start, or the environment lacks a setting.
pub fn service() -> Result<Service, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--live"), Some(liveness_id)) => {
            eprintln!("calling the real service");
            Ok(Service { config: Config::from_env()?, liveness_id, sandbox: None })
        }
        (None, _) => {
            let server = Sandbox::builder().start()?;
            eprintln!("no --live LIVENESS_ID: calling the sandbox on {}", server.url());
            let credentials = Credentials::new(DEMO_API_KEY, DEMO_API_SECRET)?;
            Ok(Service {
                config: Config::at(server.url().to_string(), credentials),
                liveness_id: "demo-scene".into(),
                sandbox: Some(server),
            })
        }
        _ => Err("usage: [--live LIVENESS_ID]".into()),
    }
}

// The Rust blocks of each README are tests.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct ReadmeEnglish;

#[cfg(doctest)]
#[doc = include_str!("../../README.zh-CN.md")]
pub struct ReadmeChinese;

#[cfg(doctest)]
#[doc = include_str!("../../crates/faceid-sign/README.md")]
pub struct ReadmeSign;

#[cfg(doctest)]
#[doc = include_str!("../../crates/faceid-types/README.md")]
pub struct ReadmeTypes;

#[cfg(doctest)]
#[doc = include_str!("../../crates/faceid-net/README.md")]
pub struct ReadmeNet;

#[cfg(doctest)]
#[doc = include_str!("../../crates/faceid-async/README.md")]
pub struct ReadmeAsync;

#[cfg(doctest)]
#[doc = include_str!("../../crates/faceid-blocking/README.md")]
pub struct ReadmeBlocking;
