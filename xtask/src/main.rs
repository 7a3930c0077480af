//! The maintainer's program: `cargo xtask <command>`, a module a command.
//!
//! It depends on nothing of ours, so that it still builds when the crates it checks do not.

#![forbid(unsafe_code)]

mod bench;
mod ci;
mod codegen;
mod coverage;
mod deny;
mod dist;
mod embed;
mod flags;
mod fuzz;
mod mutants;
mod npm;
mod prove;
mod release;
mod semver;
mod tools;
mod workspace;

use std::{
    env, panic,
    process::{self, ExitCode},
};

use flags::{ReleaseCmd, XtaskCmd};
use tools::Tools;

/// Errors here are read by a person and never matched on: their text is all that counts.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    end_with_the_reader();
    let arguments = env::args_os().skip(1).collect::<Vec<_>>();
    if let Some(help) = flags::help_asked(&arguments) {
        println!("{help}");
        return ExitCode::SUCCESS;
    }
    let asked = match flags::parsed(&arguments) {
        Ok(asked) => asked,
        Err(error) => {
            eprintln!("xtask: {error}");
            return ExitCode::from(2);
        }
    };
    let done = match asked.subcommand {
        XtaskCmd::Ci(ci) => ci::run(ci.step.as_deref()),
        XtaskCmd::Bench(options) => bench::run(&options.row, options.quick),
        XtaskCmd::Codegen(codegen) => Tools::new().and_then(|tools| codegen::run(&tools, codegen.check)),
        XtaskCmd::Embed(_) => Tools::new().and_then(|tools| embed::alone(&tools)),
        XtaskCmd::Npm(_) => {
            Tools::new().and_then(|tools| npm::run(&tools)).map(|tarball| println!("{}", tarball.display()))
        }
        XtaskCmd::Semver(_) => semver::run(),
        XtaskCmd::Release(release) => match release.subcommand {
            ReleaseCmd::Check(check) => release::check(&check.version),
            ReleaseCmd::Prepare(prepare) => release::prepare(&prepare.version, prepare.dry_run),
            ReleaseCmd::Rehearse(_) => release::rehearse(),
            ReleaseCmd::SelfTest(_) => release::self_test(),
            ReleaseCmd::Publish(_) => release::publish(),
        },
        XtaskCmd::Dist(dist) => match (&dist.prefix, &dist.program) {
            (Some(prefix), _) => dist::run(prefix),
            (None, Some(target)) => Tools::new().and_then(|tools| dist::program(&tools, target)),
            (None, None) => {
                Tools::new().and_then(|tools| dist::everything(&tools, dist.key.as_deref()).map(drop))
            }
        },
        XtaskCmd::Prove(_) => prove::run(),
        XtaskCmd::Mutants(mutants) => mutants::run(mutants.jobs.map_or(2, std::num::NonZero::get)),
        XtaskCmd::Coverage(_) => coverage::run(),
        XtaskCmd::Deny(_) => deny::run().map(|advisories| match advisories {
            deny::Advisories::Checked => println!("advisories: checked"),
            deny::Advisories::NotChecked(reason) => println!("advisories: NOT CHECKED: {reason}"),
        }),
        XtaskCmd::Fuzz(options) => {
            let extent = match (options.runs, options.minutes) {
                (Some(runs), _) => fuzz::Extent::Executions(runs.get()),
                (None, minutes) => fuzz::Extent::Seconds(minutes.map_or(1, std::num::NonZero::get) * 60),
            };
            Tools::new().and_then(|tools| fuzz::run(&tools, &options.target, extent))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What prints panics where the reader has gone away, as `head` does. The status is what a shell makes of that.
fn end_with_the_reader() {
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let said = panic.payload().downcast_ref::<String>().map_or("", String::as_str);
        if said.starts_with("failed printing to ") && said.contains("Broken pipe") {
            process::exit(141);
        }
        tell(panic);
    }));
}
