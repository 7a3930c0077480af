//! The steps that are one call of cargo over the whole workspace.

use super::Outcome;
use crate::{Result, release::workspaces, tools::Tools, workspace::Metadata};

pub(super) fn fmt(tools: &Tools) -> Result<Outcome> {
    tools.command("cargo fmt --all --check").run()?;
    Ok(Outcome::Passed)
}

pub(super) fn clippy(tools: &Tools) -> Result<Outcome> {
    tools.command("cargo clippy --workspace --all-targets --all-features -- -D warnings").run()?;
    let metadata = Metadata::of_members(tools)?;
    let least = metadata.package("faceid-sign")?.json["rust_version"].as_str();
    let least = least.ok_or("faceid-sign declares no rust-version")?;
    let here = tools.command("rustc -V").quiet().read()?;
    println!(
        "   Rust {least}: checked by clippy's incompatible_msrv alone, with {here}; no older toolchain was run"
    );
    Ok(Outcome::Passed)
}

/// Programs without which a test leaves cases out, as commands that tell whether they are there; and what brings them on
/// Debian.
const ASKED_BY_TESTS: [(&str, &str); 11] = [
    ("cc --version", "gcc libc6-dev"),
    ("c++ --version", "g++"),
    ("nm --version", "binutils"),
    ("python3 --version", "python3"),
    ("valgrind --version", "valgrind"),
    ("gdb --version", "gdb"),
    ("script --version", "bsdutils"),
    ("curl --version", "curl"),
    ("openssl version", "openssl"),
    ("chromium --version", "chromium"),
    ("chromedriver --version", "chromium-driver"),
];

/// The examples in the documentation are among the tests.
pub(super) fn test(tools: &Tools) -> Result<Outcome> {
    // Its tests prepare a version, in all lock files and without a network.
    for manifest in workspaces(tools)? {
        tools.command("cargo fetch --quiet --locked --manifest-path").arg(manifest).quiet().run()?;
    }
    tools.command("cargo test --workspace --all-features").run()?;
    // Said here: of a test that passes nothing is shown.
    let missing = tools.missing(&ASKED_BY_TESTS);
    Ok(missing.map_or(Outcome::Passed, |missing| Outcome::LeftOut(format!("some of its cases: {missing}"))))
}

pub(super) fn docs(tools: &Tools) -> Result<Outcome> {
    let command = tools.command("cargo doc --workspace --no-deps --all-features");
    command.env("RUSTDOCFLAGS", "-D warnings").run()?;
    Ok(Outcome::Passed)
}
