//! What a sign costs through each binding, beside what its users would write. A whole run puts it into their READMEs.

use std::fs;

use serde_json::Value;

use super::{findings::Goal, machine};
use crate::{Result, ci, tools::Tools, workspace::Metadata};

struct Binding {
    crate_name: &'static str,
    /// The step of `ci` that leaves it installed in the target folder, if there is one.
    installed_by: Option<&'static str>,
    /// Prints one line of JSON; `$TARGET` is the target folder.
    run: &'static str,
    /// What the figure is, and what is wanted of it.
    ratio: &'static str,
    goal: Goal,
}

const BINDINGS: [Binding; 3] = [
    Binding {
        crate_name: "faceid-capi",
        installed_by: None,
        run: "cargo bench --quiet --package faceid-capi --bench sign",
        ratio: "times the time of Rust",
        goal: Goal::AtMost(1.2),
    },
    Binding {
        crate_name: "faceid-python",
        installed_by: Some("python"),
        run: "\"$TARGET/python/venv/bin/python\" crates/faceid-python/benches/sign.py",
        ratio: "times as fast as `hmac`",
        goal: Goal::AtLeast(5.0),
    },
    Binding {
        crate_name: "faceid-node",
        installed_by: Some("node"),
        run: "cd \"$TARGET/npm/installed\"; node sign.mjs",
        ratio: "times as fast as `createHmac`",
        goal: Goal::AtLeast(4.0),
    },
];

const MARKS: [&str; 2] = ["<!-- bench -->\n", "<!-- /bench -->\n"];

pub(super) fn run(tools: &Tools, is_whole: bool) -> Result {
    let target = Metadata::of_members(tools)?.target_directory;
    let machine = machine::described(tools)?;
    for Binding { crate_name, installed_by, run, ratio, goal } in &BINDINGS {
        if let Some(reason) = installed_by.map(ci::install).transpose()?.flatten() {
            println!("bench: {crate_name}: not measured: {reason}");
            continue;
        }
        let said = tools.command("sh -eu -c").arg(run).env("TARGET", &target).quiet().read()?;
        let rows = rows(&said)?;
        for Row { name, ratio: measured, .. } in &rows {
            let verdict = if goal.met(*measured) { "met" } else { "missed" };
            println!(
                "bench: {crate_name}: {name}: {measured:.2} {ratio}; goal {}: {verdict}",
                goal.shown("")
            );
        }
        if is_whole {
            let file = tools.path("crates").join(crate_name).join("README.md");
            fs::write(&file, filled(&fs::read_to_string(&file)?, &table(&rows, ratio, &machine))?)?;
        }
    }
    Ok(())
}

struct Row {
    name: String,
    ours: f64,
    peer: f64,
    ratio: f64,
}

fn rows(said: &str) -> Result<Vec<Row>> {
    let line = said.lines().last().ok_or("the benchmark says nothing")?;
    let all: Value = serde_json::from_str(line)?;
    let rows = all["rows"].as_array().ok_or("the benchmark's line has no rows")?;
    let row = |row: &Value| {
        let number = |name: &str| row[name].as_f64();
        let name = row["name"].as_str()?.to_owned();
        Some(Row { name, ours: number("ours_ns")?, peer: number("peer_ns")?, ratio: number("ratio")? })
    };
    rows.iter().map(|it| row(it).ok_or_else(|| format!("no row of a benchmark: {it}").into())).collect()
}

fn table(rows: &[Row], ratio: &str, machine: &str) -> String {
    let mut table = format!("| | ours, ns | theirs, ns | {ratio} |\n|---|---|---|---|\n");
    for Row { name, ours, peer, ratio } in rows {
        table += &[name.as_str(), &format!("{ours:.0}"), &format!("{peer:.0}"), &format!("{ratio:.2}")]
            .map(|cell| format!("| {cell} "))
            .concat();
        table += "|\n";
    }
    format!("{table}\nMedians of one run of `cargo xtask bench`, both sides in turn; {machine}.\n")
}

/// The text with what stands between each pair of marks replaced.
pub(super) fn filled(readme: &str, table: &str) -> Result<String> {
    let [begin, end] = MARKS;
    let mut parts = readme.split(begin);
    let mut filled = parts.next().unwrap_or_default().to_owned();
    let mut places = 0;
    for part in parts {
        let (_, rest) =
            part.split_once(end).ok_or("a README begins a place for figures and does not end it")?;
        filled += &[begin, table, end, rest].concat();
        places += 1;
    }
    if places == 0 { Err("a README has no place for figures".into()) } else { Ok(filled) }
}

#[cfg(test)]
mod tests {
    use super::{filled, rows};

    #[test]
    fn places_for_figures() {
        let cases = [
            (
                "a\n<!-- bench -->\nold\n<!-- /bench -->\nb\n",
                Some("a\n<!-- bench -->\nT\n<!-- /bench -->\nb\n"),
            ),
            ("a\n<!-- bench -->\nb\n", None),
            ("a\n", None),
        ];
        for (readme, expected) in cases {
            assert_eq!(filled(readme, "T\n").ok().as_deref(), expected, "{readme}");
        }
    }

    #[test]
    fn lines_of_benchmarks() {
        let good = r#"{"rows":[{"name":"n","ours_ns":1,"peer_ns":2.5,"ratio":2.5}]}"#;
        for (said, count) in [(good, Some(1)), ("", None), ("{}", None), (r#"{"rows":[{"name":"n"}]}"#, None)]
        {
            assert_eq!(rows(said).ok().map(|rows| rows.len()), count, "{said}");
        }
    }
}
