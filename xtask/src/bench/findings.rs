//! What was measured: lines of the table, and points of the plots.

use crate::Result;

/// All of it, in order.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) lines: Vec<Line>,
    points: Vec<Point>,
}

/// A figure and what is wanted of it.
pub(crate) struct Line {
    /// Of the list of goals.
    pub(crate) row: &'static str,
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) measured: Measured,
    pub(crate) goal: Option<Goal>,
}

pub(crate) enum Measured {
    /// And what it was made of, if there is more to say.
    Figure(f64, String),
    /// And why not.
    Not(String),
}

#[derive(Clone, Copy)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chart {
    Sign,
    Call,
}

/// What one contestant takes.
pub(crate) struct Point {
    pub(crate) chart: Chart,
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) ours: bool,
}

impl Findings {
    pub(crate) fn line(
        &mut self,
        row: &'static str,
        what: impl Into<String>,
        goal: Option<Goal>,
        (value, unit): (f64, &'static str),
        made_of: impl Into<String>,
    ) {
        let measured = Measured::Figure(value, made_of.into());
        self.lines.push(Line { row, what: what.into(), unit, measured, goal });
    }

    /// A figure with what it was made of, or why there is none.
    pub(crate) fn tried(
        &mut self,
        row: &'static str,
        what: impl Into<String>,
        goal: Option<Goal>,
        unit: &'static str,
        measured: Result<(f64, String)>,
    ) {
        match measured {
            Ok((value, made_of)) => self.line(row, what, goal, (value, unit), made_of),
            Err(reason) => self.not_measured(row, what, goal, unit, reason.to_string()),
        }
    }

    /// That nothing more of a row was measured, where that is so.
    pub(crate) fn rest(&mut self, row: &'static str, outcome: Result) {
        if let Err(reason) = outcome {
            self.not_measured(row, "the rest of the row", None, "", reason.to_string());
        }
    }

    pub(crate) fn not_measured(
        &mut self,
        row: &'static str,
        what: impl Into<String>,
        goal: Option<Goal>,
        unit: &'static str,
        reason: impl Into<String>,
    ) {
        // One line, as a row has.
        let reason = reason.into().split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "/");
        let measured = Measured::Not(reason);
        self.lines.push(Line { row, what: what.into(), unit, measured, goal });
    }

    /// Of one that was measured.
    pub(crate) fn point(&mut self, chart: Chart, name: impl Into<String>, value: Result<f64>, ours: bool) {
        self.points.extend(value.ok().map(|value| Point { chart, name: name.into(), value, ours }));
    }

    pub(crate) fn points_of(&self, chart: Chart) -> Vec<&Point> {
        self.points.iter().filter(|point| point.chart == chart).collect()
    }

    /// In Markdown, with a line beneath that says how it came about.
    pub(crate) fn table(&self, machine: &str, rounds: usize) -> String {
        let rows: Vec<_> = self.lines.iter().map(|line| line.cells().join(" | ")).collect();
        let rows = rows.join(" |\n| ");
        format!(
            "| # | figure | goal | measured | |\n|---|---|---|---|---|\n| {rows} |\n\n\
             `cargo xtask bench`, medians of {rounds} rounds in turn; {machine}.\n"
        )
    }
}

impl Line {
    /// On one line of a terminal.
    pub(crate) fn plain(&self) -> String {
        let [row, what, goal, measured, verdict] = self.cells();
        let goal = if goal.is_empty() { goal } else { format!("; goal {goal}") };
        let verdict = if verdict.is_empty() { verdict } else { format!(": {verdict}") };
        format!("{row}: {what}: {measured}{goal}{verdict}").replace("**", "")
    }

    fn cells(&self) -> [String; 5] {
        let (measured, verdict) = match &self.measured {
            Measured::Not(reason) => (format!("not measured: {reason}"), String::new()),
            Measured::Figure(value, made_of) => {
                let verdict = self.goal.map(|goal| if goal.met(*value) { "met" } else { "**missed**" });
                let made_of = if made_of.is_empty() { String::new() } else { format!(" ({made_of})") };
                (with_unit(*value, self.unit) + &made_of, verdict.unwrap_or_default().to_owned())
            }
        };
        let goal = self.goal.map(|goal| goal.shown(self.unit)).unwrap_or_default();
        [self.row.to_owned(), self.what.clone(), goal, measured, verdict]
    }
}

impl Goal {
    pub(crate) fn met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(goal) => value >= goal,
            Self::AtMost(goal) => value <= goal,
        }
    }

    pub(crate) fn shown(self, unit: &str) -> String {
        let (words, goal) = match self {
            Self::AtLeast(goal) => ("at least", goal),
            Self::AtMost(goal) => ("at most", goal),
        };
        format!("{words} {goal} {unit}").trim_end().to_owned()
    }
}

/// With as many places as tell something.
pub(crate) fn with_unit(value: f64, unit: &str) -> String {
    let places = match value.abs() {
        _ if value.fract() == 0.0 => 0,
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    format!("{value:.places$} {unit}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Findings, Goal, with_unit};

    #[test]
    fn lines() {
        let mut findings = Findings::default();
        findings.line("S1", "a", Some(Goal::AtMost(0.3)), (0.25, ""), "1 of 4");
        findings.line("H5", "b", Some(Goal::AtLeast(3.0)), (2.5, "ms"), "");
        findings.line("H6", "c", None, (7.0, ""), "");
        findings.not_measured("H6", "d", Some(Goal::AtLeast(20.0)), "", "no Python");
        findings.tried("H6", "e", None, "", Err("a | b\nc".into()));
        findings.tried("H6", "f", None, "ms", Ok((2.0, "1 to 3".to_owned())));
        findings.tried("C1", "g", Some(Goal::AtMost(2.0)), "ms", Err("it failed".into()));
        let cases = [
            "S1: a: 0.250 (1 of 4); goal at most 0.3: met",
            "H5: b: 2.50 ms; goal at least 3 ms: missed",
            "H6: c: 7",
            "H6: d: not measured: no Python; goal at least 20",
            "H6: e: not measured: a / b c",
            "H6: f: 2 ms (1 to 3)",
            "C1: g: not measured: it failed; goal at most 2 ms",
        ];
        assert_eq!(findings.lines.iter().map(super::Line::plain).collect::<Vec<_>>(), cases);
        let table = findings.table("a machine", 7);
        assert!(table.contains("\n| H5 | b | at least 3 ms | 2.50 ms | **missed** |\n"), "{table}");
        assert!(table.ends_with("medians of 7 rounds in turn; a machine.\n"), "{table}");
    }

    #[test]
    fn goals() {
        let cases = [
            (Goal::AtLeast(5.0), 5.0, true),
            (Goal::AtLeast(5.0), 4.9, false),
            (Goal::AtMost(1.2), 1.2, true),
            (Goal::AtMost(1.2), 1.3, false),
            (Goal::AtMost(1.2), f64::NAN, false),
        ];
        for (goal, value, met) in cases {
            assert_eq!(goal.met(value), met, "{value}");
        }
    }

    #[test]
    fn figures() {
        let cases = [(0.123_45, "0.123"), (1.2345, "1.23"), (12.345, "12.3"), (1234.5, "1234"), (28.0, "28")];
        for (value, shown) in cases {
            assert_eq!(with_unit(value, ""), shown);
        }
    }
}
