//! A module for each command.

pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod inspect;
pub(crate) mod man;
#[cfg(feature = "sandbox")]
pub(crate) mod sandbox;
pub(crate) mod sign;
pub(crate) mod token;
mod vectors;

use crate::args::{Args, Command};
use crate::console::Console;
use crate::failure::Failure;

pub(crate) fn run(console: &Console, args: Args) -> Result<(), Failure> {
    let profile = args.talk.profile.as_deref();
    match args.command {
        Command::Token(args) => token::run(console, args, profile),
        Command::Sign(args) => sign::run(console, &args, profile),
        Command::Inspect(args) => inspect::run(console, &args, profile),
        Command::Doctor(args) => doctor::run(console, &args, profile),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(args) => sandbox::run(console, &args),
        Command::Config(args) => config::run(console, &args, profile),
        Command::Completions(args) => completions::run(console, &args),
        Command::Man(args) => man::run(console, &args),
        Command::Vectors => vectors::run(console),
    }
}
