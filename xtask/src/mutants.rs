//! `cargo xtask mutants`: changes the signer and the types in each small way there is, and looks whether a test fails.

use crate::{
    Result,
    tools::{Tools, pinned},
    workspace::Metadata,
};

/// Fails where a mutant is missed. How they are run stands in `.cargo/mutants.toml`, and which are left out and why.
pub(crate) fn run(jobs: u64) -> Result {
    let program = pinned::cargo_tool(&pinned::MUTANTS)?;
    let tools = Tools::new()?;
    let folder = Metadata::of_members(&tools)?.target_directory.join("mutants");
    let command = tools.command(&program.display().to_string()).arg("mutants").arg("--jobs");
    let command =
        command.arg(jobs.to_string()).args(["--package", "faceid-sign", "--package", "faceid-types"]);
    // Each copy of the sources is built beside itself. What is not ours is optimised, since it is built once.
    let command = command.env_remove("CARGO_TARGET_DIR").env("CARGO_PROFILE_DEV_DEBUG", "none");
    let command = command.arg("--cargo-arg=--config=profile.dev.package.\"*\".opt-level=2");
    command.arg("--output").arg(folder).run()?;
    Ok(())
}
