//! `faceid completions`: the completions of a shell.

use clap::{Args as Group, CommandFactory as _};
use clap_complete::Shell;
use serde_json::json;

use crate::args::Args;
use crate::console::{Console, Report};
use crate::failure::Failure;

#[derive(Group)]
pub(crate) struct CompletionsArgs {
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(console: &Console, args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "faceid", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    console.report(&Report {
        json: json!({ "shell": args.shell.to_string(), "script": script }),
        env: vec![("FACEID_COMPLETIONS".to_owned(), script.clone())],
        text: script,
    })
}
