//! `cargo xtask coverage`: which part of the code the tests run, in LLVM's regions.

use std::path::Path;

use serde_json::Value;

use crate::{
    Result,
    tools::{Tools, pinned},
    workspace::Metadata,
};

/// What must be covered at least, in percent: of the files below these folders.
const GOALS: [(&str, &[&str], f64); 2] = [
    ("faceid-sign and faceid-types", &["crates/faceid-sign/src", "crates/faceid-types/src"], 98.0),
    ("the workspace", &["crates", "examples", "xtask"], 90.0),
];

/// What runs xtask's own code beside its tests: it tests by building, releasing and measuring the others.
const COMMANDS: [&str; 4] = ["ci", "semver", "release rehearse", "bench --quick"];

/// Runs all tests and xtask's commands, measured, and fails below the goals.
pub(crate) fn run() -> Result {
    let tools = with_llvm(Tools::new()?)?;
    let program = pinned::cargo_tool(&pinned::LLVM_COV)?.display().to_string();
    let llvm_cov = |line: &str| tools.command(&program).arg("llvm-cov").args(line.split(' '));
    llvm_cov("clean --workspace").run()?;
    // The C library is tested by C programs, which ask for a build without marks.
    llvm_cov("--no-report --workspace --all-features --exclude faceid-node").run()?;
    llvm_cov("run --no-report --package xtask -- --help").ignore_stdout().run()?;
    let folder = Metadata::of_members(&tools)?.target_directory.join("llvm-cov-target");
    for line in COMMANDS {
        // Itself: what it starts is not measured, and shall not be built to be.
        let xtask = tools.command(&folder.join("debug/xtask").display().to_string()).args(line.split(' '));
        let xtask = xtask.env("CARGO_MANIFEST_DIR", tools.path("xtask"));
        xtask.env("LLVM_PROFILE_FILE", folder.join("xtask-%p.profraw")).run()?;
    }
    let json = llvm_cov("report --json --summary-only").read()?;
    let files = files(&json)?;
    let mut problems = Vec::new();
    for (name, folders, goal) in GOALS {
        let inside =
            |file: &&File| folders.iter().any(|folder| Path::new(&file.name).starts_with(tools.path(folder)));
        let sums = files
            .iter()
            .filter(inside)
            .fold((0, 0), |sums, file| (sums.0 + file.covered, sums.1 + file.regions));
        let percent = percent(sums.0, sums.1);
        println!("   {name}: {} of {} regions, {percent:.2} %, at least {goal} % wanted", sums.0, sums.1);
        if percent < goal {
            let mut lacking: Vec<_> =
                files.iter().filter(inside).filter(|file| file.covered < file.regions).collect();
            lacking.sort_by_key(|file| file.covered.wrapping_sub(file.regions));
            for file in lacking.iter().take(10) {
                println!("      {} not covered in {}", file.regions - file.covered, file.name);
            }
            problems.push(format!("{name}: {percent:.2} %"));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n  ").into()) }
}

struct File {
    name: String,
    regions: u64,
    covered: u64,
}

fn files(json: &str) -> Result<Vec<File>> {
    let root: Value = serde_json::from_str(json)?;
    let files = root["data"][0]["files"].as_array().ok_or("llvm-cov's answer has no files")?;
    let file = |file: &Value| {
        let regions = &file["summary"]["regions"];
        Some(File {
            name: file["filename"].as_str()?.to_owned(),
            regions: regions["count"].as_u64()?,
            covered: regions["covered"].as_u64()?,
        })
    };
    files.iter().map(|value| file(value).ok_or_else(|| "llvm-cov's answer lacks figures".into())).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// The tools of the LLVM that rustc has: rustup's component, which is found without help, or the system's.
fn with_llvm(tools: Tools) -> Result<Tools> {
    let about = tools.command("rustc -vV").quiet().read()?;
    let version = about.lines().find_map(|line| line.strip_prefix("LLVM version: "));
    let major = version.and_then(|version| version.split('.').next()).ok_or("rustc names no LLVM version")?;
    let (cov, profdata) = (format!("llvm-cov-{major}"), format!("llvm-profdata-{major}"));
    if !tools.has(&cov) {
        return Ok(tools);
    }
    Ok(tools.with("LLVM_COV", cov).with("LLVM_PROFDATA", profdata))
}

#[cfg(test)]
mod tests {
    use super::{files, percent};

    #[test]
    fn summaries() {
        let json =
            r#"{"data":[{"files":[{"filename":"/a.rs","summary":{"regions":{"count":4,"covered":3}}}]}]}"#;
        let read = files(json).unwrap();
        assert_eq!((read[0].name.as_str(), read[0].regions, read[0].covered), ("/a.rs", 4, 3));
        for wrong in ["{}", r#"{"data":[{"files":[{}]}]}"#] {
            assert!(files(wrong).is_err(), "{wrong}");
        }
        for (part, whole, expected) in [(3, 4, 75.0), (0, 0, 0.0), (4, 4, 100.0)] {
            assert!((percent(part, whole) - expected).abs() < 1e-9, "{part} of {whole}");
        }
    }
}
