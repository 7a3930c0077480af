//! The program `faceid`: a token, a sign, the reason why one is refused, and a sandbox.
//!
//! `commands` holds a module for each command, `settings` finds what they need in flags, environment and profile file,
//! `speech` is all that is said, in English and Chinese, and `console` the two ways out: data on stdout, talk on stderr.

#![forbid(unsafe_code)]
#![allow(clippy::doc_markdown, reason = "the help is made of doc comments, and a terminal shows backticks")]

mod args;
mod calendar;
mod commands;
mod console;
mod failure;
mod interrupt;
mod settings;
mod speech;
mod usage;

use std::env;
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Args;
use crate::console::Console;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage::report(&error, env::args_os()),
    };
    let console = Console::new(&args.talk);
    match commands::run(&console, args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            console.failure(&failure);
            failure.kind.exit_code()
        }
    }
}
