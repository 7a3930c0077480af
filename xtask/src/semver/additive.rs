//! Features only add: what a crate has without one it has with it, and with all of them.
//!
//! The tool compares a crate with itself, under two selections of features. Two crates of a graph may ask for
//! different ones, and get their union.

use super::{checks, libraries};
use crate::{Result, tools::Tools, workspace::Metadata};

/// Of every published library.
pub(super) fn wrong(tools: &Tools) -> Result<Vec<String>> {
    let metadata = Metadata::of_members(tools)?;
    let names = libraries(&metadata).map(|package| package.name.clone()).collect::<Vec<_>>();
    names.iter().map(|name| of_package(tools, name)).collect::<Result<Vec<_>>>().map(|all| all.concat())
}

/// Of one.
pub(crate) fn of_package(tools: &Tools, name: &str) -> Result<Vec<String>> {
    let metadata = Metadata::of_members(tools)?;
    let package = metadata.package(name)?;
    let mut problems = Vec::new();
    for [fewer, more] in steps(&package.features) {
        println!("semver: {name}: has {} all of {}?", shown(&more), shown(&fewer));
        let mut command = checks(tools, &metadata, name, &tools.path(""))?;
        command = command.args(["--only-explicit-features", "--release-type", "minor"]);
        for feature in &fewer {
            command = command.args(["--baseline-features", feature]);
        }
        for feature in &more {
            command = command.args(["--current-features", feature]);
        }
        if command.run().is_err() {
            problems.push(format!("{name}: {} takes something away from {}", shown(&more), shown(&fewer)));
        }
    }
    Ok(problems)
}

/// Selections, each with one that must have all of it.
fn steps(features: &[String]) -> Vec<[Vec<&str>; 2]> {
    let all = features.iter().map(String::as_str).collect::<Vec<_>>();
    let mut steps = Vec::new();
    for &feature in &all {
        let alone = vec![feature];
        steps.push([Vec::new(), alone.clone()]);
        if alone != all {
            steps.push([alone, all.clone()]);
        }
    }
    steps
}

fn shown(features: &[&str]) -> String {
    if features.is_empty() { "no feature".to_owned() } else { features.join(" + ") }
}

#[cfg(test)]
mod tests {
    use super::{shown, steps};

    #[test]
    fn every_feature_stands_between_none_and_all() {
        let cases: [(&[&str], &[&str]); 3] = [
            (&[], &[]),
            (&["std"], &["no feature < std"]),
            (&["a", "b"], &["no feature < a", "a < a + b", "no feature < b", "b < a + b"]),
        ];
        for (features, expected) in cases {
            let features = features.iter().map(ToString::to_string).collect::<Vec<_>>();
            let found = steps(&features)
                .iter()
                .map(|[fewer, more]| format!("{} < {}", shown(fewer), shown(more)))
                .collect::<Vec<_>>();
            assert_eq!(found, expected);
        }
    }
}
