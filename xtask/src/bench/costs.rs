//! M1, C1 and C2: what a client costs beside its calls.

use std::time::Instant;

use super::{
    Bench,
    findings::{Findings, Goal},
    turns::{Contestant, Figures, figures, take},
};
use crate::Result;

/// M1.
pub(super) fn memory(bench: &Bench<'_>, findings: &mut Findings) -> Result {
    const HELD: u32 = 64;

    // By address: the threads that look a name up take 8 KiB of each first call, and end ten seconds later.
    let (url, held) = (bench.address(), HELD.to_string());
    let held = |who: &'static str| {
        let (url, held) = (&url, &held);
        Contestant::new(who, move || figures(bench.program("calls").args([who, url, held, held])))
    };
    let turns = take(bench.rounds(), &[held("async-hold"), held("blocking-hold")])?;
    for (who, name, goal) in [("async-hold", "async", 36.0), ("blocking-hold", "blocking", 64.0)] {
        let what = format!("{name}: resident memory a request, {HELD} in flight");
        findings.line("M1", what, Some(Goal::AtMost(goal)), (turns.median(who, "kib")?, "KiB"), "");
    }
    Ok(())
}

/// C1.
pub(super) fn first_call(bench: &Bench<'_>, findings: &mut Findings) -> Result {
    /// Of each turn the quickest counts: the others waited for what else the machine does.
    const TIMES: usize = 10;

    let url = bench.url();
    let program = |name, arguments: &'static [&'static str]| {
        Contestant::new(name, move || {
            let mut quickest = f64::INFINITY;
            for _ in 0..TIMES {
                let program = if arguments.is_empty() {
                    bench.program("empty")
                } else {
                    bench.program("calls").args(arguments).args([url, "1", "1"])
                };
                let program = program.quiet().ignore_stdout();
                let started = Instant::now();
                program.run()?;
                quickest = quickest.min(started.elapsed().as_secs_f64());
            }
            Ok(Figures::from([("ms".to_owned(), quickest * 1e3)]))
        })
    };
    let contestants =
        [program("empty", &[]), program("blocking", &["blocking-first"]), program("async", &["async-first"])];
    let turns = take(bench.rounds(), &contestants)?;
    for (who, goal) in [("blocking", 2.0), ("async", 8.0)] {
        let above = turns.paired((who, "ms"), ("empty", "ms"), |ours, empty| ours - empty)?;
        let what = format!("{who}: process start to first plain post, above an empty program");
        findings.line("C1", what, Some(Goal::AtMost(goal)), (above, "ms"), "");
    }
    Ok(())
}

/// C2.
pub(super) fn first_https(bench: &Bench<'_>, findings: &mut Findings) -> Result {
    let client = |name, who: &'static str| {
        Contestant::new(name, move || figures(bench.program("calls").args([who, bench.tls_url(), "1", "1"])))
    };
    let turns =
        take(bench.rounds(), &[client("async", "async-https"), client("blocking", "blocking-https")])?;
    for who in ["async", "blocking"] {
        for (figure, what, goal) in [
            ("roots_ms", "a client with the system's roots, CPU", 12.0),
            ("request_ms", "its first HTTPS request, CPU", 3.0),
        ] {
            let what = format!("{who}: {what}");
            findings.line("C2", what, Some(Goal::AtMost(goal)), (turns.median(who, figure)?, "ms"), "");
        }
    }
    Ok(())
}
