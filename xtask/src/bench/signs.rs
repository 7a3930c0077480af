//! S1 to S5: a sign.

use super::{
    Bench,
    findings::{Chart, Findings, Goal},
    peers,
    turns::{Contestant, figures, take},
};
use crate::Result;

pub(super) fn run(bench: &Bench<'_>, findings: &mut Findings) {
    let (peers, missing): (Vec<_>, Vec<_>) =
        peers::signs(bench).into_iter().partition(|(_, _, program)| program.is_ok());
    let mut contestants = vec![Contestant::new("rust", || figures(bench.program("sign")))];
    for (name, _, program) in &peers {
        let Ok(program) = program else { continue };
        contestants.push(Contestant::new(name, || figures(program())));
    }
    let turns = take(bench.rounds(), &contestants);

    let within = |findings: &mut Findings, row, what: &str, goal, ours, theirs| {
        findings.tried(row, what, goal, "", turns.ratio(("rust", ours), ("rust", theirs), "ns"));
    };
    let at_most = |goal| Some(Goal::AtMost(goal));
    within(findings, "S1", "sign into a buffer against naive Rust", at_most(0.3), "into", "naive");
    within(findings, "S1", "against ring, keyed each time", None, "into", "ring");
    within(findings, "S1", "against ring, its key prepared", None, "into", "ring_prepared");
    within(findings, "S1", "against aws-lc, keyed each time", None, "into", "aws_lc");
    within(
        findings,
        "S2",
        "sign into a buffer against three bare compressions",
        at_most(1.7),
        "into",
        "bare",
    );

    findings.point(Chart::Sign, "faceid-sign", turns.median("rust", "fresh"), true);
    findings.point(Chart::Sign, "Rust, naive", turns.median("rust", "naive_fresh"), false);
    let formula = |language: &str| format!("sign with clock and nonce against the formula in {language}");
    let goal_of = |name: &str| (name == "python").then_some(Goal::AtMost(0.1));
    for (name, language, _) in &peers {
        let ratio = turns.ratio(("rust", "fresh"), (name, "fresh"), "ns");
        findings.tried("S3", formula(language), goal_of(name), "", ratio);
        findings.point(Chart::Sign, language, turns.median(name, "fresh"), false);
    }
    let what = "of a sign with clock and nonce: the operating system's 8 random bytes";
    within(findings, "S3", what, None, "random", "fresh");
    for (name, language, program) in missing {
        let reason = program.err().unwrap_or_default();
        findings.not_measured("S3", formula(&language), goal_of(name), "", reason);
    }

    let counted = allocations(bench, findings);
    findings.rest("S4", counted);
    within(findings, "S5", "verify against sign", at_most(1.6), "verify", "signature");
}

/// S4.
pub(crate) fn allocations(bench: &Bench<'_>, findings: &mut Findings) -> Result {
    let counted = figures(bench.program("allocations").arg("sign"))?;
    for (what, name, goal) in
        [("allocations: into a buffer", "into", 0.0), ("allocations: as `Signature`", "signature", 1.0)]
    {
        let count = counted.get(name).ok_or("the program counts something else")?;
        findings.line("S4", what, Some(Goal::AtMost(goal)), (*count, ""), "");
    }
    Ok(())
}
