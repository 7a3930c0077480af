//! What no document can show.

mod network;
mod program;
#[cfg(target_os = "linux")]
mod terminal;

use std::process::{Command, Stdio};

/// The program in an environment that this machine's own settings do not reach.
pub(crate) fn faceid(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faceid"));
    command.args(arguments).env_clear().envs(profile()).stdin(Stdio::null());
    // Windows cannot open a socket without it.
    if let Some(root) = std::env::var_os("SystemRoot") {
        command.env("SystemRoot", root);
    }
    command
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Where coverage is written, while it is measured: the one variable that is kept.
fn profile() -> Option<(&'static str, std::ffi::OsString)> {
    std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file))
}
