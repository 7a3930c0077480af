//! H1, H2, H4, H5, H6 and H8: calls, beside those of others. All ask the same server, on this machine.

use super::{
    Bench, counts,
    findings::{Chart, Findings, Goal},
    peers,
    turns::{Contestant, figures, take},
};

/// H1.
pub(super) fn waiting_beside_reqwest(bench: &Bench<'_>, findings: &mut Findings) {
    let what = "async call against reqwest with its multipart builder, CPU, 64 in flight";
    let goal = Some(Goal::AtMost(0.7));
    cpu(bench, findings, ("H1", what, goal), ["async", "reqwest-multipart"], bench.url(), 64);
}

/// H2.
pub(super) fn blocking_beside_ureq(bench: &Bench<'_>, findings: &mut Findings) {
    let what = "blocking call against ureq with its multipart builder and its pool of 3, CPU, 16 threads";
    let pooled = "the same by name against ureq with a pool of 16";
    for (what, goal, theirs, url) in [
        (what, Some(Goal::AtMost(0.6)), "ureq-multipart", bench.url()),
        // ureq alone looks a name up at each request.
        ("the same by address", None, "ureq-multipart", &*bench.address()),
        (pooled, None, "ureq-multipart-pooled", bench.url()),
    ] {
        cpu(bench, findings, ("H2", what, goal), ["blocking", theirs], url, 16);
    }
}

/// H4.
pub(super) fn waiting_beside_hyper(bench: &Bench<'_>, findings: &mut Findings) {
    let what = "async call against raw hyper, CPU, 64 in flight";
    let goal = Some(Goal::AtMost(1.6));
    cpu(bench, findings, ("H4", what, goal), ["async", "hyper"], bench.url(), 64);
    let what = "reqwest with a body built plainly against raw hyper";
    cpu(bench, findings, ("H4", what, None), ["reqwest-plain", "hyper"], bench.url(), 64);
}

fn cpu(
    bench: &Bench<'_>,
    findings: &mut Findings,
    (row, what, goal): (&'static str, &str, Option<Goal>),
    [ours, theirs]: [&'static str; 2],
    url: &str,
    in_flight: u32,
) {
    let callers = [ours, theirs].map(|who| bench.caller(who, url, in_flight, 20_000));
    let turns = take(bench.rounds(), &callers);
    findings.tried(row, what, goal, "", turns.ratio((ours, "cpu_us"), (theirs, "cpu_us"), "µs"));
}

/// H5.
pub(super) fn crowds(bench: &Bench<'_>, findings: &mut Findings) {
    let at = |name, in_flight, count| {
        Contestant::new(name, move || bench.calls("async", bench.url(), in_flight, count))
    };
    let turns = take(bench.rounds(), &[at("1", 1, 10_000), at("64", 64, 40_000), at("256", 256, 40_000)]);
    for (more, fewer, goal) in [("64", "1", 3.0), ("256", "64", 0.75)] {
        let ratio = turns.ratio((more, "per_second"), (fewer, "per_second"), "");
        let what = format!("async: calls a second at {more} in flight against {fewer}");
        findings.tried("H5", what, Some(Goal::AtLeast(goal)), "", ratio);
    }
}

/// H6.
pub(super) fn beside_other_languages(bench: &Bench<'_>, findings: &mut Findings) {
    const AT_ONCE: u32 = 16;
    const OURS: [(&str, &str, f64); 2] =
        [("async", "faceid-async", 20.0), ("blocking", "faceid-blocking", 15.0)];
    const THEIRS: [(&str, &str); 2] =
        [("reqwest-multipart", "reqwest, its multipart"), ("ureq-multipart", "ureq, its multipart")];

    let count = |count| [bench.url().to_owned(), AT_ONCE.to_string(), bench.extent(count).to_string()];
    let (requests, python) = peers::python_calls(bench, &count(3000));
    let (net_http, go) = peers::go_calls(bench, &count(20_000));

    let ours = OURS.iter().map(|(who, ..)| *who);
    let rust = ours.chain(THEIRS.iter().map(|(who, _)| *who));
    let mut contestants: Vec<_> = rust.map(|who| bench.caller(who, bench.url(), AT_ONCE, 20_000)).collect();
    for (name, program) in [("python", &python), ("go", &go)] {
        if let Ok(program) = program {
            contestants.push(Contestant::new(name, || figures(program())));
        }
    }
    let turns = take(bench.rounds(), &contestants);

    for (who, name, goal) in OURS {
        let against = |peer: &str| format!("{name} against {peer}, calls a second at {AT_ONCE}");
        for (peer, label, program, goal) in
            [("python", &requests, &python, Some(Goal::AtLeast(goal))), ("go", &net_http, &go, None)]
        {
            if let Err(reason) = program {
                findings.not_measured("H6", against(label), goal, "", reason.as_str());
                continue;
            }
            let ratio = turns.ratio((who, "per_second"), (peer, "per_second"), "");
            findings.tried("H6", against(label), goal, "", ratio);
        }
        findings.point(Chart::Call, name, turns.median(who, "cpu_us"), true);
    }
    for (who, name) in THEIRS {
        findings.point(Chart::Call, name, turns.median(who, "cpu_us"), false);
    }
    for (who, name, is_there) in [("go", net_http, go.is_ok()), ("python", requests, python.is_ok())] {
        if is_there {
            findings.point(Chart::Call, name, turns.median(who, "cpu_us"), false);
        }
    }
}

/// H8.
pub(super) fn time_limits(bench: &Bench<'_>, findings: &mut Findings) {
    // By address: ureq alone looks a name up at each request, and what that takes is no time limit's.
    let url = bench.address();
    for (who, untimed, in_flight, goal) in
        [("async", "async-untimed", 64, 1.05), ("blocking", "blocking-untimed", 16, 1.12)]
    {
        let callers = [who, untimed].map(|who| bench.caller(who, &url, in_flight, 20_000));
        let turns = take(bench.rounds(), &callers);
        let what = format!("{who}: with time limits against without, CPU, {in_flight} in flight");
        let ratio = turns.ratio((who, "cpu_us"), (untimed, "cpu_us"), "µs");
        findings.tried("H8", what, Some(Goal::AtMost(goal)), "", ratio);
    }
    let counted = counts::threads(bench, findings);
    findings.rest("H8", counted);
}
