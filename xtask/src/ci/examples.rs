//! Every example, run against the sandbox that it starts itself.

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::Outcome;
use crate::{
    Result,
    tools::Tools,
    workspace::{Metadata, Target},
};

/// Far more than an example takes. One that serves for ever is a mistake, and must not hold up a run for hours.
const LIMIT: Duration = Duration::from_secs(60);

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    let metadata = Metadata::of_members(tools)?;
    let examples = metadata.package("examples")?.targets_of("example").collect::<Vec<_>>();
    if examples.is_empty() {
        return Err("the package examples has no example".into());
    }
    // Built first, so that the limit is on running alone.
    let build = tools.command("cargo build --quiet --package examples --examples");
    build.run()?;

    let logs = metadata.target_directory.join("xtask");
    fs::create_dir_all(&logs)?;
    for Target { name, .. } in examples {
        let started = Instant::now();
        let log = logs.join(format!("{name}.log"));
        let command = tools.command("cargo run -q -p examples --example").arg(name);
        let problem = match run_within_limit(command.into(), &log)? {
            Some(status) if status.success() => None,
            Some(status) => Some(status.to_string()),
            None => Some(format!("not ended after {} s", LIMIT.as_secs())),
        };
        if let Some(problem) = problem {
            let output = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
            return Err(format!("example {name}: {problem}\n{output}").into());
        }
        println!("   {name} ({:.1} s)", started.elapsed().as_secs_f64());
    }
    Ok(Outcome::Passed)
}

/// `None` when the command had to be stopped. The output goes to a file, as a pipe that nobody empties blocks.
fn run_within_limit(mut command: Command, log: &Path) -> Result<Option<ExitStatus>> {
    let output = File::create(log)?;
    command.stdin(Stdio::null()).stderr(output.try_clone()?).stdout(output);
    let mut child = command.spawn()?;
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(20));
    }
}
