//! `cargo xtask fuzz`: the targets of `crates/faceid-fuzz`, built with libFuzzer and run.
//!
//! Without cargo-fuzz and without nightly: the marks that libFuzzer reads are a pass of LLVM that stable rustc has too.
//! No sanitizer is built in: what is fuzzed forbids `unsafe`, and the C library has its own tests under them.

use std::path::{Path, PathBuf};
use std::{fs, thread};

use crate::{Result, tools::Tools, workspace::Metadata};

const CRATE: &str = "crates/faceid-fuzz";

const TARGETS: [&str; 6] = ["sign", "diagnose", "response", "form", "sandbox", "headers"];

/// What is looked into: marks in its dependencies, and in what checks it, would cost more time than all of it.
const MARKED: [&str; 3] = ["faceid-sign", "faceid-types", "faceid-sandbox"];

/// Marks at branches and comparisons.
const MARKS: &str = r#"["-Ccodegen-units=1", "-Cpasses=sancov-module", "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters", "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares"]"#;

/// When a target has run enough.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Extent {
    Seconds(u64),
    Executions(u64),
}

/// Builds all targets and runs those that are `chosen`, or all, two at a time.
pub(crate) fn run(tools: &Tools, chosen: &[String], extent: Extent) -> Result {
    let targets = selected(chosen)?;
    let binaries = build(tools)?;
    for pair in targets.chunks(2) {
        let figures: Vec<std::result::Result<String, String>> = thread::scope(|scope| {
            let started: Vec<_> = pair
                .iter()
                .map(|target| {
                    let binary = binaries.join(target);
                    // Tools of its own: a shell is for one thread.
                    scope.spawn(move || pass(target, &binary, extent).map_err(|error| error.to_string()))
                })
                .collect();
            started.into_iter().map(|pass| pass.join().expect("a pass does not panic")).collect()
        });
        for figures in figures {
            println!("   {}", figures?);
        }
    }
    Ok(())
}

fn selected(chosen: &[String]) -> Result<Vec<&'static str>> {
    if let Some(unknown) = chosen.iter().find(|name| !TARGETS.contains(&name.as_str())) {
        return Err(format!("fuzz has no target {unknown}; the targets: {}", TARGETS.join(", ")).into());
    }
    let wanted = |target: &&str| chosen.is_empty() || chosen.iter().any(|name| name == target);
    Ok(TARGETS.into_iter().filter(wanted).collect())
}

/// Where the programs stand.
fn build(tools: &Tools) -> Result<PathBuf> {
    let folder = Metadata::of_members(tools)?.target_directory.join("fuzz");
    let about = tools.command("rustc -vV").quiet().read()?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or("rustc -vV does not name its host")?;
    let build =
        tools.command("cargo build --locked --release --quiet -Zprofile-rustflags --target").arg(host);
    let marks = MARKED.map(|name| format!("--config=profile.release.package.{name}.rustflags={MARKS}"));
    let build = build.args(marks).arg("--manifest-path").arg(tools.path(CRATE).join("Cargo.toml"));
    // Flags for some packages alone are not stable yet.
    build.arg("--target-dir").arg(&folder).env("RUSTC_BOOTSTRAP", "1").run()?;
    Ok(folder.join(host).join("release"))
}

/// Runs one target, from the inputs in git, and tells its figures. What is found stands in the folder of the target's
/// name beside the program, and is looked for again the next time.
fn pass(target: &str, binary: &Path, extent: Extent) -> Result<String> {
    let tools = Tools::new()?;
    let folder = binary.with_file_name(format!("{target}-found"));
    fs::create_dir_all(&folder)?;
    let limit = match extent {
        Extent::Seconds(seconds) => format!("-max_total_time={seconds}"),
        Extent::Executions(count) => format!("-runs={count}"),
    };
    let command = tools.command(&binary.display().to_string()).arg(limit);
    let command = command.args(["-print_final_stats=1", "-max_len=512", "-timeout=10", "-verbosity=0"]);
    let command = command.arg(format!("-artifact_prefix={}/", folder.display()));
    let command = command.arg(&folder).arg(tools.path(CRATE).join("corpus").join(target));
    let output = command.quiet().ignore_status().output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let tail: Vec<&str> = said.lines().rev().take(60).collect();
        let tail: Vec<&str> = tail.into_iter().rev().collect();
        return Err(format!("{target} failed:\n{}", tail.join("\n")).into());
    }
    let executed = figure(&said, "number_of_executed_units");
    // A target that runs nothing finds nothing.
    match executed.and_then(|count| count.parse::<u64>().ok()) {
        Some(1000..) => {}
        _ => return Err(format!("{target} executed too little: {executed:?}").into()),
    }
    let rate = figure(&said, "average_exec_per_sec").unwrap_or("?");
    Ok(format!("{target}: {} executions, {rate} a second", executed.unwrap_or_default()))
}

/// One of libFuzzer's last lines: `stat::NAME: FIGURE`.
fn figure<'a>(said: &'a str, name: &str) -> Option<&'a str> {
    let line = said.lines().find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name))?;
    Some(line.strip_prefix(':')?.trim())
}

#[cfg(test)]
mod tests {
    use super::{TARGETS, figure, selected};

    #[test]
    fn targets() {
        let cases: [(&[&str], Option<usize>); 4] =
            [(&[], Some(TARGETS.len())), (&["form", "sign"], Some(2)), (&["nonsense"], None), (&[""], None)];
        for (chosen, count) in cases {
            let chosen: Vec<String> = chosen.iter().map(ToString::to_string).collect();
            assert_eq!(selected(&chosen).ok().map(|targets| targets.len()), count, "{chosen:?}");
        }
    }

    #[test]
    fn figures() {
        let said = "Done 7 runs\nstat::number_of_executed_units: 12345\nstat::average_exec_per_sec:     67\n";
        let cases =
            [("number_of_executed_units", Some("12345")), ("average_exec_per_sec", Some("67")), ("x", None)];
        for (name, expected) in cases {
            assert_eq!(figure(said, name), expected, "{name}");
        }
    }
}
