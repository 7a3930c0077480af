//! C3: what a clean build takes, by cargo's own release profile, which is the one that users have.

use super::{
    Bench,
    findings::{Findings, Goal},
    programs::remove,
};
use crate::Result;

pub(super) fn run(bench: &Bench<'_>, findings: &mut Findings) {
    for (krate, goal) in [("faceid-sign", 12.0), ("faceid-blocking", 130.0), ("faceid-async", 190.0)] {
        let what = format!("{krate}: clean release build, CPU");
        let goal = Some(Goal::AtMost(goal));
        if bench.quick {
            findings.not_measured("C3", what, goal, "s", "it takes minutes, and this run is to be quick");
        } else {
            let once = seconds(bench, krate).map(|seconds| (seconds, "once".to_owned()));
            findings.tried("C3", what, goal, "s", once);
        }
    }
}

fn seconds(bench: &Bench<'_>, krate: &str) -> Result<f64> {
    let folder = bench.folder.join("clean");
    remove(&folder)?;
    let build = bench.tools.command("sh -eu -c");
    // The shell's own time, then that of what it ran.
    let build = build
        .arg("cargo build --release --locked --quiet --package \"$KRATE\" --target-dir \"$FOLDER\"; times");
    let build = build.env("KRATE", krate).env("FOLDER", &folder);
    let build =
        build.env("CARGO_PROFILE_RELEASE_LTO", "false").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    let said = build.quiet().read()?;
    remove(&folder)?;
    seconds_of_children(&said).ok_or_else(|| format!("the shell tells no times: {said}").into())
}

/// The second line of POSIX' `times`: `1m2.345s 0m6.789s`, for user and system.
fn seconds_of_children(said: &str) -> Option<f64> {
    let times = said.lines().nth(1)?.split_whitespace();
    let seconds = times.map(|time| {
        let (minutes, seconds) = time.strip_suffix('s')?.split_once('m')?;
        Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
    });
    seconds.sum()
}

#[cfg(test)]
mod tests {
    use super::seconds_of_children;

    #[test]
    fn times() {
        let cases = [
            ("0m0.001s 0m0.000s\n1m2.500s 0m0.250s\n", Some(62.75)),
            ("0m0.001s 0m0.000s\n", None),
            ("0m0.001s 0m0.000s\n1.5 s\n", None),
        ];
        for (said, seconds) in cases {
            assert_eq!(seconds_of_children(said), seconds, "{said}");
        }
    }
}
