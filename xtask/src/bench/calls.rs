//! H1, H2, H4, H5, H6 and H8: calls, beside those of others. All ask the same server, on this machine.

use super::{
    Bench, counts,
    findings::{Chart, Findings, Goal, with_unit},
    peers,
    turns::{Contestant, Turns, figures, take},
};
use crate::Result;

/// H1.
pub(super) fn waiting_beside_reqwest(bench: &Bench<'_>, findings: &mut Findings) -> Result {
    let what = "async call against reqwest with its multipart builder, CPU, 64 in flight";
    cpu(bench, findings, ("H1", what, Some(Goal::AtMost(0.7))), ["async", "reqwest-multipart"], 64)
}

/// H2.
pub(super) fn blocking_beside_ureq(bench: &Bench<'_>, findings: &mut Findings) -> Result {
    let what = "blocking call against ureq with its multipart builder, CPU, 16 threads";
    cpu(bench, findings, ("H2", what, Some(Goal::AtMost(0.6))), ["blocking", "ureq-multipart"], 16)
}

/// H4.
pub(super) fn waiting_beside_hyper(bench: &Bench<'_>, findings: &mut Findings) -> Result {
    let what = "async call against raw hyper, CPU, 64 in flight";
    cpu(bench, findings, ("H4", what, Some(Goal::AtMost(1.6))), ["async", "hyper"], 64)?;
    let what = "reqwest with a body built plainly against raw hyper";
    cpu(bench, findings, ("H4", what, None), ["reqwest-plain", "hyper"], 64)
}

fn cpu(
    bench: &Bench<'_>,
    findings: &mut Findings,
    (row, what, goal): (&'static str, &str, Option<Goal>),
    [ours, theirs]: [&'static str; 2],
    in_flight: u32,
) -> Result {
    let callers = [ours, theirs].map(|who| bench.caller(who, in_flight, 20_000));
    let turns = take(bench.rounds(), &callers)?;
    let made_of = made_of(&turns, [ours, theirs])?;
    findings.line(row, what, goal, (turns.ratio(ours, theirs, "cpu_us")?, ""), made_of);
    Ok(())
}

fn made_of(turns: &Turns, [ours, theirs]: [&str; 2]) -> Result<String> {
    let [ours, theirs] = [turns.median(ours, "cpu_us")?, turns.median(theirs, "cpu_us")?];
    Ok(format!("{} of {}", with_unit(ours, "µs"), with_unit(theirs, "µs")))
}

/// H5.
pub(super) fn crowds(bench: &Bench<'_>, findings: &mut Findings) -> Result {
    let at = |name, in_flight, count| Contestant::new(name, move || bench.calls("async", in_flight, count));
    let turns = take(bench.rounds(), &[at("1", 1, 10_000), at("64", 64, 40_000), at("256", 256, 40_000)])?;
    let per_second = "per_second";
    for (more, fewer, goal) in [("64", "1", 3.0), ("256", "64", 0.75)] {
        let ratio = turns.ratio(more, fewer, per_second)?;
        let [rate, other] = [turns.median(more, per_second)?, turns.median(fewer, per_second)?];
        let what = format!("async: calls a second at {more} in flight against {fewer}");
        let goal = Some(Goal::AtLeast(goal));
        findings.line("H5", what, goal, (ratio, ""), format!("{rate:.0} of {other:.0}"));
    }
    Ok(())
}

/// H6.
pub(super) fn beside_other_languages(bench: &Bench<'_>, findings: &mut Findings) -> Result {
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
    let mut contestants: Vec<_> = rust.map(|who| bench.caller(who, AT_ONCE, 20_000)).collect();
    for (name, program) in [("python", &python), ("go", &go)] {
        if let Ok(program) = program {
            contestants.push(Contestant::new(name, || figures(program())));
        }
    }
    let turns = take(bench.rounds(), &contestants)?;

    for (who, name, goal) in OURS {
        let against = |peer: &str| format!("{name} against {peer}, calls a second at {AT_ONCE}");
        for (peer, label, program, goal) in
            [("python", &requests, &python, Some(Goal::AtLeast(goal))), ("go", &net_http, &go, None)]
        {
            if let Err(reason) = program {
                findings.not_measured("H6", against(label), goal, reason.as_str());
                continue;
            }
            let [rate, other] = [turns.median(who, "per_second")?, turns.median(peer, "per_second")?];
            let ratio = turns.ratio(who, peer, "per_second")?;
            findings.line("H6", against(label), goal, (ratio, ""), format!("{rate:.0} of {other:.0}"));
        }
        findings.point(Chart::Call, name, turns.median(who, "cpu_us")?, true);
    }
    for (who, name) in THEIRS {
        findings.point(Chart::Call, name, turns.median(who, "cpu_us")?, false);
    }
    for (who, name, is_there) in [("go", net_http, go.is_ok()), ("python", requests, python.is_ok())] {
        if is_there {
            findings.point(Chart::Call, name, turns.median(who, "cpu_us")?, false);
        }
    }
    Ok(())
}

/// H8.
pub(super) fn time_limits(bench: &Bench<'_>, findings: &mut Findings) -> Result {
    // By address: ureq alone looks a name up at each request, and what that takes is no time limit's.
    let url = bench.address();
    for (who, untimed, in_flight, goal) in
        [("async", "async-untimed", 64, 1.05), ("blocking", "blocking-untimed", 16, 1.12)]
    {
        let caller = |name| {
            let numbers = [in_flight, bench.extent(20_000)].map(|number: u32| number.to_string());
            let url = &url;
            Contestant::new(name, move || figures(bench.program("calls").arg(name).arg(url).args(&numbers)))
        };
        let turns = take(bench.rounds(), &[caller(who), caller(untimed)])?;
        let what = format!("{who}: with time limits against without, CPU, {in_flight} in flight");
        let made_of = made_of(&turns, [who, untimed])?;
        let ratio = turns.ratio(who, untimed, "cpu_us")?;
        findings.line("H8", what, Some(Goal::AtMost(goal)), (ratio, ""), made_of);
    }
    counts::threads(bench, findings)
}
