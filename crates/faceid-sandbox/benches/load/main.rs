//! What the sandbox bears, each figure beside its goal: `cargo bench --package faceid-sandbox --bench load`, with names
//! of measurements after `--` for these alone. Linux, as it reads `/proc`.
//!
//! The sandbox under load is a process of its own, so that its memory and processor time are its alone; the time of the
//! processor is what counts on a machine that others use as well.

mod calls;
mod client;
mod crowd;
mod process;
mod race;
mod start;

use std::process::ExitCode;

/// A figure, its goal, and whether it was reached.
pub(crate) struct Figure {
    what: String,
    goal: &'static str,
    reached: bool,
}

impl Figure {
    pub(crate) fn new(what: String, goal: &'static str, reached: bool) -> Self {
        Self { what, goal, reached }
    }
}

const MEASUREMENTS: [(&str, fn() -> Vec<Figure>); 4] = [
    ("start", start::measure),
    ("calls", calls::measure),
    ("crowd", crowd::measure),
    ("race", race::measure),
];

fn main() -> ExitCode {
    // Of cargo's own arguments there is `--bench`.
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if wanted.first().is_some_and(|first| first == process::SERVE) {
        process::serve();
        return ExitCode::SUCCESS;
    }
    if cfg!(debug_assertions) {
        println!("this is a debug build: its figures say little");
    }
    rlimit::increase_nofile_limit(4096).expect("files for some thousand connections");
    let mut missed = 0;
    for (name, measure) in MEASUREMENTS {
        if !wanted.is_empty() && !wanted.iter().any(|wanted| wanted == name) {
            continue;
        }
        for Figure { what, goal, reached } in measure() {
            missed += usize::from(!reached);
            println!("{name:<6} {} {what} (goal: {goal})", if reached { "ok    " } else { "MISSED" });
        }
    }
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
