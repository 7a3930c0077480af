//! A client's first calls, 64 at once: no connection is there yet.

use super::{
    Bench,
    findings::{Findings, with_unit},
    turns::{Contestant, figures, take},
};

const AT_ONCE: u32 = 64;

pub(super) fn run(bench: &Bench<'_>, findings: &mut Findings) {
    // By name there would be tries of the other address family among the connections.
    let (plain, tls) = (bench.address(), bench.tls_address());
    let number = AT_ONCE.to_string();
    let ways = [
        ("async, plain", "async-burst", &plain),
        ("async, HTTPS", "async-burst", &tls),
        ("blocking, plain", "blocking-burst", &plain),
        ("blocking, HTTPS", "blocking-burst", &tls),
    ];
    let contestants = ways.map(|(name, who, url)| {
        let number = &number;
        Contestant::new(name, move || figures(bench.program("calls").args([who, url, number, "1"])))
    });
    let turns = take(bench.rounds(), &contestants);
    for (name, ..) in ways {
        let measured = turns.median(name, "ms").and_then(|ms| {
            let connections = turns.median(name, "connections")?;
            let cpu = with_unit(turns.median(name, "cpu_us")?, "µs");
            Ok((ms, format!("{connections} connections, CPU a call {cpu}")))
        });
        let what = format!("a client's first {AT_ONCE} calls at once, to the last answer: {name}");
        findings.tried("burst", what, None, "ms", measured);
    }
}
