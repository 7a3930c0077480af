//! A client's first calls, 64 at once: no connection is there yet.

use super::{
    Bench, counts,
    findings::Findings,
    turns::{Contestant, figures, take},
};
use crate::Result;

const AT_ONCE: u32 = 64;

pub(super) fn run(bench: &Bench<'_>, findings: &mut Findings) -> Result {
    let (plain, tls) = (bench.address(), bench.tls_url().to_owned());
    let number = AT_ONCE.to_string();
    let ways = [
        ("async-burst", "async", "plain", &plain),
        ("async-burst-https", "async", "HTTPS", &tls),
        ("blocking-burst", "blocking", "plain", &plain),
        ("blocking-burst-https", "blocking", "HTTPS", &tls),
    ];
    let contestants = ways.map(|(name, _, _, url)| {
        let (who, number) = (name.trim_end_matches("-https"), &number);
        Contestant::new(name, move || figures(bench.program("calls").args([who, url, number, "1"])))
    });
    let turns = take(bench.rounds(), &contestants)?;
    let has_strace = bench.tools.has("strace");
    for (name, client, scheme, url) in ways {
        let what = |what: &str| format!("{client}: first {AT_ONCE} calls at once, {scheme}: {what}");
        findings.line("burst", what("time to the last answer"), None, (turns.median(name, "ms")?, "ms"), "");
        findings.line("burst", what("CPU a call"), None, (turns.median(name, "cpu_us")?, "µs"), "");
        // By name there would be tries of the other address family too.
        if scheme == "HTTPS" {
            continue;
        }
        if has_strace {
            let connections = counts::traced(bench, &[name, url, &number, "1"], &["connect"])?;
            findings.line("burst", what("connections"), None, (connections, ""), "");
        } else {
            findings.not_measured("burst", what("connections"), None, "strace is not installed");
        }
    }
    Ok(())
}
