//! What is counted exactly of a sign and of a call, and is held at its figure: allocations, write system calls, threads.
//!
//! Times are no part of it: they are `cargo xtask bench`'s, which fails on nothing.

use std::cmp::Ordering;

use super::{Outcome, passed_unless};
use crate::{
    Result,
    bench::{
        Bench, counts,
        findings::{Findings, Line, Measured},
        signs,
    },
    tools::Tools,
};

/// What each line of these rows counts. Fewer fails too: a limit above what is counted would let it grow again.
const LIMITS: [(&str, &str, f64); 8] = [
    ("S4", "allocations: into a buffer", 0.0),
    ("S4", "allocations: as `Signature`", 1.0),
    ("H3", "async: allocations a request beyond reqwest-plain", 5.0),
    ("H3", "blocking: allocations a request beyond ureq-plain", 0.0),
    ("H7", "async: write system calls a request", 1.0),
    ("H7", "blocking: write system calls a request", 1.0),
    ("H8", "async: threads begun for a pooled call", 0.0),
    ("H8", "blocking: threads begun for a pooled call", 0.0),
];

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    let bench = Bench::for_counts(tools)?;
    let mut findings = Findings::default();
    for count in [signs::allocations, counts::allocations, counts::writes, counts::threads] {
        count(&bench, &mut findings)?;
    }
    findings.lines.iter().for_each(|line| println!("   {}", line.plain()));
    let left_out = findings.lines.iter().find_map(not_measured);
    match (passed_unless(&problems(&findings.lines, &LIMITS))?, left_out) {
        (_, Some(reason)) => Ok(Outcome::LeftOut(format!("{reason} (Debian: strace)"))),
        (passed, None) => Ok(passed),
    }
}

fn not_measured(line: &Line) -> Option<&str> {
    match &line.measured {
        Measured::Not(reason) => Some(reason),
        Measured::Figure(..) => None,
    }
}

/// Each line has its limit, and each limit its line.
fn problems(lines: &[Line], limits: &[(&str, &str, f64)]) -> Vec<String> {
    let is_of = |line: &Line, row: &str, what: &str| line.row == row && line.what == what;
    let mut problems = Vec::new();
    for line in lines {
        let limit = limits.iter().find(|(row, what, _)| is_of(line, row, what));
        match (limit, &line.measured) {
            (None, _) => problems.push(format!("nothing limits {}", line.what)),
            (Some((.., limit)), Measured::Figure(value, _)) => match value.partial_cmp(limit) {
                Some(Ordering::Equal) => {}
                Some(Ordering::Less) => {
                    problems.push(format!("{}: fewer than {limit}: lower the limit", line.plain()));
                }
                _ => problems.push(format!("{}: more than {limit}", line.plain())),
            },
            (Some(_), Measured::Not(_)) => {}
        }
    }
    let uncounted = limits.iter().filter(|(row, what, _)| !lines.iter().any(|line| is_of(line, row, what)));
    problems.extend(uncounted.map(|(_, what, _)| format!("nothing counts {what}")));
    problems
}

#[cfg(test)]
mod tests {
    use super::problems;
    use crate::bench::findings::Findings;

    #[test]
    fn limits() {
        let cases: [(&str, f64, &[&str]); 4] = [
            ("a", 1.0, &[]),
            ("a", 2.0, &["H3: a: 2: more than 1"]),
            ("a", 0.0, &["H3: a: 0: fewer than 1: lower the limit"]),
            ("b", 1.0, &["nothing limits b", "nothing counts a"]),
        ];
        for (what, value, said) in cases {
            let mut findings = Findings::default();
            findings.line("H3", what, None, (value, ""), "");
            assert_eq!(problems(&findings.lines, &[("H3", "a", 1.0)]), said, "{what} {value}");
        }
    }
}
