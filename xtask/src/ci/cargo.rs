//! The steps that are one call of cargo over the whole workspace.

use super::Outcome;
use crate::{Result, tools::Tools};

pub(super) fn fmt(tools: &Tools) -> Result<Outcome> {
    tools.command("cargo fmt --all --check").run()?;
    Ok(Outcome::Passed)
}

pub(super) fn clippy(tools: &Tools) -> Result<Outcome> {
    tools.command("cargo clippy --workspace --all-targets --all-features -- -D warnings").run()?;
    Ok(Outcome::Passed)
}

/// The examples in the documentation are among the tests.
pub(super) fn test(tools: &Tools) -> Result<Outcome> {
    tools.command("cargo test --workspace --all-features").run()?;
    Ok(Outcome::Passed)
}

pub(super) fn docs(tools: &Tools) -> Result<Outcome> {
    let command = tools.command("cargo doc --workspace --no-deps --all-features");
    command.env("RUSTDOCFLAGS", "-D warnings").run()?;
    Ok(Outcome::Passed)
}
