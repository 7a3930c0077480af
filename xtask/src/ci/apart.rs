//! Programs that are workspaces of their own: in ours, features of one crate would reach the others.

use super::Outcome;
use crate::{Result, tools::Tools, workspace::Metadata};

/// The signer in a program without the standard library: it must link there and sign right.
pub(super) fn no_std(tools: &Tools) -> Result<Outcome> {
    build_and_run(tools, "crates/faceid-sign/tests/no-std/Cargo.toml", "no-std", &["--release"])
}

/// The clients in a program whose other dependencies switch on what they must not depend on being off.
pub(super) fn everything_on(tools: &Tools) -> Result<Outcome> {
    build_and_run(tools, "crates/faceid-faults/everything-on/Cargo.toml", "everything-on", &[])
}

/// Every order in which threads can meet in what they share.
pub(super) fn interleavings(tools: &Tools) -> Result<Outcome> {
    build_and_run(
        tools,
        "crates/faceid-types/tests/interleavings/Cargo.toml",
        "interleavings",
        &["--release"],
    )
}

fn build_and_run(tools: &Tools, manifest: &str, target: &str, options: &[&str]) -> Result<Outcome> {
    if !tools.path(manifest).is_file() {
        return Err(format!("{manifest} is missing").into());
    }
    // A folder of its own too, so that neither workspace's builds put out the other's.
    let target = Metadata::of_members(tools)?.target_directory.join(target);
    for command in ["cargo build --locked", "cargo run --locked --quiet"] {
        let command = tools.command(command).args(options).args(["--manifest-path", manifest]);
        command.arg("--target-dir").arg(&target).run()?;
    }
    Ok(Outcome::Passed)
}
