//! The signer in a program without the standard library: it must link there and sign right.

use super::Outcome;
use crate::{Result, tools::Tools, workspace::Metadata};

/// A workspace of its own: in ours, the features of other crates would bring `std` back.
const MANIFEST: &str = "crates/faceid-sign/tests/no-std/Cargo.toml";

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    if !tools.path(MANIFEST).is_file() {
        return Err(format!("{MANIFEST} is missing").into());
    }
    // A folder of its own too, so that neither workspace's builds put out the other's.
    let target = Metadata::of_members(tools)?.target_directory.join("no-std");
    for command in ["cargo build --release", "cargo run --release --quiet"] {
        let command = tools.command(command).args(["--manifest-path", MANIFEST]);
        command.arg("--target-dir").arg(&target).run()?;
    }
    Ok(Outcome::Passed)
}
