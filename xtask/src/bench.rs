//! `cargo xtask bench`: how fast the signer and the clients are, beside what their users would write without them.
//!
//! The programs are those of `crates/faceid-bench`. Each row of the table has its goal beside it, met or missed; times
//! tell, and never fail a check. What is counted exactly is checked by `ci counts` too.

mod bindings;
mod builds;
mod burst;
mod calls;
mod costs;
pub(crate) mod counts;
pub(crate) mod findings;
mod machine;
mod peers;
mod plot;
mod programs;
pub(crate) mod signs;
mod turns;

use std::fs;

use crate::{Result, tools::Tools};
use findings::{Chart, Findings};
pub(crate) use programs::Bench;

/// What is measured together.
struct Group {
    rows: &'static [&'static str],
    measure: fn(&Bench<'_>, &mut Findings),
}

const GROUPS: [Group; 14] = [
    Group { rows: &["S1", "S2", "S3", "S4", "S5"], measure: signs::run },
    Group { rows: &["H1"], measure: calls::waiting_beside_reqwest },
    Group { rows: &["H2"], measure: calls::blocking_beside_ureq },
    Group { rows: &["H3"], measure: counts::beside_plain },
    Group { rows: &["H4"], measure: calls::waiting_beside_hyper },
    Group { rows: &["H5"], measure: calls::crowds },
    Group { rows: &["H6"], measure: calls::beside_other_languages },
    Group {
        rows: &["H7"],
        measure: |bench, findings| {
            let counted = counts::writes(bench, findings);
            findings.rest("H7", counted);
        },
    },
    Group { rows: &["H8"], measure: calls::time_limits },
    Group { rows: &["M1"], measure: costs::memory },
    Group { rows: &["C1"], measure: costs::first_call },
    Group { rows: &["C2"], measure: costs::first_https },
    Group { rows: &["C3"], measure: builds::run },
    Group { rows: &["burst"], measure: burst::run },
];

/// The signer through each binding.
const BINDINGS: &str = "bindings";

const README: &str = "crates/faceid-bench/README.md";
const PLOTS: [(Chart, &str); 2] = [
    (Chart::Sign, "crates/faceid-bench/results/sign.svg"),
    (Chart::Call, "crates/faceid-bench/results/call.svg"),
];

/// Measures all, and writes table, plots and the figures of the bindings; or only what is chosen or quick, and writes
/// nothing.
pub(crate) fn run(chosen: &[String], quick: bool) -> Result {
    check(chosen)?;
    let all = chosen.is_empty();
    let is_whole = all && !quick;
    let is_chosen = |row: &str| chosen.iter().any(|name| name.eq_ignore_ascii_case(row));
    let is_asked = |group: &&Group| all || group.rows.iter().any(|row| is_chosen(row));
    let groups: Vec<_> = GROUPS.iter().filter(is_asked).collect();
    let tools = Tools::new()?;
    if !groups.is_empty() {
        let machine = machine::described(&tools)?;
        println!("bench: {machine}");
        let bench = Bench::build(&tools, quick)?;
        let mut findings = Findings::default();
        for group in groups {
            let from = findings.lines.len();
            (group.measure)(&bench, &mut findings);
            findings.lines[from..].iter().for_each(|line| println!("bench: {}", line.plain()));
        }
        if is_whole {
            let file = tools.path(README);
            let table = findings.table(&machine, bench.rounds());
            fs::write(&file, bindings::filled(&fs::read_to_string(&file)?, &table)?)?;
            for (chart, file) in PLOTS {
                let file = tools.path(file);
                fs::create_dir_all(file.parent().ok_or("a plot is in a folder")?)?;
                fs::write(file, plot::svg(chart, &findings.points_of(chart), &machine))?;
            }
        }
    }
    if is_whole || is_chosen(BINDINGS) {
        bindings::run(&tools, is_whole)?;
    }
    Ok(())
}

fn check(chosen: &[String]) -> Result {
    let names = || GROUPS.iter().flat_map(|group| group.rows).copied().chain([BINDINGS]);
    match chosen.iter().find(|name| names().all(|row| !name.eq_ignore_ascii_case(row))) {
        None => Ok(()),
        Some(name) => {
            let rows = names().collect::<Vec<_>>().join(", ");
            Err(format!("bench has no row {name}; the rows: {rows}").into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn rows() {
        let cases: [(&[&str], bool); 5] = [
            (&[], true),
            (&["S1", "h3"], true),
            (&["bindings"], true),
            (&["H9"], false),
            (&["S1", ""], false),
        ];
        for (chosen, known) in cases {
            let chosen: Vec<String> = chosen.iter().map(ToString::to_string).collect();
            assert_eq!(check(&chosen).is_ok(), known, "{chosen:?}");
        }
    }
}
