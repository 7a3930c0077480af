//! `cargo xtask prove`: that no network breaks the clients, in full. A line for each row, and how many passed.
//!
//! The rows and what they are asked of stand in `crates/faceid-faults` and in the tests of the clients and the program.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::{Result, tools::Tools, workspace::Metadata};

/// What no output may hold: the marks of the suite's secret and user, and of its signs.
const MARKS: [&str; 3] = ["marked-secret", "marked-user", "PWZha2Uta2V5JmI9"];

/// Package and test, each a program that takes `--full`.
const TESTS: [(&str, &str); 5] = [
    ("faceid-async", "faults"),
    ("faceid-blocking", "faults"),
    ("faceid-cli", "faults"),
    ("faceid-async", "endurance"),
    ("faceid-blocking", "endurance"),
];

const EVERYTHING_ON: &str = "crates/faceid-faults/everything-on/Cargo.toml";

/// Builds all of it for release, and runs it one after the other: memory and time are measured.
pub(crate) fn run() -> Result {
    let tools = Tools::new()?;
    let mut tally = Tally::default();
    println!("        {:<9} {:<62} {:<32} requests, seconds, MB", "who", "row", "outcome");
    for (package, test) in TESTS {
        let command = tools.command("cargo test --locked --quiet --release --all-features --package");
        let command = command.arg(package).args(["--test", test, "--", "--full"]);
        tally.listen(&format!("{package} {test}"), command.quiet().into())?;
    }
    let command = tools.command("cargo run --locked --quiet --release --manifest-path").arg(EVERYTHING_ON);
    let target = Metadata::of_members(&tools)?.target_directory.join("everything-on");
    let command = command.arg("--target-dir").arg(target).args(["--", "--http2", "--full"]);
    tally.listen("everything-on", command.quiet().into())?;
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed > 0 { Err("not all of it holds".into()) } else { Ok(()) }
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    /// Runs a program, shows what it says, and counts its lines.
    fn listen(&mut self, name: &str, mut command: Command) -> Result {
        let failed_before = self.failed;
        let passed_before = self.passed;
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let lines = BufReader::new(child.stdout.take().ok_or("a program without stdout")?).lines();
        for line in lines {
            let line = line?;
            println!("{line}");
            self.count(&line);
        }
        let status = child.wait()?;
        // One that broke off, or did nothing, has failed though no line says so.
        let quiet = self.failed == failed_before;
        if quiet && (!status.success() || self.passed == passed_before) {
            self.failed += 1;
            println!("FAILED  {name}: {status}");
        }
        Ok(())
    }

    fn count(&mut self, line: &str) {
        let marked = MARKS.iter().any(|mark| line.contains(mark));
        match line.split(' ').next() {
            Some("FAILED") => self.failed += 1,
            _ if marked => self.failed += 1,
            Some("ok") => self.passed += 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn lines_are_counted() {
        let cases = [
            ("ok      async     a token", (1, 0)),
            ("FAILED  async     a token: took 9 s", (0, 1)),
            ("async: 1 row passed", (0, 0)),
            ("ok      marked-secret-of-the-suite", (0, 1)),
            ("a word of PWZha2Uta2V5JmI9MTUz", (0, 1)),
            ("", (0, 0)),
        ];
        for (line, expected) in cases {
            let mut tally = Tally::default();
            tally.count(line);
            assert_eq!((tally.passed, tally.failed), expected, "{line}");
        }
    }
}
