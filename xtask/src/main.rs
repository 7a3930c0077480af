//! The maintainer's program: `cargo xtask <command>`, a module a command.
//!
//! It depends on nothing of ours, so that it still builds when the crates it checks do not.

mod ci;
mod codegen;
mod dist;
mod embed;
mod flags;
mod npm;
mod prove;
mod tools;
mod workspace;

use std::process::ExitCode;

use flags::{Xtask, XtaskCmd};
use tools::Tools;

/// Errors here are read by a person and never matched on: their text is all that counts.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let done = match Xtask::from_env_or_exit().subcommand {
        XtaskCmd::Ci(ci) => ci::run(ci.step.as_deref()),
        XtaskCmd::Codegen(codegen) => Tools::new().and_then(|tools| codegen::run(&tools, codegen.check)),
        XtaskCmd::Embed(_) => Tools::new().and_then(|tools| embed::run(&tools).map(drop)),
        XtaskCmd::Npm(_) => {
            Tools::new().and_then(|tools| npm::run(&tools)).map(|tarball| println!("{}", tarball.display()))
        }
        XtaskCmd::Prove(_) => prove::run(),
        XtaskCmd::Dist(dist) => dist::run(&dist.prefix),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
