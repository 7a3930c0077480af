//! H3, H7 and the threads of H8: what is counted, of calls one after the other, as the difference of two runs. What
//! does not depend on time is the same in each run.

use std::collections::BTreeMap;

use super::{
    Bench,
    findings::{Findings, Goal},
    turns::figures,
};
use crate::Result;

/// One run has so many calls, and the other so many more.
const FEW: u32 = 100;
const MORE: u32 = 1000;

/// Each client, and its library with a body that is built plainly.
const PAIRS: [[&str; 2]; 2] = [["async", "reqwest-plain"], ["blocking", "ureq-plain"]];

/// H3.
pub(super) fn beside_plain(bench: &Bench<'_>, findings: &mut Findings) {
    for count in [instructions, allocations] {
        let counted = count(bench, findings);
        findings.rest("H3", counted);
    }
}

/// H3: instructions.
fn instructions(bench: &Bench<'_>, findings: &mut Findings) -> Result {
    for [ours, plain] in PAIRS {
        for (what, goal, url) in [
            (format!("instructions a request against {plain}"), Some(Goal::AtMost(1.1)), bench.url()),
            // ureq alone looks a name up at each request.
            ("the same by address".to_owned(), None, &*bench.address()),
        ] {
            let what = format!("{ours}: {what}");
            if !bench.tools.has("valgrind") {
                findings.not_measured("H3", what, goal, "", "valgrind is not installed");
                continue;
            }
            let of = |who| per_call(|calls| executed(bench, who, url, calls));
            let (count, other) = (of(ours)?, of(plain)?);
            findings.line("H3", what, goal, (count / other, ""), format!("{count:.0} of {other:.0}"));
        }
    }
    Ok(())
}

fn executed(bench: &Bench<'_>, who: &str, url: &str, calls: u32) -> Result<f64> {
    let valgrind = "valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null";
    let arguments = [who, url, "1", &calls.to_string()];
    let output = bench.under(valgrind, "calls").args(arguments).quiet().output()?;
    instructions_in(&String::from_utf8_lossy(&output.stderr))
}

fn instructions_in(said: &str) -> Result<f64> {
    let figure = said.lines().find_map(|line| line.split_once("refs:")).ok_or("cachegrind counts nothing")?;
    Ok(figure.1.trim().replace(',', "").parse()?)
}

/// H3: allocations beyond those of the same library.
pub(crate) fn allocations(bench: &Bench<'_>, findings: &mut Findings) -> Result {
    for [ours, plain] in PAIRS {
        let (count, other) = (allocated(bench, ours)?, allocated(bench, plain)?);
        let what = format!("{ours}: allocations a request beyond {plain}");
        findings.line(
            "H3",
            what,
            Some(Goal::AtMost(5.0)),
            (count - other, ""),
            format!("{count} and {other}"),
        );
    }
    Ok(())
}

fn allocated(bench: &Bench<'_>, who: &str) -> Result<f64> {
    let program = bench.program("allocations").args([who, bench.url(), "1", &MORE.to_string()]);
    let counted = figures(program)?.get("allocations").copied().ok_or("the program does not count")?;
    // A buffer that grows once in a thousand calls is no part of a call.
    Ok(counted.round())
}

/// H7.
pub(crate) fn writes(bench: &Bench<'_>, findings: &mut Findings) -> Result {
    for (who, goal) in [("async", 1.0), ("blocking", 2.0)] {
        let what = format!("{who}: write system calls a request");
        system_calls(bench, findings, ("H7", what, goal), who, &["write", "writev", "sendto", "sendmsg"])?;
    }
    Ok(())
}

/// H8.
pub(crate) fn threads(bench: &Bench<'_>, findings: &mut Findings) -> Result {
    for who in ["async", "blocking"] {
        let what = format!("{who}: threads begun for a pooled call");
        system_calls(bench, findings, ("H8", what, 0.0), who, &["clone", "clone3"])?;
    }
    Ok(())
}

fn system_calls(
    bench: &Bench<'_>,
    findings: &mut Findings,
    (row, what, goal): (&'static str, String, f64),
    who: &str,
    names: &[&str],
) -> Result {
    let goal = Some(Goal::AtMost(goal));
    if !bench.tools.has("strace") {
        findings.not_measured(row, what, goal, "", "strace is not installed");
        return Ok(());
    }
    let count = per_call(|calls| traced(bench, who, calls, names))?;
    findings.line(row, what, goal, (count, ""), "");
    Ok(())
}

/// How often a run of `calls` asks the kernel for one of these.
fn traced(bench: &Bench<'_>, who: &str, calls: u32, names: &[&str]) -> Result<f64> {
    let strace = format!("strace -f -qq -c -e trace={}", names.join(","));
    let arguments = [who, bench.url(), "1", &calls.to_string()];
    let output = bench.under(&strace, "calls").args(arguments).quiet().output()?;
    let counted = calls_in(&String::from_utf8_lossy(&output.stderr));
    Ok(names.iter().filter_map(|name| counted.get(*name)).sum())
}

/// The table of `strace -c`: the fourth column by the last.
fn calls_in(table: &str) -> BTreeMap<String, f64> {
    let rows = table.lines().filter_map(|line| {
        let cells: Vec<_> = line.split_whitespace().collect();
        Some(((*cells.last()?).to_owned(), cells.get(3)?.parse().ok()?))
    });
    rows.collect()
}

fn per_call(count: impl Fn(u32) -> Result<f64>) -> Result<f64> {
    Ok((count(FEW + MORE)? - count(FEW)?) / f64::from(MORE))
}

#[cfg(test)]
mod tests {
    use super::{calls_in, instructions_in};

    #[test]
    fn tables_of_strace() {
        let table = "% time     seconds  usecs/call     calls    errors syscall\n\
            ------ ----------- ----------- --------- --------- ----------------\n \
            66.67    0.000002           0      1101           sendto\n \
            33.33    0.000001           0         2         1 connect\n\
            ------ ----------- ----------- --------- --------- ----------------\n\
            100.00    0.000003           0      1103         1 total\n";
        let counted = calls_in(table);
        for (name, calls) in [("sendto", Some(1101.0)), ("connect", Some(2.0)), ("write", None)] {
            assert_eq!(counted.get(name).copied(), calls, "{name}");
        }
    }

    #[test]
    fn lines_of_cachegrind() {
        let cases = [
            ("==1== I   refs:      1,234,567\n", Some(1_234_567.0)),
            ("==1== I refs: 5\n", Some(5.0)),
            ("", None),
        ];
        for (said, count) in cases {
            assert_eq!(instructions_in(said).ok(), count, "{said}");
        }
    }
}
