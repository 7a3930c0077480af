//! M1, C1 and C2: what a client costs beside its calls.

use std::time::Instant;

use super::{
    Bench,
    findings::{Findings, Goal},
    turns::{Contestant, Figures, figures, take},
};

/// M1.
pub(super) fn memory(bench: &Bench<'_>, findings: &mut Findings) {
    const HELD: u32 = 64;

    // By name the threads that look it up are part of the memory, for ten seconds.
    let (address, held) = (bench.address(), HELD.to_string());
    let ways = [
        ("async, by address", "async-hold", &*address, 36.0),
        ("async, by name", "async-hold", bench.url(), 36.0),
        ("blocking, by address", "blocking-hold", &*address, 64.0),
        ("blocking, by name", "blocking-hold", bench.url(), 64.0),
    ];
    let contestants = ways.map(|(name, who, url, _)| {
        let held = &held;
        Contestant::new(name, move || figures(bench.program("calls").args([who, url, held, held])))
    });
    let turns = take(bench.rounds(), &contestants);
    for (name, _, _, goal) in ways {
        let what = format!("{name}: resident memory a request, {HELD} in flight");
        let grown = turns.median(name, "kib").map(|kib| (kib, String::new()));
        findings.tried("M1", what, Some(Goal::AtMost(goal)), "KiB", grown);
    }
}

/// C1.
pub(super) fn first_call(bench: &Bench<'_>, findings: &mut Findings) {
    /// Of each turn the quickest counts: a start that had to wait for a processor says nothing of the program.
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
    let turns = take(bench.rounds(), &contestants);
    for (who, goal) in [("blocking", 2.0), ("async", 8.0)] {
        let above = turns.difference((who, "ms"), ("empty", "ms")).map(|ms| (ms, String::new()));
        let what = format!("{who}: process start to first plain post, above an empty program");
        findings.tried("C1", what, Some(Goal::AtMost(goal)), "ms", above);
    }
}

/// C2.
pub(super) fn first_https(bench: &Bench<'_>, findings: &mut Findings) {
    let client = |name, who: &'static str| {
        Contestant::new(name, move || figures(bench.program("calls").args([who, bench.tls_url(), "1", "1"])))
    };
    let turns = take(bench.rounds(), &[client("async", "async-https"), client("blocking", "blocking-https")]);
    for who in ["async", "blocking"] {
        for (figure, what, goal) in [
            ("roots_ms", "a client with the system's roots, CPU", 12.0),
            ("request_ms", "its first HTTPS request, CPU", 3.0),
        ] {
            let what = format!("{who}: {what}");
            let time = turns.median(who, figure).map(|ms| (ms, String::new()));
            findings.tried("C2", what, Some(Goal::AtMost(goal)), "ms", time);
        }
    }
}
